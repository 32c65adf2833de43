// SPDX-License-Identifier: Apache-2.0
//
// The distance of two descriptors is |a|^2 + |b|^2 - 2 a.b, all whole numbers below 2^24. Products
// are summed several at a time: two of 16 bits, or four of 8 bits where the processor can. Each
// lane of a vector belongs to one descriptor of the entry, and the entry lies in memory like that,
// so no sum ever crosses lanes. Four descriptors of the item are worked on at once, and each number
// of the entry is loaded once for all of them.
//
// The instruction for four multiplies 0 to 255 by -128 to 127, so 128 is taken off the entry's
// numbers. What a.b then lacks is 128 times the sum of a, which goes into the item's norm.
//
// Constants: they follow from the 128 numbers of a descriptor and from the lanes of a vector.
#include "weir/align/picture/descriptor_match.h"

#include "weir/align/picture/descriptor_plain.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weir/align/picture/descriptor_match.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <limits>

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::ScalableTag<int32_t>;
using Vector = hn::Vec<Tag>;

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL
constexpr size_t kAtOnce = 4;  // numbers of a descriptor in a lane
// Every processor of this target has VNNI; Highway 1.0 asks for it, but does not tell the compiler.
#define WEIR_MAY_USE_VNNI __attribute__((target("avx512vnni")))
#else
constexpr size_t kAtOnce = 2;
#define WEIR_MAY_USE_VNNI
#endif
constexpr size_t kSteps = 128 / kAtOnce;
constexpr size_t kItems = 4;      // descriptors of the item worked on at once
constexpr size_t kFar = 1 << 30;  // the norm of a descriptor that is not there

inline int32_t lane_of(const LocalFeature& feature, size_t k) {
  uint32_t lane = 0;
  for (size_t i = 0; i < kAtOnce; ++i)
    lane |= uint32_t{feature.descriptor[kAtOnce * k + i]} << (i * 32 / kAtOnce);
  return static_cast<int32_t>(lane);
}

inline int32_t entry_lane(const LocalFeature& feature, size_t k) {
  const int32_t less_128 = kAtOnce == 4 ? static_cast<int32_t>(0x80808080) : 0;
  return lane_of(feature, k) ^ less_128;
}

inline int32_t squared_norm(const LocalFeature& feature) {
  int32_t sum = 0;
  for (const int32_t number : feature.descriptor) sum += number * number;
  return sum;
}

inline int32_t item_norm(const LocalFeature& feature) {
  int32_t norm = squared_norm(feature);
  if (kAtOnce == 4)
    for (const int32_t number : feature.descriptor) norm -= 2 * 128 * number;
  return norm;
}

// Adds the products of the numbers of each lane to `sum`.
WEIR_MAY_USE_VNNI HWY_INLINE Vector add_products(Tag d, Vector entry, Vector item, Vector sum) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL
  (void)d;
  return Vector{_mm512_dpbusd_epi32(sum.raw, item.raw, entry.raw)};
#elif HWY_ARCH_X86 && HWY_TARGET < HWY_EMU128
  const hn::Repartition<int16_t, Tag> d16;
  Vector unused = hn::Zero(d);
  return hn::ReorderWidenMulAccumulate(d, hn::BitCast(d16, entry), hn::BitCast(d16, item), sum,
                                       unused);
#else
  const Vector low = hn::Set(d, 0xFFFF);
  sum = hn::Add(sum, hn::Mul(hn::And(entry, low), hn::And(item, low)));
  return hn::Add(sum, hn::Mul(hn::ShiftRight<16>(entry), hn::ShiftRight<16>(item)));
#endif
}

// The descriptors of the entry as columns, in groups of two vectors.
struct Columns {
  explicit Columns(std::span<const LocalFeature> entry) {
    const Tag d;
    const size_t group = 2 * hn::Lanes(d);
    groups = (entry.size() + group - 1) / group;
    lanes.assign(groups * kSteps * group, 0);
    norms.assign(groups * group, kFar);
    for (size_t j = 0; j < entry.size(); ++j) {
      int32_t* column = lanes.data() + j / group * kSteps * group + j % group;
      for (size_t k = 0; k < kSteps; ++k) column[k * group] = entry_lane(entry[j], k);
      norms[j] = squared_norm(entry[j]);
    }
  }
  size_t groups;
  std::vector<int32_t> lanes;
  std::vector<int32_t> norms;
};

