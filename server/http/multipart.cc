// SPDX-License-Identifier: Apache-2.0
//
// A part ends where the delimiter, CRLF "--" BOUNDARY, begins. A boundary cannot hold CR, so CR
// occurs in the delimiter at its start alone. Therefore a partial match that fails can only start
// again at the byte it failed on, and what was matched is known to be that many first characters of
// the delimiter: nothing of the body has to be kept to look for the delimiter across two pieces.
#include "server/http/multipart.h"

#include <algorithm>
#include <utility>

#include "server/http/text.h"

namespace weir::http {
namespace {

constexpr size_t kHeadBytes = 8 * 1024;
constexpr size_t kPaddingBytes = 256;  // blanks after a boundary; RFC 2046 gives no bound

Error malformed(const std::string& what) {
  return Error{ErrorCode::kInvalid, "the form is malformed: " + what};
}

bool is_boundary(std::string_view text) {
  constexpr std::string_view kOthers = "'()+_,-./:=? ";
  const auto allowed = [&](char c) {
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alphanumeric || kOthers.find(c) != kOthers.npos;
  };
  return !text.empty() && text.size() <= 70 && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), allowed);
}

// Browsers write a quote and line ends of a file's name as these, and nothing else so.
std::string unescape_name(std::string text) {
  constexpr std::pair<std::string_view, char> kEscapes[] = {
      {"%22", '"'}, {"%0D", '\r'}, {"%0A", '\n'}};
  for (const auto& [escape, character] : kEscapes)
    for (size_t at = 0; (at = text.find(escape, at)) != text.npos; ++at)
      text.replace(at, escape.size(), 1, character);
  return text;
}

// RFC 7578 forbids filename*, and widely used clients send it alone for names outside ASCII.
Result<std::optional<std::string>> file_name_of(const HeaderValue& disposition) {
  if (auto plain = disposition.parameter("filename"))
    return std::optional(unescape_name(std::move(*plain)));
  const auto extended = disposition.parameter("filename*");
  if (!extended) return std::optional<std::string>();
  const size_t quote = extended->find('\'');
  const size_t second = quote == extended->npos ? quote : extended->find('\'', quote + 1);
  if (second == extended->npos || !equal_ignoring_case(extended->substr(0, quote), "utf-8"))
    return malformed("filename* must be UTF-8''NAME");
  auto name = percent_decode(std::string_view(*extended).substr(second + 1), false);
  if (!name) return malformed("filename* is not percent-encoded UTF-8");
  return std::optional(std::move(*name));
}

bool is_type_of_files(std::string_view text) {
  const auto type = parse_header_value(text);
  return type && (type->value.starts_with("image/") || type->value.starts_with("video/") ||
                  type->value == "application/octet-stream");
}

// `lines` is the head without the empty line that ends it; each line ends with CRLF.
Result<PartHead> parse_head(std::string_view lines) {
  std::optional<PartHead> head;
  bool is_file = false;
  while (!lines.empty()) {
    const size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    const size_t colon = line.find(':');
    if (colon == line.npos) return malformed("a line of a part's head has no ':'");
    const std::string_view name = line.substr(0, colon);
    if (equal_ignoring_case(name, "content-transfer-encoding")) {
      const HeaderValue encoding = TRY(parse_header_value(line.substr(colon + 1)));
      if (encoding.value != "binary" && encoding.value != "8bit" && encoding.value != "7bit")
        return malformed("parts must be sent as they are, without a transfer encoding");
    }
    if (equal_ignoring_case(name, "content-type"))
      is_file = is_type_of_files(line.substr(colon + 1));
    if (!equal_ignoring_case(name, "content-disposition")) continue;
    if (head) return malformed("a part has two Content-Disposition lines");
    auto disposition = parse_header_value(line.substr(colon + 1));
    if (!disposition) return malformed(disposition.error().message);
    auto field = disposition->parameter("name");
    if (disposition->value != "form-data" || !field)
      return malformed("a part's Content-Disposition must be form-data with a name");
    std::optional<std::string> file_name = TRY(file_name_of(*disposition));
    head = PartHead{unescape_name(std::move(*field)), std::move(file_name)};
  }
  if (!head) return malformed("a part has no Content-Disposition");
  if (is_file && !head->file_name) head->file_name.emplace();
  return std::move(*head);
}

}  // namespace

