// SPDX-License-Identifier: Apache-2.0
#include "weir/index/features/feature_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <functional>
#include <tuple>
#include <vector>

#include "weir/index/checksum64.h"
#include "weir/index/file_bytes.h"

namespace weir {
namespace {

constexpr char kMagic[8] = {'W', 'E', 'I', 'R', 'F', 'E', 'A', '\n'};
constexpr uint32_t kVersion = 1;
constexpr uint32_t kCodeVersion = 1;  // of words and signatures, as weir/hash makes them

// The first bytes of the file; the checksums of all chunks follow, then zeros up to the first part.
struct Header {
  char magic[8];
  uint64_t checksum;  // of everything from the next field to the first part
  uint32_t version;
  uint32_t code_version;
  uint64_t rows;
  uint64_t lists;
  uint64_t keys;
  uint64_t first_part;
  uint64_t file_bytes;
  uint8_t zeros[64];
};
static_assert(sizeof(Header) == 128);
static_assert(sizeof(KeyCount) == 8);
constexpr size_t kChecksummedFrom = offsetof(Header, version);

enum Part : size_t { kSignatures, kKeys, kGeometry, kWords, kStarts, kKeyCounts, kParts };

// All else about the file follows from these three numbers, so nothing else in it is believed
// before they agree with its length. Nothing here can overflow: each is below 2^32.
struct Shape {
  uint64_t rows = 0;
  uint64_t lists = 0;
  uint64_t keys = 0;

  std::array<uint64_t, kParts> part_bytes() const {
    return {8 * rows, 4 * rows, 2 * rows, 2 * lists, 4 * (lists + 1), 8 * keys};
  }
  uint64_t chunks() const {
    uint64_t chunks = 0;
    for (const uint64_t bytes : part_bytes()) chunks += file_chunks(bytes);
    return chunks;
  }
  uint64_t first_part() const { return file_aligned(sizeof(Header) + 8 * chunks()); }
  uint64_t file_bytes() const {
    uint64_t end = first_part();
    for (const uint64_t bytes : part_bytes()) end += file_aligned(bytes);
    return end;
  }
};

struct Prologue {
  Shape shape;
  std::vector<uint64_t> checksums;
};

Result<Prologue> read_prologue(const FileSource& source) {
  Header header;
  if (!source.read(0, {reinterpret_cast<uint8_t*>(&header), sizeof header}))
    return source.corrupt("is too short");
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0)
    return source.corrupt("is not an index of features");
  if (header.version != kVersion || header.code_version != kCodeVersion)
    return Error{ErrorCode::kInvalid,
                 "index file " + source.name + " has version " + std::to_string(header.version) +
                     "." + std::to_string(header.code_version) + ", this program reads version " +
                     std::to_string(kVersion) + "." + std::to_string(kCodeVersion) +
                     "; build it anew"};
  Prologue prologue{{header.rows, header.lists, header.keys}, {}};
  const Shape& shape = prologue.shape;
  if (shape.rows > FeatureSegment::kMostRows || shape.lists > FeatureSegment::kWords ||
      shape.lists > shape.rows || shape.keys > shape.rows)
    return source.corrupt("claims impossible numbers");
  if (header.first_part != shape.first_part() || header.file_bytes != shape.file_bytes() ||
      source.size != shape.file_bytes())
    return source.corrupt("is truncated or has the wrong length");

  std::vector<uint8_t> bytes(shape.first_part());
  if (!source.read(0, bytes)) return source.corrupt("cannot be read");
  if (checksum64(std::span(bytes).subspan(kChecksummedFrom)) != header.checksum)
    return source.corrupt("has a damaged header");
  prologue.checksums.resize(shape.chunks());
  std::memcpy(prologue.checksums.data(), bytes.data() + sizeof header,
              8 * prologue.checksums.size());
  return prologue;
}

template <class T>
std::span<uint8_t> bytes_of(std::span<T> values) {
  return {reinterpret_cast<uint8_t*>(values.data()), values.size_bytes()};
}
template <class T>
std::span<const uint8_t> bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const uint8_t*>(values.data()), values.size_bytes()};
}

}  // namespace

// What the file's reader and writer see of a segment.
class FeatureSegmentFile {
 public:
  using Parts = std::array<std::span<const uint8_t>, kParts>;

