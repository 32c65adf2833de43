// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/slot_plan.h"

#include <gtest/gtest.h>

#include "weir/index/hamming/test_hashes.h"

namespace weir {
namespace {

// The one inequality on which exactness rests.
TEST(SlotPlan, RadiiCoverTheSearchRadiusForEverySlotCount) {
  for (uint32_t slots = 10; slots <= SlotWidths::kMostSlots; ++slots) {
    const SlotWidths widths = even_slots(slots);
    ASSERT_TRUE(check_slots(widths));
    for (uint16_t radius = 0; radius <= 256; ++radius) {
      const auto plan = plan_slots(widths, 1'000'000, Distance{radius}, 1e300);
      ASSERT_TRUE(plan);
      int covered = 0;
      bool probes_everything = false;
      for (uint32_t i = 0; i < slots; ++i) {
        covered += plan->radius[i] + 1;
        probes_everything |= plan->radius[i] >= widths.bits[i];
      }
      ASSERT_TRUE(covered >= radius + 1 || probes_everything)
          << "slots=" << slots << " radius=" << radius;
    }
  }
}

TEST(SlotPlan, ElevenSlotsServeThirtyOneBitsWithTenRadiiOfTwoAndOneOfOne) {
  const auto plan = plan_slots(even_slots(11), 10'000'000, Distance{31}, 1e300);
  ASSERT_TRUE(plan);
  int ones = 0;
  int twos = 0;
  for (int i = 0; i < 11; ++i) {
    ones += plan->radius[i] == 1;
    twos += plan->radius[i] == 2;
  }
  EXPECT_EQ(ones, 1);
  EXPECT_EQ(twos, 10);
}

TEST(SlotPlan, NothingIsPlannedAboveTheGivenCost) {
  EXPECT_FALSE(plan_slots(even_slots(11), 10'000'000, Distance{31}, 1.0));
}

TEST(SlotPlan, ChosenSlotsFitTheMemoryAndSmallIndexesHaveNone) {
  EXPECT_EQ(choose_slots(0).slots, 0u);
  EXPECT_EQ(choose_slots(1'000).slots, 0u);
  for (uint64_t rows = 40'000; rows < (uint64_t{1} << 32); rows += rows / 3) {
    const SlotWidths widths = choose_slots(rows);
    ASSERT_TRUE(check_slots(widths));
    EXPECT_LE(bytes_per_row(widths, rows), kMostBytesPerRow) << "rows=" << rows;
    EXPECT_GT(widths.slots, 0u) << "rows=" << rows;
  }
}

TEST(SlotPlan, ImpossibleSlotsAreCorrupt) {
  SlotWidths widths = even_slots(16);
  widths.bits[3] = 15;
  EXPECT_FALSE(check_slots(widths));  // 255 bits
  widths = even_slots(16);
  widths.bits[16] = 1;
  EXPECT_FALSE(check_slots(widths));  // a slot that is not counted
  widths.slots = 33;
  EXPECT_FALSE(check_slots(widths));
  widths = {};
  widths.slots = 9;
  for (int i = 0; i < 9; ++i) widths.bits[i] = 29;
  EXPECT_FALSE(check_slots(widths));  // too wide
}

TEST(SlotPlan, SlotValuesAreTheBitsWhereverTheyLie) {
  std::mt19937_64 random(1);
  const Hash256 hash = random_hash(random);
  for (uint32_t bits = 1; bits <= SlotWidths::kMostBits; ++bits) {
    for (uint32_t first = 0; first + bits <= 256; ++first) {
      uint32_t expected = 0;
      for (uint32_t k = 0; k < bits; ++k) expected |= uint32_t{hash.bit(first + k)} << k;
      ASSERT_EQ(slot_value(hash, first, bits), expected);
    }
  }
}

}  // namespace
}  // namespace weir
