// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/animation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace weir::media {
namespace {

RC_GTEST_PROP(SelectFrames, AscendFromTheFirstWithinBounds,
              (uint32_t frame_count, uint32_t canvas, uint8_t most)) {
  const Timeline timeline{frame_count % 100'000 + 1, {}};
  Limits limits;
  limits.frames = most;
  const Selection selection = select_frames(timeline, uint64_t{canvas} * 16, limits);
  RC_ASSERT(!selection.frames.empty());
  RC_ASSERT(selection.frames[0] == 0u);
  RC_ASSERT(selection.frames.size() <= std::max<size_t>(1, most));
  for (size_t i = 1; i < selection.frames.size(); ++i)
    RC_ASSERT(selection.frames[i] > selection.frames[i - 1]);
  RC_ASSERT(selection.frames.back() < timeline.frame_count);
}

TEST(SelectFrames, FewFramesAreAllTaken) {
  EXPECT_EQ(select_frames({3, {}}, 100, Limits{}).frames, (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(select_frames({8, {}}, 100, Limits{}).frames, (std::vector<uint32_t>{0, 2, 4, 6}));
}

TEST(SelectFrames, LongAnimationOfALargeCanvasIsLookedAtInPartAndSaysSo) {
  const Selection selection = select_frames({10'000, {}}, 4'000'000, Limits{});
  EXPECT_LT(selection.frames.back(), 400u);
  EXPECT_NE(selection.note.find("of 10000"), std::string::npos);
  EXPECT_EQ(select_frames({10'000, {}}, 100'000'000, Limits{}).frames.size(), 3u);
  EXPECT_EQ(select_frames({300, {}}, 1'000'000, Limits{}).note, "");
}

TEST(TimeOf, SumsTheDelaysBeforeAFrame) {
  const Timeline timeline{4, {100, 50, -7}};
  EXPECT_EQ(time_of(timeline, 0), std::chrono::milliseconds(0));
  EXPECT_EQ(time_of(timeline, 2), std::chrono::milliseconds(150));
  EXPECT_EQ(time_of(timeline, 3), std::chrono::milliseconds(150));
  EXPECT_EQ(time_of(timeline, 90), std::chrono::milliseconds(150));
}

}  // namespace
}  // namespace weir::media
