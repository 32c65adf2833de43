// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/index_image.h"

#include <bit>

namespace weir {

static_assert(std::endian::native == std::endian::little, "the image is little-endian");
static_assert(sizeof(Hash256) == 32 && sizeof(BucketGroup) == 8);

// Nothing here can overflow: rows < 2^32 and slots are at most 28 bits wide.
IndexLayout layout_of(const IndexShape& shape) {
  IndexLayout layout;
  const auto take = [&layout](uint64_t bytes) {
    const uint64_t start = layout.bytes;
    layout.bytes = (start + bytes + 63) / 64 * 64;
    return start;
  };
  layout.hashes = take(shape.rows * sizeof(Hash256));
  layout.keys = take(shape.rows * sizeof(uint32_t));
  for (uint32_t slot = 0; slot < shape.widths.slots; ++slot) {
    const uint64_t groups = IndexImage::group_count(shape.widths.bits[slot]);
    layout.groups[slot] = take(groups * sizeof(BucketGroup));
    layout.row_numbers[slot] = take(shape.rows * sizeof(uint32_t));
  }
  return layout;
}

Result<IndexImage> IndexImage::allocate(const IndexShape& shape) {
  IndexImage image;
  image.shape_ = shape;
  image.layout_ = layout_of(shape);
  image.memory_ = TRY(HugeMemory::allocate(image.layout_.bytes));
  return image;
}

HashColumns IndexImage::columns() const {
  const auto* word = at<uint64_t>(layout_.hashes);
  const uint64_t n = rows();
  return {{word, word + n, word + 2 * n, word + 3 * n}, n};
}

Hash256 IndexImage::hash(uint64_t row) const {
  if (has_slots()) return row_hashes()[row];
  const HashColumns all = columns();
  return {{all.word[0][row], all.word[1][row], all.word[2][row], all.word[3][row]}};
}

void IndexImage::set_row(uint64_t row, const Hash256& hash, uint32_t key) {
  at<uint32_t>(layout_.keys)[row] = key;
  if (has_slots()) {
    at<Hash256>(layout_.hashes)[row] = hash;
    return;
  }
  for (size_t w = 0; w < 4; ++w) at<uint64_t>(layout_.hashes)[w * rows() + row] = hash.words[w];
}

}  // namespace weir
