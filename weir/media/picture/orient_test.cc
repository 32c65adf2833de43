// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/orient.h"

#include <gtest/gtest.h>

#include "weir/media/picture/encoders_for_test.h"

namespace weir::media {
namespace {

// a b c    the stored picture of two rows, and what a viewer shows for each EXIF orientation
// d e f
TEST(Upright, TurnsAsExifSays) {
  const Pixels stored{{'a', 'b', 'c', 'd', 'e', 'f'}, 3, 2, 1};
  const char* const shown[] = {"abcdef", "cbafed", "fedcba", "defabc",
                               "adbecf", "daebfc", "fcebda", "cfbead"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Pixels result = upright(stored, orientation);
    EXPECT_EQ(std::string(result.samples.begin(), result.samples.end()), shown[orientation - 1]);
    EXPECT_EQ(result.width, swaps_sides(orientation) ? 2u : 3u);
    EXPECT_EQ(result.height, swaps_sides(orientation) ? 3u : 2u);
  }
}

TEST(Upright, TurningBackGivesTheSamePicture) {
  const int inverse[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
  for (const uint32_t channels : {1u, 3u})
    for (const uint32_t width : {1u, 31u, 32u, 33u, 100u})
      for (const uint32_t height : {1u, 32u, 65u})
        for (int orientation = 1; orientation <= 8; ++orientation) {
          const Pixels picture = test_picture(width, height, channels);
          const Pixels back = upright(upright(picture, orientation), inverse[orientation]);
          ASSERT_EQ(back.samples, picture.samples) << width << "x" << height << " " << orientation;
          ASSERT_EQ(back.width, width);
        }
}

TEST(Upright, UnknownOrientationChangesNothing) {
  const Pixels picture = test_picture(5, 4, 3);
  for (const int orientation : {-1, 0, 9, 1 << 20})
    EXPECT_EQ(upright(picture, orientation).samples, picture.samples);
}

}  // namespace
}  // namespace weir::media
