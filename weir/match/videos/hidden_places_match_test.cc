// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "weir/match/pictures/made_pictures_for_test.h"
#include "weir/match/pictures/picture_pair.h"

namespace weir {
namespace {

// A picture cut out along an oval, what lies beside it filled with grey; and what shows of it.
struct CutOut {
  Pixels picture;
  Pixels shown;
};
CutOut cut_out(const Pixels& from) {
  CutOut out{from, from};
  for (uint32_t y = 0; y < from.height; ++y)
    for (uint32_t x = 0; x < from.width; ++x) {
      const double u = (x + 0.5) / from.width * 2 - 1, v = (y + 0.5) / from.height * 2 - 1;
      const size_t at = size_t{y} * from.width + x;
      const bool shows = u * u + v * v < 0.8;
      out.shown.samples[at] = shows ? 255 : 0;
      if (!shows) out.picture.samples[at] = 128;
    }
  return out;
}

TEST(HiddenPlaces, AreNothingThatDiffers) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    const Pixels picture = made::scene(seed);
    const CutOut oval = cut_out(picture);
    const PictureFeatures entry = made::entry_features(picture);
    PictureFeatures item = local_features(oval.picture.view(), kItemFeatures, oval.shown.view());
    ASSERT_EQ(item.shown.samples.size(), item.plane.samples.size());
    const PicturePair known = compare_pictures(item, entry);
    EXPECT_EQ(known.verdict, Verdict::kCopy) << seed;
    item.shown = {};
    const PicturePair unknown = compare_pictures(item, entry);
    EXPECT_GT(known.odds.log_odds, unknown.odds.log_odds) << seed;
    ASSERT_FALSE(known.shared.regions.empty() || unknown.shared.regions.empty());
    EXPECT_LT(known.shared.terms[Term::kChanged], 0.01) << seed;
    EXPECT_GT(unknown.shared.terms[Term::kChanged], 0.01) << seed;
  }
}

}  // namespace
}  // namespace weir