// Sets distances[i * stride + j] to the squared distance of item i and entry j. Past the end of the
// entry it is kFar or more.
WEIR_MAY_USE_VNNI HWY_NOINLINE void Distances(const int32_t* HWY_RESTRICT items,
                                              const int32_t* item_norms, const Columns& columns,
                                              int32_t* HWY_RESTRICT distances, size_t stride) {
  const Tag d;
  const size_t lanes = hn::Lanes(d);
  for (size_t g = 0; g < columns.groups; ++g) {
    const int32_t* HWY_RESTRICT from = columns.lanes.data() + g * kSteps * 2 * lanes;
    Vector sum00 = hn::Zero(d), sum01 = sum00, sum10 = sum00, sum11 = sum00;
    Vector sum20 = sum00, sum21 = sum00, sum30 = sum00, sum31 = sum00;
    for (size_t k = 0; k < kSteps; ++k, from += 2 * lanes) {
      const Vector entry0 = hn::LoadU(d, from);
      const Vector entry1 = hn::LoadU(d, from + lanes);
      const Vector item0 = hn::Set(d, items[k]);
      const Vector item1 = hn::Set(d, items[kSteps + k]);
      const Vector item2 = hn::Set(d, items[2 * kSteps + k]);
      const Vector item3 = hn::Set(d, items[3 * kSteps + k]);
      sum00 = add_products(d, entry0, item0, sum00);
      sum01 = add_products(d, entry1, item0, sum01);
      sum10 = add_products(d, entry0, item1, sum10);
      sum11 = add_products(d, entry1, item1, sum11);
      sum20 = add_products(d, entry0, item2, sum20);
      sum21 = add_products(d, entry1, item2, sum21);
      sum30 = add_products(d, entry0, item3, sum30);
      sum31 = add_products(d, entry1, item3, sum31);
    }
    const Vector norm0 = hn::LoadU(d, columns.norms.data() + g * 2 * lanes);
    const Vector norm1 = hn::LoadU(d, columns.norms.data() + g * 2 * lanes + lanes);
    const auto write = [&](size_t i, Vector sum0, Vector sum1) HWY_ATTR {
      const Vector norm = hn::Set(d, item_norms[i]);
      int32_t* to = distances + i * stride + g * 2 * lanes;
      hn::StoreU(hn::Sub(hn::Add(norm, norm0), hn::Add(sum0, sum0)), d, to);
      hn::StoreU(hn::Sub(hn::Add(norm, norm1), hn::Add(sum1, sum1)), d, to + lanes);
    };
    write(0, sum00, sum01);
    write(1, sum10, sum11);
    write(2, sum20, sum21);
    write(3, sum30, sum31);
  }
}

// Where the smallest of the numbers stands, the first if there are several. `size` is a multiple of
// the lanes.
HWY_INLINE size_t SmallestAt(const int32_t* HWY_RESTRICT values, size_t size) {
  const Tag d;
  Vector smallest = hn::Set(d, std::numeric_limits<int32_t>::max());
  for (size_t j = 0; j < size; j += hn::Lanes(d))
    smallest = hn::Min(smallest, hn::LoadU(d, values + j));
  const Vector wanted = hn::MinOfLanes(d, smallest);
  for (size_t j = 0; j < size; j += hn::Lanes(d)) {
    const auto here = hn::FindFirstTrue(d, hn::Eq(hn::LoadU(d, values + j), wanted));
    if (here >= 0) return j + static_cast<size_t>(here);
  }
  return 0;
}

// Whether nothing elsewhere in the entry is nearly as close as `nearest` is.
HWY_INLINE bool ToldApart(const int32_t* HWY_RESTRICT distances, size_t size, size_t nearest,
                          std::span<const LocalFeature> entry, const PairRule& rule) {
  const Tag d;
  // The bound is rounded up, and what lies below it is checked again exactly.
  const double bound = distances[nearest] / (rule.ratio * rule.ratio) + 2;
  const Vector limit = hn::Set(d, static_cast<int32_t>(std::min<double>(bound, kFar)));
  for (size_t j = 0; j < size; j += hn::Lanes(d)) {
    if (HWY_LIKELY(hn::AllFalse(d, hn::Lt(hn::LoadU(d, distances + j), limit)))) continue;
    for (size_t i = j; i < std::min(j + hn::Lanes(d), entry.size()); ++i) {
      if (plain::same_place(entry[nearest], entry[i], rule.near)) continue;
      if (plain::rivals(static_cast<uint32_t>(distances[nearest]),
                        static_cast<uint32_t>(distances[i]), rule.ratio))
        return false;
    }
  }
  return true;
}

void Match(std::span<const LocalFeature> item, std::span<const LocalFeature> entry,
           const PairRule& rule, std::vector<FeaturePair>& pairs) {
  const Columns columns(entry);
  const size_t stride = columns.norms.size();
  std::vector<int32_t> distances(kItems * stride);
  for (size_t first = 0; first < item.size(); first += kItems) {
    int32_t lanes[kItems * kSteps] = {};
    int32_t norms[kItems] = {};
    const size_t count = std::min(kItems, item.size() - first);
    for (size_t i = 0; i < count; ++i) {
      for (size_t k = 0; k < kSteps; ++k) lanes[i * kSteps + k] = lane_of(item[first + i], k);
      norms[i] = item_norm(item[first + i]);
    }
    Distances(lanes, norms, columns, distances.data(), stride);
    for (size_t i = 0; i < count; ++i) {
      const int32_t* row = distances.data() + i * stride;
      const size_t nearest = SmallestAt(row, stride);
      if (ToldApart(row, stride, nearest, entry, rule))
        pairs.push_back({static_cast<uint32_t>(first + i), static_cast<uint32_t>(nearest),
                         static_cast<uint32_t>(row[nearest])});
    }
  }
}

#undef WEIR_MAY_USE_VNNI
}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir {

HWY_EXPORT(Match);

std::vector<FeaturePair> match_descriptors(std::span<const LocalFeature> item,
                                           std::span<const LocalFeature> entry,
                                           const PairRule& rule) {
  std::vector<FeaturePair> pairs;
  if (entry.empty()) return pairs;
  HWY_DYNAMIC_DISPATCH(Match)(item, entry, rule, pairs);
  return plain::keep_nearest(std::move(pairs), entry.size(), rule.most);
}

}  // namespace weir
#endif
