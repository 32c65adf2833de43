// SPDX-License-Identifier: Apache-2.0
//
// What shows one picture for a while: slides, which are cut in between others, and cameras that
// stand still, before which another moment looks much the same.
#include <gtest/gtest.h>

#include "weir/match/videos/made_videos_for_test.h"

namespace weir {
namespace {

using made::held;
using made::joined;
using made::Video;

// A camera that stands still before a place in which discs cross the lower half of the frame, from
// the left or from the right, so that the upper half never changes.
Video scene_with(const Pixels& place, unsigned seed, double seconds, bool from_left = true) {
  std::mt19937 random(seed);
  const auto number = [&](double from, double to) {
    return from + (to - from) * (static_cast<double>(random()) / 4294967296.0);
  };
  struct Disc {
    double begin, high, speed, size, level;
  };
  std::vector<Disc> discs;
  for (double begin = number(0, 2); begin < seconds; begin += number(1, 3))
    discs.push_back({begin, number(0.6, 0.9), number(50, 110), number(12, 28), number(0, 255)});
  return {seconds, [=](double time) {
            Pixels out = place;
            for (const Disc& disc : discs) {
              const double way = (time - disc.begin) * disc.speed - disc.size;
              const double middle = from_left ? way : out.width - way;
              made::draw_disc(out, middle, disc.high * out.height, disc.size,
                              static_cast<uint8_t>(disc.level));
            }
            return out;
          }};
}

Pixels place(unsigned seed) {
  return made::cropped(made::scene(seed), {40, 40, made::kWide, made::kHigh});
}

class HeldPictures : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    archive_ = std::make_unique<made::Archive>();
    for (int64_t entry = 1; entry <= 3; ++entry) archive_->add(entry, known(entry));
  }
  static void TearDownTestSuite() { archive_.reset(); }
  static Video known(int64_t entry) {
    return joined({scene_with(place(unsigned(entry)), unsigned(entry) + 50, 15),
                   scene_with(place(unsigned(entry) + 10), unsigned(entry) + 60, 15)});
  }
  static bool finds(const Video& item, int64_t entry) {
    for (const VideoMatch& match : archive_->match(item))
      if (match.entry == EntryId{entry}) return true;
    return false;
  }

  static std::unique_ptr<made::Archive> archive_;
};
std::unique_ptr<made::Archive> HeldPictures::archive_;

TEST_F(HeldPictures, AnotherMomentOfAPlaceIsNoMatch) {
  for (unsigned seed = 1; seed <= 6; ++seed)
    EXPECT_FALSE(finds(scene_with(place(1 + seed % 3), 200 + seed, 6, false), 1 + seed % 3));
}

// A place where nothing stirs, and then somebody stands in it: most of the picture stays, so it was
// not cut in. The known video shows the place while nobody is there, too.
TEST_F(HeldPictures, AQuietPlaceIntoWhichSomebodyComesIsNoSlide) {
  made::Archive archive;
  const Pixels quiet = place(30);
  archive.add(7, joined({held(place(31), 4), held(quiet, 4), scene_with(quiet, 9, 8)}));
  const Video comes{6, [=](double time) {
                      Pixels out = quiet;
                      if (time < 2.5) return out;
                      const auto left = uint32_t(out.width / 5 + 12 * time);
                      for (uint32_t y = out.height / 2; y < out.height; ++y)
                        for (uint32_t x = left; x < left + out.width / 5; ++x)
                          out.samples[size_t{y} * out.width + x] = uint8_t(200 - y % 40);
                      return out;
                    }};
  for (const VideoMatch& match : archive.match(comes))
    for (const SharedSegment& segment : match.segments)
      EXPECT_FALSE(segment.is_still)
          << segment.item_from.count() << " to " << segment.item_to.count();
}

TEST_F(HeldPictures, TheSameMomentIs) {
  for (const int64_t entry : {1, 2, 3})
    EXPECT_TRUE(finds(made::part(known(entry), 4, 12), entry)) << entry;
}

TEST_F(HeldPictures, AMomentIsFoundAsASlideWhateverComesNextToIt) {
  const Pixels slide = known(2).at(20);
  const Pixels plain{std::vector<uint8_t>(slide.samples.size(), 30), slide.width, slide.height, 1};
  EXPECT_TRUE(finds(joined({held(place(90), 3), held(slide, 3), held(place(91), 3)}), 2));
  EXPECT_TRUE(finds(joined({held(place(90), 3), held(slide, 3), held(plain, 3)}), 2));
  EXPECT_TRUE(finds(joined({held(plain, 3), held(slide, 3), held(place(91), 3)}), 2));
}

TEST_F(HeldPictures, AVideoThatShowsOneMomentAllAlongIsFound) {
  EXPECT_TRUE(finds(held(known(3).at(6), 8), 3));
}

}  // namespace
}  // namespace weir
