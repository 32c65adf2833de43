// SPDX-License-Identifier: Apache-2.0
#include "weir/match/videos/video_match.h"

#include <gtest/gtest.h>

#include "weir/match/videos/made_videos_for_test.h"
#include "weir/match/videos/video_cards.h"

namespace weir {
namespace {

using made::edited;
using made::film;
using made::joined;
using made::part;
using made::seconds;
using made::Video;

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

// What was made to take long ends, and says so.
TEST_F(VideoMatchTest, EndsWhenItsStepsAreSpent) {
  const VideoTrack item = made::track_of(part(known(3), 11.3, 23.8), kItemTrack, 0.07);
  const auto found = match_video(item, archive().index(), archive().known(), {.most_steps = 1'000});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kLimit);
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

TEST_F(VideoMatchTest, FindsTheSegmentsOfACompilation) {
  const auto crop = [](Pixels picture) {
    return made::resized(made::cropped(picture, {30, 20, 200, 150}), 256, 192);
  };
  const Video item = joined({stranger(1, 4), part(known(1), 10, 15), part(known(2), 30, 33),
                             stranger(2, 5), edited(part(known(6), 2, 9), made::mirrored),
                             edited(part(known(1), 25, 31), crop), stranger(3, 3)});
  expect_spans(archive().match(item),
               {{1, 4, 9, 10, 15}, {2, 9, 12, 30, 33}, {6, 17, 24, 2, 9}, {1, 24, 30, 25, 31}});
}

TEST_F(VideoMatchTest, FindsASlideShow) {
  std::vector<Video> slides;
  for (const double moment : {4.0, 12.0, 20.0, 28.0, 36.0})
    slides.push_back(made::held(known(3).at(moment), 3));
  const auto found = archive().match(joined(slides));
  SCOPED_TRACE(spoken(found));
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].entry, EntryId{3});
  EXPECT_GE(found[0].segments.size(), 4);
}

// What all videos begin with is no sign of any.
TEST_F(VideoMatchTest, ACardThatManyVideosShowIsNoMatch) {
  made::Archive cards;
  const Video card = film(500, 2.5);
  for (int64_t entry = 1; entry <= 6; ++entry)
    cards.add(entry, joined({card, film(600 + static_cast<unsigned>(entry), 12)}));
  expect_spans(cards.match(joined({card, stranger(20, 10)})), {});
  const auto found = cards.match(joined({card, part(film(604, 12), 2, 10)}));
  SCOPED_TRACE(spoken(found));
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].entry, EntryId{4});
}

// Two are enough: what stands at the ends of both is neither's own.
TEST_F(VideoMatchTest, ACardThatTwoVideosBeginWithIsNoMatch) {
  made::Archive cards;
  const Video card = film(510, 2.5);
  for (int64_t entry = 1; entry <= 2; ++entry)
    cards.add(entry, joined({card, film(610 + static_cast<unsigned>(entry), 12)}));
  expect_spans(cards.match(joined({card, stranger(21, 10)})), {});
}

// Whatever was done to the item: the entries tell what they have in common.
TEST_F(VideoMatchTest, ACardIsKnownByTheEntriesThatWearIt) {
  made::Archive cards;
  const Video card = film(520, 2.5);
  const auto wearing = [&](unsigned seed) { return joined({card, film(seed, 25)}); };
  cards.add(1, wearing(620));
  cards.add(2, wearing(621));
  const VideoTrack track = made::track_of(wearing(620), kEntryTrack);
  const auto asked = [&](double from, double to) {
    const auto micros = [](double seconds) {
      return std::chrono::microseconds(std::llround(seconds * 1e6));
    };
    const auto wearers = wearers_of(EntryId{1}, track, micros(from), micros(to), cards.index());
    return wearers && wearers->is_card;
  };
  EXPECT_TRUE(asked(0, 2.5));
  EXPECT_TRUE(asked(0, 0.6));    // a part of it
  EXPECT_TRUE(asked(1.3, 1.3));  // a picture that is held
  EXPECT_FALSE(asked(4, 7));     // at the end of one alone
  EXPECT_FALSE(asked(12, 15));
  cards.remove(2);
  EXPECT_FALSE(asked(0, 2.5));
}

TEST_F(VideoMatchTest, AHeldCardThatTwoVideosWearIsNoMatch) {
  made::Archive cards;
  const Video card = made::held(known(5).at(3), 2.5);
  cards.add(1, joined({card, film(640, 25)}));
  cards.add(2, joined({card, film(641, 25)}));
  expect_spans(cards.match(joined({card, stranger(23, 10)})), {});
}

// Plain grounds look alike: a span grows from the card into them, and is a card all the same.
TEST_F(VideoMatchTest, ACardBeforeAPlainGroundIsNoMatch) {
  const auto ground = [](double slope, double level) {
    return Video{
        5, [=](double time) {
          Pixels out{{}, 256, 192, 1};
          for (uint32_t y = 0; y < 192; ++y)
            for (uint32_t x = 0; x < 256; ++x)
              out.samples.push_back(static_cast<uint8_t>(level + slope * (x + 0.5 * y) + 2 * time));
          return out;
        }};
  };
  made::Archive cards;
  const Video card = film(530, 2.5);
  cards.add(1, joined({card, ground(0.3, 60), film(650, 25)}));
  cards.add(2, joined({card, film(651, 25)}));
  expect_spans(cards.match(joined({card, ground(0.25, 80)})), {});
}

TEST_F(VideoMatchTest, WhatTwoEditionsOfAVideoBeginWithIsNoCard) {
  made::Archive editions;
  editions.add(1, film(630, 40));
  editions.add(2, film(630, 40));
  const auto found = editions.match(joined({stranger(22, 10), part(film(630, 40), 2, 5)}));
  SCOPED_TRACE(spoken(found));
  EXPECT_EQ(found.size(), 2);
}

TEST_F(VideoMatchTest, BlackFramesAreNoMatch) {
  made::Archive dark;
  const Video black = made::held(Pixels{std::vector<uint8_t>(256 * 192, 3), 256, 192, 1}, 5);
  dark.add(1, joined({black, film(1, 10)}));
  expect_spans(dark.match(joined({stranger(1, 5), black})), {});
}

TEST_F(VideoMatchTest, WhatAHarmlessEntryShowsTooIsNoMatch) {
  made::Archive both;
  both.add(1, known(1));
  both.add(2, part(known(1), 10, 20), true);
  expect_spans(both.match(part(known(1), 11, 19)), {});
  expect_spans(both.match(part(known(1), 22, 32)), {{1, 0, 10, 22, 32}});
}

TEST_F(VideoMatchTest, AnEntryThatIsReplacedOrRemovedIsNoLongerFoundByWhatItWas) {
  made::Archive changing;
  changing.add(1, known(1));
  changing.add(2, known(2));
  changing.add(1, known(3));
  EXPECT_EQ(changing.index().videos(), 2);
  expect_spans(changing.match(part(known(1), 5, 15)), {});
  expect_spans(changing.match(part(known(3), 5, 15)), {{1, 0, 10, 5, 15}});
  ASSERT_TRUE(changing.index().merge());
  changing.remove(2);
  expect_spans(changing.match(part(known(2), 5, 15)), {});
  ASSERT_TRUE(changing.index().merge());
  expect_spans(changing.match(part(known(3), 5, 15)), {{1, 0, 10, 5, 15}});
}

TEST_F(VideoMatchTest, TracksOfNothingGiveNothing) {
  EXPECT_TRUE(archive().match(VideoTrack{}).empty());
  made::Archive empty;
  EXPECT_TRUE(empty.match(part(known(1), 0, 5)).empty());
  ASSERT_TRUE(empty.index().add(EntryId{1}, VideoTrack{}, false));
  EXPECT_TRUE(empty.match(part(known(1), 0, 5)).empty());
}

TEST_F(VideoMatchTest, FindsNothingInStrangers) {
  for (unsigned seed = 10; seed < 16; ++seed) expect_spans(archive().match(stranger(seed, 15)), {});
}

}  // namespace
}  // namespace weir
