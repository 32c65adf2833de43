// SPDX-License-Identifier: Apache-2.0
#include "weir/match/video_match.h"

#include <gtest/gtest.h>

#include "weir/match/made_videos_for_test.h"

namespace weir {
namespace {

using made::edited;
using made::film;
using made::joined;
using made::part;
using made::Video;

double seconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) * 1e-6;
}

std::string spoken(const std::vector<VideoMatch>& matches) {
  std::string out;
  for (const VideoMatch& match : matches) {
    out += "entry " + std::to_string(match.entry.value) + " expecting " +
           std::to_string(std::log10(match.expected_false_alarms)) + "\n";
    for (const SharedSegment& s : match.segments)
      out += "  " + std::to_string(seconds(s.item_from)) + ".." +
             std::to_string(seconds(s.item_to)) + " <- " + std::to_string(seconds(s.entry_from)) +
             ".." + std::to_string(seconds(s.entry_to)) + " x" + std::to_string(s.speed) +
             (s.mirrored ? " mirrored" : "") + (s.is_still ? " still" : "") + " nfa " +
             std::to_string(s.log10_nfa) + "\n";
  }
  return out;
}

struct Expected {
  int64_t entry;
  double item_from, item_to, entry_from, entry_to;
};

// Every expected span is found, to half a second at each end, and nothing else is.
void expect_spans(const std::vector<VideoMatch>& matches, const std::vector<Expected>& expected) {
  SCOPED_TRACE(spoken(matches));
  std::vector<Expected> left = expected;
  for (const VideoMatch& match : matches)
    for (const SharedSegment& s : match.segments) {
      const auto found = std::find_if(left.begin(), left.end(), [&](const Expected& e) {
        return e.entry == match.entry.value &&
               std::abs(e.item_from - seconds(s.item_from)) <= 0.5 &&
               std::abs(e.item_to - seconds(s.item_to)) <= 0.5 &&
               std::abs(e.entry_from - seconds(s.entry_from)) <= 0.5 &&
               std::abs(e.entry_to - seconds(s.entry_to)) <= 0.5;
      });
      if (found == left.end())
        ADD_FAILURE() << "not expected: from " << seconds(s.item_from);
      else
        left.erase(found);
    }
  for (const Expected& e : left) ADD_FAILURE() << "missing: from " << e.item_from;
}

class VideoMatchTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    archive_ = std::make_unique<made::Archive>();
    for (int64_t entry = 1; entry <= 6; ++entry) archive_->add(entry, known(entry));
  }
  static void TearDownTestSuite() { archive_.reset(); }
  static Video known(int64_t entry) { return film(static_cast<unsigned>(entry), 40); }
  static Video stranger(unsigned seed, double length) { return film(1000 + seed, length); }
  static made::Archive& archive() { return *archive_; }

 private:
  static std::unique_ptr<made::Archive> archive_;
};
std::unique_ptr<made::Archive> VideoMatchTest::archive_;

TEST_F(VideoMatchTest, FindsATrim) {
  expect_spans(archive().match(part(known(3), 11.3, 23.8)), {{3, 0, 12.5, 11.3, 23.8}});
}

TEST_F(VideoMatchTest, FindsAMirroredSpan) {
  const auto found = archive().match(edited(part(known(2), 5, 17), made::mirrored));
  expect_spans(found, {{2, 0, 12, 5, 17}});
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(found[0].segments[0].mirrored);
}

TEST_F(VideoMatchTest, FindsASpanAtAnotherSpeed) {
  for (const double speed : {0.5, 0.8, 1.25, 2.0}) {
    SCOPED_TRACE(speed);
    const auto found = archive().match(part(known(4), 8, 28, speed));
    expect_spans(found, {{4, 0, 20 / speed, 8, 28}});
    if (found.empty()) continue;
    EXPECT_NEAR(found[0].segments[0].speed, speed, 0.03);
  }
}

TEST_F(VideoMatchTest, FindsACroppedSpan) {
  const auto crop = [](Pixels picture) {
    return made::resized(made::cropped(picture, {60, 30, 180, 135}), 256, 192);
  };
  const auto found = archive().match(edited(part(known(5), 3, 15), crop));
  expect_spans(found, {{5, 0, 12, 3, 15}});
}

TEST_F(VideoMatchTest, FindsAPictureInAPicture) {
  const Video other = stranger(7, 12);
  const Video shown = part(known(1), 20, 32);
  const Video item{12, [=](double time) {
                     return made::with(made::resized(other.at(time), 640, 480),
                                       made::resized(shown.at(time), 256, 192), 330, 40);
                   }};
  expect_spans(archive().match(item), {{1, 0, 12, 20, 32}});
}

TEST_F(VideoMatchTest, FindsNothingInStrangers) {
  for (unsigned seed = 10; seed < 16; ++seed) expect_spans(archive().match(stranger(seed, 15)), {});
}

}  // namespace
}  // namespace weir
