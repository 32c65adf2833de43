// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/index_file.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

#include "weir/index/checksum64.h"
#include "weir/index/file_bytes.h"

namespace weir {
namespace {

constexpr char kMagic[8] = {'W', 'E', 'I', 'R', 'H', 'A', 'M', '\n'};
constexpr uint32_t kVersion = 1;

// The first bytes of the file; the checksums of the chunks follow, then zeros up to the image.
struct Header {
  char magic[8];
  uint64_t checksum;  // of everything from the next field to the image
  uint32_t version;
  uint32_t slots;
  uint64_t rows;
  uint64_t image_start;
  uint64_t image_bytes;
  uint8_t slot_bits[SlotWidths::kMostSlots];
  uint8_t zeros[48];
};
static_assert(sizeof(Header) == 128);
constexpr size_t kChecksummedFrom = offsetof(Header, version);

uint64_t image_start(uint64_t image_bytes) {
  return file_aligned(sizeof(Header) + file_chunks(image_bytes) * sizeof(uint64_t));
}

// The bytes before the image, checked so far that IndexShape can be believed.
struct Prologue {
  IndexShape shape;
  uint64_t image_start = 0;
  std::vector<uint64_t> checksums;  // of the chunks
};

Result<Prologue> read_prologue(const FileSource& source) {
  Header header;
  if (!source.read(0, {reinterpret_cast<uint8_t*>(&header), sizeof header}))
    return source.corrupt("is too short");
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0)
    return source.corrupt("is not a Hamming index");
  if (header.version != kVersion)
    return Error{ErrorCode::kInvalid, "index file " + source.name + " has version " +
                                          std::to_string(header.version) +
                                          ", this program reads version " +
                                          std::to_string(kVersion) + "; build it anew"};
  if (header.rows > UINT32_MAX) return source.corrupt("claims too many rows");

  Prologue prologue;
  prologue.shape.rows = header.rows;
  prologue.shape.widths.slots = header.slots;
  std::copy_n(header.slot_bits, SlotWidths::kMostSlots, prologue.shape.widths.bits.begin());
  if (const Status slots = check_slots(prologue.shape.widths); !slots)
    return source.corrupt("has impossible slots");

  // The shape says how long the image is and so where it starts; the file must agree before
  // anything of that size is allocated.
  const uint64_t image_bytes = layout_of(prologue.shape).bytes;
  prologue.image_start = image_start(image_bytes);
  if (header.image_bytes != image_bytes || header.image_start != prologue.image_start ||
      source.size != prologue.image_start + image_bytes)
    return source.corrupt("is truncated or has the wrong length");

  std::vector<uint8_t> bytes(prologue.image_start);
  if (!source.read(0, bytes)) return source.corrupt("cannot be read");
  if (checksum64(std::span(bytes).subspan(kChecksummedFrom)) != header.checksum)
    return source.corrupt("has a damaged header");
  prologue.checksums.resize(file_chunks(image_bytes));
  if (!prologue.checksums.empty())
    std::memcpy(prologue.checksums.data(), bytes.data() + sizeof header,
                prologue.checksums.size() * sizeof(uint64_t));
  return prologue;
}

Result<IndexImage> read_from(const FileSource& source) {
  const Prologue prologue = TRY(read_prologue(source));
  IndexImage image = TRY(IndexImage::allocate(prologue.shape));
  TRY(read_part(source, prologue.image_start, prologue.checksums, image.bytes()));
  return image;
}

std::vector<uint8_t> prologue_of(const IndexImage& image) {
  const std::span<const uint8_t> bytes = image.bytes();
  std::vector<uint8_t> prologue(image_start(bytes.size()));
  Header header{};
  std::copy_n(kMagic, sizeof kMagic, header.magic);
  header.version = kVersion;
  header.slots = image.shape().widths.slots;
  header.rows = image.rows();
  header.image_start = prologue.size();
  header.image_bytes = bytes.size();
  std::copy_n(image.shape().widths.bits.begin(), SlotWidths::kMostSlots, header.slot_bits);

  const auto sums = chunk_checksums(bytes);
  if (!sums.empty())
    std::memcpy(prologue.data() + sizeof header, sums.data(), sums.size() * sizeof(uint64_t));
  std::memcpy(prologue.data(), &header, sizeof header);
  header.checksum = checksum64(std::span(prologue).subspan(kChecksummedFrom));
  std::memcpy(prologue.data(), &header, sizeof header);
  return prologue;
}

}  // namespace

Result<IndexImage> read_index_bytes(std::span<const uint8_t> bytes, const std::string& name) {
  return read_from({-1, bytes, bytes.size(), name});
}

Result<IndexImage> read_index_file(const std::string& path) {
  const OpenIndexFile file = TRY(open_index_file(path));
  return read_from(file.source);
}

Status write_index_file(const IndexImage& image, const std::string& path) {
  const std::vector<uint8_t> prologue = prologue_of(image);
  const std::array<std::span<const uint8_t>, 2> pieces = {prologue, image.bytes()};
  return replace_file(path, pieces);
}

}  // namespace weir
