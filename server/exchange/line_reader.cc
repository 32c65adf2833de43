// SPDX-License-Identifier: Apache-2.0
#include "server/exchange/line_reader.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr size_t kChunkBytes = 256 << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// What is no text in UTF-8 from its first bytes on, and what to do about it.
struct OtherBeginning {
  std::string_view bytes;
  const char* message;
};
using namespace std::string_view_literals;
constexpr OtherBeginning kOtherBeginnings[] = {
    {"\xFF\xFE"sv, "the list is text in UTF-16; save it as UTF-8"},
    {"\xFE\xFF"sv, "the list is text in UTF-16; save it as UTF-8"},
    {"\x1F\x8B"sv, "the list is compressed by gzip; unpack it first, as with gunzip"},
    {"\x28\xB5\x2F\xFD"sv, "the list is compressed by zstd; unpack it first, as with unzstd"},
    {"BZh"sv, "the list is compressed by bzip2; unpack it first, as with bunzip2"},
    {"\xFD"
     "7zXZ"sv,
     "the list is compressed by xz; unpack it first, as with unxz"},
    {"PK\x03\x04"sv, "the list is a zip archive or a spreadsheet; unpack it, or save it as CSV"},
};

Status check_beginning(std::string_view text) {
  for (const OtherBeginning& other : kOtherBeginnings)
    if (text.starts_with(other.bytes)) return Error{ErrorCode::kInvalid, other.message};
  return {};
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

LineReader::LineReader(std::istream& in, size_t line_bytes, size_t padding)
    : in_(in), line_bytes_(line_bytes), padding_(padding) {}

// Reads one more chunk behind what is unread. False at the end of the stream. The buffer grows to
// the longest line plus two chunks at most, since next() drops what it has found too long.
Result<bool> LineReader::fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + kChunkBytes + padding_)
    buffer_.resize(std::max(end_ + kChunkBytes + padding_, 2 * end_));
  in_.read(buffer_.data() + end_, static_cast<std::streamsize>(kChunkBytes));
  const auto got = static_cast<size_t>(in_.gcount());
  if (in_.bad() || (in_.fail() && !in_.eof()))
    return Error{ErrorCode::kCorrupt,
                 "the list cannot be read after line " + std::to_string(lines_)};
  end_ += got;
  if (got < kChunkBytes) at_end_ = true;
  return got > 0;
}

Result<bool> LineReader::next(Line& line) {
  if (!started_) {
    started_ = true;
    (void)TRY(fill());
    TRY(check_beginning({buffer_.data(), end_}));
    if (std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark))
      begin_ = kByteOrderMark.size();
  }
  size_t searched = 0;
  bool too_long = false;
  while (true) {
    const char* const start = buffer_.data() + begin_;
    const size_t unread = end_ - begin_;
    const void* const found =
        unread > searched ? std::memchr(start + searched, '\n', unread - searched) : nullptr;
    if (found == nullptr) {
      searched = unread;
      if (unread > line_bytes_ + 1) {  // + 1: the CR of a CRLF
        too_long = true;
        begin_ = end_;
        searched = 0;
      }
      if (TRY(fill())) continue;
      if (begin_ == end_ && !too_long) return false;
    }
    // A line end, or the end of the stream.
    const char* const first = buffer_.data() + begin_;
    size_t length = found != nullptr ? static_cast<size_t>(static_cast<const char*>(found) - first)
                                     : end_ - begin_;
    begin_ += length + (found != nullptr ? 1 : 0);
    if (length > 0 && first[length - 1] == '\r') --length;
    line.number = ++lines_;
    line.too_long = too_long || length > line_bytes_;
    line.text = line.too_long ? std::string_view() : std::string_view(first, length);
    return true;
  }
}

}  // namespace weir