  static Shape shape_of(const FeatureSegment& segment) {
    return {segment.rows_, segment.starts_.size() - 1, segment.key_counts_.size()};
  }
  static std::vector<uint16_t> words_of(const FeatureSegment& segment);
  // `words` are those of the segment.
  static Parts parts(const FeatureSegment& segment, std::span<const uint16_t> words);
  static Result<FeatureSegment> read(const FileSource& source);

 private:
  static Status set_words(const FileSource& source, std::span<const uint16_t> words,
                          FeatureSegment& segment);
  static const char* wrong_with(const FeatureSegment& segment);
  static bool is_in_order(const FeatureSegment& segment);
  static bool are_counted(const FeatureSegment& segment);
};

std::vector<uint16_t> FeatureSegmentFile::words_of(const FeatureSegment& segment) {
  std::vector<uint16_t> words;
  for (uint32_t word = 0; word < FeatureSegment::kWords; ++word)
    if (segment.groups_[word / 64].has_list >> (word % 64) & 1)
      words.push_back(static_cast<uint16_t>(word));
  return words;
}

FeatureSegmentFile::Parts FeatureSegmentFile::parts(const FeatureSegment& segment,
                                                    std::span<const uint16_t> words) {
  const auto bytes = shape_of(segment).part_bytes();
  return {segment.signatures_.bytes().first(bytes[kSignatures]),
          segment.keys_.bytes().first(bytes[kKeys]),
          segment.geometry_.bytes().first(bytes[kGeometry]),
          bytes_of(words),
          bytes_of(std::span<const uint32_t>(segment.starts_)),
          bytes_of(std::span<const KeyCount>(segment.key_counts_))};
}

Result<FeatureSegment> FeatureSegmentFile::read(const FileSource& source) {
  const Prologue prologue = TRY(read_prologue(source));
  const Shape& shape = prologue.shape;
  const auto bytes = shape.part_bytes();

  FeatureSegment segment;
  segment.rows_ = shape.rows;
  segment.signatures_ = TRY(HugeMemory::allocate(bytes[kSignatures]));
  segment.keys_ = TRY(HugeMemory::allocate(bytes[kKeys]));
  segment.geometry_ = TRY(HugeMemory::allocate(bytes[kGeometry]));
  segment.starts_.resize(shape.lists + 1);
  segment.key_counts_.resize(shape.keys);
  std::vector<uint16_t> words(shape.lists);
  const std::array<std::span<uint8_t>, kParts> parts = {
      segment.signatures_.bytes(),
      segment.keys_.bytes(),
      segment.geometry_.bytes(),
      bytes_of(std::span<uint16_t>(words)),
      bytes_of(std::span<uint32_t>(segment.starts_)),
      bytes_of(std::span<KeyCount>(segment.key_counts_))};

  uint64_t offset = shape.first_part();
  std::span<const uint64_t> checksums = prologue.checksums;
  for (const std::span<uint8_t> part : parts) {
    const uint64_t chunks = file_chunks(part.size());
    TRY(read_part(source, offset, checksums.first(chunks), part));
    checksums = checksums.subspan(chunks);
    std::array<uint8_t, kFileAlignment> zeros{};
    const auto between = std::span(zeros).first(file_aligned(part.size()) - part.size());
    if (!source.read(offset + part.size(), between) || zeros != decltype(zeros){})
      return source.corrupt("is damaged");
    offset += file_aligned(part.size());
  }
  TRY(set_words(source, words, segment));
  if (const char* wrong = wrong_with(segment)) return source.corrupt(wrong);
  return segment;
}

Status FeatureSegmentFile::set_words(const FileSource& source, std::span<const uint16_t> words,
                                     FeatureSegment& segment) {
  if (std::adjacent_find(words.begin(), words.end(), std::greater_equal<>()) != words.end())
    return source.corrupt("has words out of order");
  for (const uint16_t word : words)
    segment.groups_[word / 64].has_list |= uint64_t{1} << (word % 64);
  segment.count_lists();
  return {};
}

// Checksums can be made to fit. What a vote relies on is looked at in any case.
const char* FeatureSegmentFile::wrong_with(const FeatureSegment& segment) {
  const auto& starts = segment.starts_;
  if (starts.front() != 0 || starts.back() != segment.rows_ ||
      std::adjacent_find(starts.begin(), starts.end(), std::greater_equal<>()) != starts.end())
    return "has lists that contradict each other";
  if (!is_in_order(segment)) return "has rows out of order";
  for (size_t i = 0; i < segment.key_counts_.size(); ++i) {
    if (i > 0 && segment.key_counts_[i - 1].key >= segment.key_counts_[i].key)
      return "has keys out of order";
    if (segment.key_counts_[i].rows == 0) return "counts no rows for a key";
  }
  if (!are_counted(segment)) return "has counts of keys that contradict its rows";
  return nullptr;
}