Result<MultipartScanner> MultipartScanner::create(std::string_view content_type,
                                                  MultipartSink& sink) {
  const HeaderValue type = TRY(parse_header_value(content_type));
  const auto boundary = type.parameter("boundary");
  if (type.value != "multipart/form-data" || !boundary || !is_boundary(*boundary))
    return Error{ErrorCode::kInvalid,
                 "Content-Type must be multipart/form-data with a boundary of 1 to 70 characters"};
  return MultipartScanner("\r\n--" + *boundary, sink);
}

Status MultipartScanner::feed(std::string_view bytes) {
  if (error_) return *error_;
  while (!bytes.empty()) {
    if (Status taken = take(bytes); !taken) {
      error_ = taken.error();
      return taken;
    }
  }
  return {};
}

Status MultipartScanner::finish() {
  if (error_) return *error_;
  if (place_ != Place::kEpilogue) error_ = malformed("it ends before its closing boundary");
  return error_ ? Status(*error_) : Status();
}

Status MultipartScanner::take(std::string_view& bytes) {
  switch (place_) {
    case Place::kPreamble:
    case Place::kPart:
      return take_part(bytes);
    case Place::kAfterBoundary:
      return take_line_end(bytes);
    case Place::kHead:
      return take_head(bytes);
    case Place::kEpilogue:
      bytes = {};
      return {};
  }
  return {};
}

// Passes on everything up to the delimiter, or all of `bytes` but what may be its beginning.
Status MultipartScanner::take_part(std::string_view& bytes) {
  const std::string_view delimiter = delimiter_;
  if (matched_ > 0) {
    const size_t length = std::min(bytes.size(), delimiter.size() - matched_);
    const auto [piece, wanted] =
        std::mismatch(bytes.begin(), bytes.begin() + length, delimiter.begin() + matched_);
    const size_t before = std::exchange(matched_, wanted - delimiter.begin());
    bytes.remove_prefix(matched_ - before);
    if (matched_ == delimiter.size()) return pass_delimiter();
    if (bytes.empty()) return {};
    TRY(emit(delimiter.substr(0, std::exchange(matched_, 0))));
  }
  size_t at = 0;
  while ((at = bytes.find('\r', at)) != bytes.npos) {
    const size_t length = std::min(bytes.size() - at, delimiter.size());
    if (bytes.substr(at, length) == delimiter.substr(0, length)) {
      TRY(emit(bytes.substr(0, at)));
      bytes.remove_prefix(at + length);
      matched_ = length;
      return length == delimiter.size() ? pass_delimiter() : Status();
    }
    ++at;
  }
  return emit(std::exchange(bytes, {}));
}

Status MultipartScanner::pass_delimiter() {
  matched_ = 0;
  pending_.clear();
  const bool in_part = std::exchange(place_, Place::kAfterBoundary) == Place::kPart;
  return in_part ? sink_->end_part() : Status();
}

// After a boundary: "--" closes the form; blanks, then CRLF, lead to a part's head.
Status MultipartScanner::take_line_end(std::string_view& bytes) {
  pending_ += bytes.front();
  bytes.remove_prefix(1);
  const size_t blanks = std::min(pending_.find_first_not_of(" \t"), pending_.size());
  const std::string_view rest = std::string_view(pending_).substr(blanks);
  if (blanks > kPaddingBytes) return malformed("too many blanks after a boundary");
  if (rest.empty() || rest == "\r" || pending_ == "-") return {};
  if (pending_ != "--" && rest != "\r\n")
    return malformed("a boundary is not at the end of its line");
  place_ = pending_ == "--" ? Place::kEpilogue : Place::kHead;
  pending_.clear();
  return {};
}

Status MultipartScanner::take_head(std::string_view& bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const size_t before = pending_.size();
  const size_t taken = std::min(bytes.size(), kHeadBytes + 1 - before);
  pending_ += bytes.substr(0, taken);
  const size_t end = pending_.starts_with("\r\n")
                         ? 0
                         : pending_.find(kEnd, before < kEnd.size() ? 0 : before - kEnd.size());
  if (end == pending_.npos) {
    if (pending_.size() > kHeadBytes)
      return Error{ErrorCode::kLimit, "the head of a part of the form is over 8192 bytes"};
    bytes.remove_prefix(taken);
    return {};
  }
  const size_t length = end == 0 ? 2 : end + kEnd.size();
  bytes.remove_prefix(length - before);
  PartHead head = TRY(parse_head(std::string_view(pending_).substr(0, length - 2)));
  TRY(sink_->begin_part(std::move(head)));
  place_ = Place::kPart;
  pending_.clear();
  return {};
}

Status MultipartScanner::emit(std::string_view bytes) {
  if (place_ == Place::kPreamble || bytes.empty()) return {};
  return sink_->part_bytes(bytes);
}

}  // namespace weir::http
