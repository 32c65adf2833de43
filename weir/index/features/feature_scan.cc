// SPDX-License-Identifier: Apache-2.0
#include "weir/index/features/feature_scan.h"

#include <bit>
#include <cassert>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weir/index/features/feature_scan.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Lists are short and a row in fifty is near, so two vectors are looked at together and most of
// the time need nothing written.
size_t ScanSignatures(const uint64_t* HWY_RESTRICT signatures, size_t rows, uint64_t query,
                      uint32_t radius, NearRow* HWY_RESTRICT found) {
  const hn::ScalableTag<uint64_t> d;
  const size_t lanes = hn::Lanes(d);
  const auto wanted = hn::Set(d, query);
  const auto beyond = hn::Set(d, uint64_t{radius} + 1);
  size_t count = 0;

  size_t row = 0;
  auto places = hn::Iota(d, uint64_t{0});
  const auto step = hn::Set(d, uint64_t{lanes});
  for (; row + 2 * lanes <= rows; row += 2 * lanes) {
    const auto bits0 = hn::PopulationCount(hn::Xor(hn::LoadU(d, signatures + row), wanted));
    const auto bits1 = hn::PopulationCount(hn::Xor(hn::LoadU(d, signatures + row + lanes), wanted));
    const auto next = hn::Add(places, step);
    if (HWY_UNLIKELY(!hn::AllFalse(d, hn::Lt(hn::Min(bits0, bits1), beyond)))) {
      count += hn::CompressStore(hn::Or(hn::ShiftLeft<32>(bits0), places), hn::Lt(bits0, beyond), d,
                                 found + count);
      count += hn::CompressStore(hn::Or(hn::ShiftLeft<32>(bits1), next), hn::Lt(bits1, beyond), d,
                                 found + count);
    }
    places = hn::Add(next, step);
  }
  for (; row < rows; ++row) {  // the last rows, fewer than two vectors
    const uint64_t bits = hwy::PopCount(signatures[row] ^ query);
    found[count] = bits << 32 | row;
    count += bits <= radius;
  }
  return count;
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir {

HWY_EXPORT(ScanSignatures);

size_t scan_signatures(std::span<const uint64_t> signatures, uint64_t query, uint32_t radius,
                       std::span<NearRow> found) {
  assert(found.size() >= signatures.size() + kScanSlack && signatures.size() <= UINT32_MAX);
  return HWY_DYNAMIC_DISPATCH(ScanSignatures)(signatures.data(), signatures.size(), query, radius,
                                              found.data());
}

size_t plain::scan_signatures(std::span<const uint64_t> signatures, uint64_t query, uint32_t radius,
                              std::span<NearRow> found) {
  size_t count = 0;
  for (size_t row = 0; row < signatures.size(); ++row) {
    const auto bits = static_cast<uint64_t>(std::popcount(signatures[row] ^ query));
    if (bits <= radius) found[count++] = bits << 32 | row;
  }
  return count;
}

}  // namespace weir
#endif
