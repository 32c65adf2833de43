// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/exif.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "weir/media/picture/encoders_for_test.h"

namespace weir::media {
namespace {

TEST(Exif, OrientationIsReadInBothByteOrders) {
  for (int orientation = 1; orientation <= 8; ++orientation)
    for (const bool is_big_endian : {false, true}) {
      const FileBytes block = exif_block(orientation, is_big_endian);
      EXPECT_EQ(exif_orientation(block), orientation);
      EXPECT_EQ(exif_orientation(std::span(block).subspan(6)), orientation);
    }
}

TEST(Exif, ValuesOutOfRangeAreUpright) {
  for (const int orientation : {0, 9, 200})
    EXPECT_EQ(exif_orientation(exif_block(orientation, true)), kUpright);
}

TEST(Exif, LongValueIsReadToo) {
  FileBytes block = exif_block(6, false);
  block[6 + 8 + 2 + 2] = 4;  // the entry's type
  EXPECT_EQ(exif_orientation(block), 6);
  block[6 + 8 + 2 + 2] = 2;  // text is no orientation
  EXPECT_EQ(exif_orientation(block), kUpright);
}

TEST(Exif, EveryTruncationIsUprightOrRight) {
  for (const bool is_big_endian : {false, true}) {
    const FileBytes block = exif_block(3, is_big_endian);
    for (size_t size = 0; size < block.size(); ++size) {
      const FileBytes part(block.begin(), block.begin() + static_cast<ptrdiff_t>(size));
      const Orientation orientation = exif_orientation(part);
      EXPECT_TRUE(orientation == kUpright || orientation == 3) << size;
    }
  }
}

TEST(Exif, DirectoryBeyondTheEndIsUpright) {
  FileBytes block = exif_block(6, false);
  for (size_t i = 10; i < 14; ++i) block[i] = 0xFF;  // its offset
  EXPECT_EQ(exif_orientation(block), kUpright);
}

RC_GTEST_PROP(Exif, AnyBytesGiveAnOrientation, (const std::vector<uint8_t>& tail)) {
  std::vector<uint8_t> block{'I', 'I', 42, 0, 8, 0, 0, 0};
  block.insert(block.end(), tail.begin(), tail.end());
  const Orientation orientation = exif_orientation(block);
  RC_ASSERT(orientation >= 1 && orientation <= 8);
}

}  // namespace
}  // namespace weir::media
