// SPDX-License-Identifier: Apache-2.0
#include "weir/index/features/feature_scan.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <random>
#include <vector>

namespace weir {
namespace {

// Every instruction set of this machine must agree with the plain definition, at every length
// around a vector boundary.
TEST(FeatureScan, AgreesWithDefinitionOnEveryTarget) {
  std::mt19937_64 random(7);
  for (int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
    const int64_t target = rest & -rest;
    hwy::SetSupportedTargetsForTest(target);
    for (size_t rows = 0; rows < 70; ++rows) {
      SCOPED_TRACE(testing::Message() << hwy::TargetName(target) << " rows=" << rows);
      std::vector<uint64_t> signatures(rows);
      for (uint64_t& signature : signatures) signature = random() & random() & random();
      for (const uint32_t radius : {0, 12, 18, 64}) {
        std::vector<NearRow> found(rows + kScanSlack), expected(rows + kScanSlack);
        found.resize(scan_signatures(signatures, 0, radius, found));
        expected.resize(plain::scan_signatures(signatures, 0, radius, expected));
        ASSERT_EQ(found, expected);
      }
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace
}  // namespace weir