// Whether each key has the rows that are counted for it, and no other key has any.
bool FeatureSegmentFile::are_counted(const FeatureSegment& segment) {
  const std::span<const KeyCount> counts = segment.key_counts_;
  const std::span<const uint32_t> keys(segment.keys(), segment.rows_);
  std::vector<uint32_t> rows(counts.size());
  const auto counted = [&](uint32_t key, size_t at) {
    return at < counts.size() && counts[at].key == key && ++rows[at] <= counts[at].rows;
  };
  // Keys of entries are numbered nearly without gaps: then a table tells their places.
  const uint64_t end = counts.empty() ? 0 : uint64_t{counts.back().key} + 1;
  if (end <= 8 * counts.size()) {
    std::vector<uint32_t> places(end, UINT32_MAX);
    for (uint32_t at = 0; at < counts.size(); ++at) places[counts[at].key] = at;
    for (const uint32_t key : keys)
      if (key >= end || !counted(key, places[key])) return false;
  } else {
    for (const uint32_t key : keys) {
      const auto at = std::lower_bound(counts.begin(), counts.end(), KeyCount{key, 0});
      if (!counted(key, static_cast<size_t>(at - counts.begin()))) return false;
    }
  }
  return std::equal(rows.begin(), rows.end(), counts.begin(),
                    [](uint32_t seen, const KeyCount& count) { return seen == count.rows; });
}

bool FeatureSegmentFile::is_in_order(const FeatureSegment& segment) {
  const auto* key = segment.keys();
  const auto* signature = segment.signatures();
  const auto* geometry = segment.geometry();
  const auto order = [&](uint64_t row) {
    return std::tuple(key[row], signature[row], geometry[row] & 0xFF, geometry[row] >> 8);
  };
  for (size_t list = 0; list + 1 < segment.starts_.size(); ++list)
    for (uint64_t row = segment.starts_[list] + uint64_t{1}; row < segment.starts_[list + 1]; ++row)
      if (key[row - 1] >= key[row] && order(row - 1) > order(row)) return false;
  return true;
}

Result<FeatureSegment> read_feature_bytes(std::span<const uint8_t> bytes, const std::string& name) {
  return FeatureSegmentFile::read({-1, bytes, bytes.size(), name});
}

Result<FeatureSegment> read_feature_file(const std::string& path) {
  const OpenIndexFile file = TRY(open_index_file(path));
  return FeatureSegmentFile::read(file.source);
}

Status write_feature_file(const FeatureSegment& segment, const std::string& path) {
  const Shape shape = FeatureSegmentFile::shape_of(segment);
  const auto words = FeatureSegmentFile::words_of(segment);
  const auto parts = FeatureSegmentFile::parts(segment, words);

  Header header{};
  std::copy_n(kMagic, sizeof kMagic, header.magic);
  header.version = kVersion;
  header.code_version = kCodeVersion;
  header.rows = shape.rows;
  header.lists = shape.lists;
  header.keys = shape.keys;
  header.first_part = shape.first_part();
  header.file_bytes = shape.file_bytes();

  std::vector<uint8_t> prologue(shape.first_part());
  size_t at = sizeof header;
  for (const auto part : parts) {
    const auto sums = chunk_checksums(part);
    if (!sums.empty()) std::memcpy(prologue.data() + at, sums.data(), 8 * sums.size());
    at += 8 * sums.size();
  }
  std::memcpy(prologue.data(), &header, sizeof header);
  header.checksum = checksum64(std::span(prologue).subspan(kChecksummedFrom));
  std::memcpy(prologue.data(), &header, sizeof header);

  constexpr std::array<uint8_t, kFileAlignment> kZeros{};
  std::vector<std::span<const uint8_t>> pieces = {prologue};
  for (const auto part : parts) {
    pieces.push_back(part);
    pieces.push_back(std::span(kZeros).first(file_aligned(part.size()) - part.size()));
  }
  return replace_file(path, pieces);
}

}  // namespace weir
