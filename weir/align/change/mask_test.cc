// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change/mask.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace weir {
namespace {

struct Drawn {
  size_t width, height;
  Mask mask;
};

Drawn drawn() {
  const auto width = *rc::gen::inRange<size_t>(1, 40), height = *rc::gen::inRange<size_t>(1, 40);
  const auto ones = *rc::gen::inRange(0, 101);
  Mask mask(width * height);
  for (uint8_t& value : mask) value = *rc::gen::inRange(0, 100) < ones;
  return {width, height, std::move(mask)};
}

RC_GTEST_PROP(Mask, NearAValueIsToHaveItAmongTheNinePixelsAround, ()) {
  const auto [width, height, mask] = drawn();
  for (const uint8_t value : {uint8_t{0}, uint8_t{1}}) {
    Mask expected(mask.size());
    for (size_t i = 0; i < mask.size(); ++i)
      around(i, width, height, [&](size_t at) { expected[i] |= mask[at] == value; });
    RC_ASSERT(near_value(mask, value, width, height) == expected);
  }
}

RC_GTEST_PROP(Mask, ClosingFillsAndTakesNothingAway, ()) {
  const auto [width, height, mask] = drawn();
  const Mask whole = closed(mask, width, height);
  for (size_t i = 0; i < mask.size(); ++i) RC_ASSERT(whole[i] >= mask[i]);
  RC_ASSERT(closed(whole, width, height) == whole);
}

RC_GTEST_PROP(Mask, PartsShareNothingAndLeaveNothing, ()) {
  const auto [width, height, mask] = drawn();
  Mask left = mask, taken(mask.size());
  for (size_t first = 0; first < left.size(); ++first) {
    if (!left[first]) continue;
    for (const size_t at : taken_part(left, first, width, height)) {
      RC_ASSERT(mask[at] && !taken[at]);
      taken[at] = 1;
    }
  }
  RC_ASSERT(taken == mask);
}

TEST(Mask, OfNoPixelsStaysEmpty) {
  EXPECT_TRUE(near_value({}, 1, 0, 0).empty());
  EXPECT_TRUE(closed({}, 0, 5).empty());
}

}  // namespace
}  // namespace weir
