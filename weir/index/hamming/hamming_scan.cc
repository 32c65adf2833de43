// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/hamming_scan.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weir/index/hamming/hamming_scan.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::ScalableTag<uint64_t>;
using Bits = hn::Vec<Tag>;

// Differing bits of words `first` and `first + 1`, one lane a row.
HWY_INLINE Bits two_words(Tag d, const HashColumns& columns, const Bits* query, size_t first,
                          size_t row) {
  const auto a = hn::Xor(query[first], hn::LoadU(d, columns.word[first] + row));
  const auto b = hn::Xor(query[first + 1], hn::LoadU(d, columns.word[first + 1] + row));
  return hn::Add(hn::PopulationCount(a), hn::PopulationCount(b));
}

HWY_INLINE size_t scan_row(const HashColumns& columns, const Hash256& query, uint32_t radius,
                           size_t row, Found* found) {
  size_t bits = 0;
  for (size_t w = 0; w < 4; ++w) bits += hwy::PopCount(query.words[w] ^ columns.word[w][row]);
  found->row = static_cast<uint32_t>(row);
  found->distance.bits = static_cast<uint16_t>(bits);
  return bits <= radius;
}

// Half of each hash decides nearly always: 128 random bits differ in 64 +- 6 places, so the second
// half is read only for vectors in which some row is still within the radius. This is exact, for
// a distance never shrinks as words are added.
size_t Scan(const HashColumns& columns, const Hash256& query_hash, uint32_t radius, Found* found) {
  const Tag d;
  const size_t lanes = hn::Lanes(d);
  const Bits query[4] = {hn::Set(d, query_hash.words[0]), hn::Set(d, query_hash.words[1]),
                         hn::Set(d, query_hash.words[2]), hn::Set(d, query_hash.words[3])};
  const Bits beyond = hn::Set(d, uint64_t{radius} + 1);
  size_t count = 0;

  size_t row = 0;
  for (; row + 2 * lanes <= columns.rows; row += 2 * lanes) {
    const Bits half0 = two_words(d, columns, query, 0, row);
    const Bits half1 = two_words(d, columns, query, 0, row + lanes);
    if (HWY_LIKELY(hn::AllFalse(d, hn::Lt(hn::Min(half0, half1), beyond)))) continue;

    const Bits whole0 = hn::Add(half0, two_words(d, columns, query, 2, row));
    const Bits whole1 = hn::Add(half1, two_words(d, columns, query, 2, row + lanes));
    if (hn::AllFalse(d, hn::Lt(hn::Min(whole0, whole1), beyond))) continue;

    for (size_t i = row; i < row + 2 * lanes; ++i)
      count += scan_row(columns, query_hash, radius, i, found + count);
  }
  for (; row < columns.rows; ++row)  // the last rows, fewer than two vectors
    count += scan_row(columns, query_hash, radius, row, found + count);
  return count;
}

// Candidates lie at random, so memory sets the pace, not arithmetic; what matters is that the
// target has a population count instruction.
size_t Check(const Hash256* hashes, const uint32_t* candidates, size_t rows, const Hash256& query,
             uint32_t radius, Found* found) {
  size_t count = 0;
  for (size_t i = 0; i < rows; ++i) {
    const Hash256& hash = hashes[candidates[i]];
    size_t bits = 0;
    for (size_t w = 0; w < 4; ++w) bits += hwy::PopCount(query.words[w] ^ hash.words[w]);
    found[count].row = candidates[i];
    found[count].distance.bits = static_cast<uint16_t>(bits);
    count += bits <= radius;
  }
  return count;
}

void Split(const Hash256* hashes, size_t rows, const std::array<uint64_t*, 4>& word) {
  const Tag d;
  const size_t lanes = hn::Lanes(d);
  size_t row = 0;
  for (; row + lanes <= rows; row += lanes) {
    Bits column[4];
    hn::LoadInterleaved4(d, hashes[row].words.data(), column[0], column[1], column[2], column[3]);
    for (size_t w = 0; w < 4; ++w) hn::StoreU(column[w], d, word[w] + row);
  }
  for (; row < rows; ++row)  // the last rows, fewer than one vector
    for (size_t w = 0; w < 4; ++w) word[w][row] = hashes[row].words[w];
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir {

HWY_EXPORT(Scan);
HWY_EXPORT(Check);
HWY_EXPORT(Split);

size_t scan(const HashColumns& columns, const Hash256& query, Distance radius,
            std::span<Found> found) {
  assert(found.size() >= columns.rows);
  return HWY_DYNAMIC_DISPATCH(Scan)(columns, query, radius.bits, found.data());
}

size_t check(const Hash256* hashes, std::span<const uint32_t> candidates, const Hash256& query,
             Distance radius, std::span<Found> found) {
  assert(found.size() >= candidates.size());
  return HWY_DYNAMIC_DISPATCH(Check)(hashes, candidates.data(), candidates.size(), query,
                                     radius.bits, found.data());
}

void split(std::span<const Hash256> hashes, const std::array<uint64_t*, 4>& word) {
  HWY_DYNAMIC_DISPATCH(Split)(hashes.data(), hashes.size(), word);
}

}  // namespace weir
#endif
