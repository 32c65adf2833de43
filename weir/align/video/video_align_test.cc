// SPDX-License-Identifier: Apache-2.0
#include "weir/align/video/video_align.h"

#include <gtest/gtest.h>

#include "weir/align/video/made_tracks_for_test.h"

namespace weir {
namespace {

using made::day_at;
using made::Film;
using made::hits_on;
using made::Scene;
using made::track_of;

double from_of(const SharedSegment& s) {
  return seconds_of(s.item_from);
}
double to_of(const SharedSegment& s) {
  return seconds_of(s.item_to);
}

std::vector<SharedSegment> copies(std::vector<SharedSegment> all) {
  std::erase_if(all, [](const SharedSegment& s) { return s.verdict != Verdict::kCopy; });
  return all;
}

// A film of one day in one place, and another film.
class VideoAlign : public testing::Test {
 protected:
  VideoAlign()
      : here_(1),
        there_(2),
        film_(day_at(here_, 1)),
        other_(day_at(there_, 2)),
        entry_(track_of(film_, 30, 0.25)) {}

  // The entry from `begin` on, between 5 and 15 seconds of an item of 20 that is else another film.
  VideoTrack item_with(double begin, double speed = 1) const {
    return track_of(
        [=, this](double time, double x, double y) {
          return time >= 5 && time < 15 ? film_(begin + speed * (time - 5), x, y)
                                        : other_(time, x, y);
        },
        20, 0.5, 0.1);
  }
  const Scene here_, there_;
  const Film film_, other_;
  const VideoTrack entry_;
};

TEST_F(VideoAlign, EndsOfASpanAreFoundWhereHitsAreNot) {
  const VideoTrack item = item_with(12);
  const auto found =
      align_videos(item, entry_, hits_on(item, 8, 11, [](double t) { return t + 7; }));
  ASSERT_EQ(found.size(), 1);
  EXPECT_NEAR(from_of(found[0]), 5, 0.5);
  EXPECT_NEAR(to_of(found[0]), 15, 0.5);
  EXPECT_NEAR(seconds_of(found[0].entry_from), 12, 0.5);
  EXPECT_NEAR(seconds_of(found[0].entry_to), 22, 0.5);
  EXPECT_EQ(found[0].verdict, Verdict::kCopy);
}

TEST_F(VideoAlign, SpeedIsFoundFromHitsThatAreOff) {
  for (const double speed : {0.5, 0.8, 1.0, 1.25, 2.0}) {
    SCOPED_TRACE(speed);
    const VideoTrack item = item_with(4, speed);
    const auto found = align_videos(
        item, entry_, hits_on(item, 5, 15, [=](double t) { return 4 + speed * (t - 5); }));
    ASSERT_EQ(found.size(), 1);
    EXPECT_NEAR(found[0].speed, speed, 0.03);
    EXPECT_NEAR(from_of(found[0]), 5, 0.5);
    EXPECT_NEAR(to_of(found[0]), 15, 0.5);
  }
}

TEST_F(VideoAlign, AJumpInTheEntryMakesTwoSegments) {
  const auto line = [](double t) { return t < 10 ? t : t + 9; };
  const VideoTrack item = track_of(
      [&](double time, double x, double y) { return film_(line(time), x, y); }, 20, 0.5, 0.1);
  const auto found = copies(align_videos(item, entry_, hits_on(item, 0, 20, line)));
  ASSERT_EQ(found.size(), 2);
  // The camera stands still, so nothing but what moves tells where the jump is.
  EXPECT_NEAR(to_of(found[0]), 10, 1.5);
  EXPECT_NEAR(from_of(found[1]), 10, 1.5);
  EXPECT_NEAR(seconds_of(found[1].entry_to), 29, 0.6);
}

TEST_F(VideoAlign, OneSpanShownTwiceIsTwoSegments) {
  const VideoTrack item = track_of(
      [&](double time, double x, double y) {
        const double within = std::fmod(time, 10);
        return within < 6 ? film_(12 + within, x, y) : other_(time, x, y);
      },
      20, 0.5, 0.1);
  auto hits = hits_on(item, 0, 6, [](double t) { return t + 12; });
  for (const FrameHit& hit : hits_on(item, 10, 16, [](double t) { return t + 2; }))
    hits.push_back(hit);
  const auto found = copies(align_videos(item, entry_, hits));
  ASSERT_EQ(found.size(), 2);
  EXPECT_NEAR(to_of(found[0]), 6, 0.5);
  EXPECT_NEAR(from_of(found[1]), 10, 0.5);
}

TEST_F(VideoAlign, MirroredSpansAreFoundByMirroredHits) {
  const VideoTrack item = track_of(
      [&](double time, double x, double y) { return film_(12 + time, 640 - x, y); }, 10, 0.5, 0.1);
  const auto found = align_videos(item, entry_,
                                  hits_on(
                                      item, 1, 9, [](double t) { return t + 12; }, 0.2, true));
  ASSERT_EQ(found.size(), 1);
  EXPECT_TRUE(found[0].mirrored);
  EXPECT_EQ(found[0].verdict, Verdict::kCopy);
}

TEST_F(VideoAlign, ASpanThatRunsBackwardsHasASpeedBelowZero) {
  const Film panned = [&](double time, double x, double y) {
    return film_(time, x + 12 * time, y);
  };
  const VideoTrack entry = track_of(panned, 30, 0.25);
  const VideoTrack item = track_of(
      [&](double time, double x, double y) { return panned(22 - time, x, y); }, 10, 0.5, 0.1);
  const auto found =
      copies(align_videos(item, entry, hits_on(item, 0, 10, [](double t) { return 22 - t; })));
  ASSERT_EQ(found.size(), 1);
  EXPECT_NEAR(found[0].speed, -1, 0.05);
  EXPECT_NEAR(seconds_of(found[0].entry_from), 12, 0.5);
  EXPECT_NEAR(seconds_of(found[0].entry_to), 22, 0.5);
}

TEST_F(VideoAlign, AnotherDayInTheSamePlaceIsNoCopy) {
  for (unsigned day = 20; day < 30; ++day) {
    const VideoTrack item = track_of(day_at(here_, day), 20, 0.5, 0.1);
    const auto found =
        align_videos(item, entry_, hits_on(item, 0, 20, [](double t) { return t + 3; }));
    EXPECT_TRUE(copies(found).empty()) << "day " << day;
  }
}

TEST_F(VideoAlign, WhereTheCameraStandsStillMotionSaysWhichMomentIsMeant) {
  const VideoTrack item = item_with(12);
  const auto found =
      copies(align_videos(item, entry_, hits_on(item, 6, 14, [](double t) { return t + 1; })));
  ASSERT_EQ(found.size(), 1);
  EXPECT_NEAR(seconds_of(found[0].entry_from), 12, 0.6);
}

// Each hit names another moment of the shot: together they look like twice the speed.
TEST_F(VideoAlign, HitsThatNameWrongMomentsOfAShotSpeakForTheRightOne) {
  const VideoTrack item = item_with(12);
  const auto found = copies(
      align_videos(item, entry_, hits_on(item, 5, 15, [](double t) { return 8 + 2 * (t - 5); })));
  ASSERT_EQ(found.size(), 1);
  EXPECT_NEAR(found[0].speed, 1, 0.03);
  EXPECT_NEAR(seconds_of(found[0].entry_from), 12, 0.5);
}

TEST_F(VideoAlign, HitsOfAWrongMomentDoNotHideThoseOfTheRightOne) {
  const Film busy = day_at(here_, 3, 8);
  const VideoTrack entry = track_of(busy, 60, 0.25);
  const VideoTrack item = track_of(
      [&](double time, double x, double y) {
        return time >= 5 && time < 15 ? busy(time + 2, x, y) : other_(time, x, y);
      },
      20, 0.5, 0.1);
  for (const double wrong : {26, 30, 34, 38, 42}) {
    SCOPED_TRACE(wrong);
    auto hits = hits_on(item, 5, 15, [=](double t) { return t + wrong; });
    for (FrameHit& hit : hits) hit.surprise = 8;
    for (const FrameHit& hit : hits_on(item, 5, 15, [](double t) { return t + 2; }))
      hits.push_back(hit);
    const auto found = copies(align_videos(item, entry, hits));
    ASSERT_EQ(found.size(), 1);
    EXPECT_NEAR(seconds_of(found[0].entry_from), 7, 0.5);
  }
}

// Where the camera moves, a later moment shows the same under another transform, but not all of it.
TEST_F(VideoAlign, OfAMovingCameraTheMomentIsFoundThatShowsAllOfThePicture) {
  const Film pan = [&](double time, double x, double y) {
    return here_.at(x + 12 * time + 8 * std::sin(time), y);
  };
  const VideoTrack entry = track_of(pan, 30, 0.25);
  const VideoTrack item =
      track_of([&](double time, double x, double y) { return pan(time + 10, x, y); }, 6, 0.5, 0.1);
  auto hits = hits_on(item, 0, 6, [](double t) { return t + 13; });
  for (FrameHit& hit : hits) hit.entry_to_item = PictureTransform{{1, 0, 36, 0, 1, 0, 0, 0, 1}};
  const auto found = copies(align_videos(item, entry, hits));
  ASSERT_EQ(found.size(), 1);
  EXPECT_NEAR(seconds_of(found[0].entry_from), 10, 0.5);
}

// What is joined to the hits because pixels agree is told from what they say.
TEST_F(VideoAlign, ASpanSaysWhichPartItsHitsTellOf) {
  const VideoTrack item = item_with(12);
  const auto found =
      align_videos(item, entry_, hits_on(item, 8, 11, [](double t) { return t + 7; }));
  ASSERT_EQ(found.size(), 1);
  EXPECT_NEAR(seconds_of(found[0].told_from), 8, 0.5);
  EXPECT_NEAR(seconds_of(found[0].told_to), 11, 0.5);
}

TEST_F(VideoAlign, APictureInWhichNothingMovesIsACopyWhereItsPixelsAgree) {
  const Film still = day_at(here_, 1, 0);
  const VideoTrack entry = track_of(still, 30, 0.25), item = track_of(still, 10, 0.5, 0.1);
  auto hits = hits_on(item, 0, 10, [](double t) { return t + 5; });
  hits[3].surprise = 12;  // a still that was looked at closely
  EXPECT_EQ(copies(align_videos(item, entry, hits)).size(), 1);
}

TEST_F(VideoAlign, ASlideShowOfMomentsIsFoundSlideBySlide) {
  const std::vector<double> moments = {21, 4.1, 13.3, 8};
  const auto moment = [&](double time) {
    return moments[std::min<size_t>(3, static_cast<size_t>(time / 3))];
  };
  const VideoTrack item = [&] {
    VideoTrack track = track_of(
        [&](double time, double x, double y) { return film_(moment(time), x, y); }, 12, 0.5, 0.1);
    for (TrackFrame& frame : track.frames) {
      const auto slide = static_cast<uint64_t>(seconds_of(frame.time) / 3);
      for (uint64_t& word : frame.pdq.words) word = 0x9E3779B97F4A7C15 * (slide + 1);
    }
    return track;
  }();
  auto hits = hits_on(item, 0, 12, moment, 0.1);
  for (FrameHit& hit : hits) hit.surprise = 7;
  const auto found = copies(align_videos(item, entry_, hits));
  ASSERT_EQ(found.size(), 4);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(found[i].is_still);
    EXPECT_NEAR(from_of(found[i]), 3.0 * static_cast<double>(i), 0.5);
    EXPECT_NEAR(seconds_of(found[i].entry_from), moments[i], 0.5);
  }
}

TEST_F(VideoAlign, WhatTellsNothingWeighsNothing) {
  const VideoTrack item = item_with(12);
  auto hits = hits_on(item, 5, 15, [](double t) { return t + 7; });
  for (FrameHit& hit : hits) hit.surprise = 0;
  EXPECT_TRUE(align_videos(item, entry_, hits).empty());
  for (FrameHit& hit : hits) hit.surprise = 0.1;
  EXPECT_TRUE(align_videos(item, entry_, hits).empty());
}

TEST_F(VideoAlign, HitsAmongStrangersGiveNothing) {
  const VideoTrack item = track_of(other_, 20, 0.5, 0.1);
  std::mt19937 random(9);
  std::vector<FrameHit> hits = hits_on(item, 0, 20, [](double t) { return t; });
  for (FrameHit& hit : hits) hit.entry = microseconds_of(made::uniform(random, 0, 30));
  EXPECT_TRUE(copies(align_videos(item, entry_, hits)).empty());
}

TEST_F(VideoAlign, TheOrderOfHitsDoesNotShow) {
  const VideoTrack item = item_with(12);
  auto hits = hits_on(item, 5, 15, [](double t) { return t + 7; });
  const auto first = align_videos(item, entry_, hits);
  std::shuffle(hits.begin(), hits.end(), std::mt19937(3));
  const auto second = align_videos(item, entry_, hits);
  ASSERT_EQ(first.size(), second.size());
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].item_from, second[i].item_from);
    EXPECT_EQ(first[i].entry_to, second[i].entry_to);
    EXPECT_EQ(first[i].log10_nfa, second[i].log10_nfa);
  }
}

TEST_F(VideoAlign, OddTracksDoNoHarm) {
  const VideoTrack item = item_with(12);
  const auto hits = hits_on(item, 5, 15, [](double t) { return t + 7; });
  const VideoTrack none;
  EXPECT_TRUE(align_videos(none, entry_, hits).empty());
  EXPECT_TRUE(align_videos(item, none, hits).empty());
  EXPECT_TRUE(align_videos(item, entry_, {}).empty());

  VideoTrack one = item;
  one.frames.resize(1);
  align_videos(one, entry_, hits);
  align_videos(entry_, one, hits);
  VideoTrack blind = item;  // fewer thumbs than frames
  blind.thumbs.resize(blind.thumbs.size() / 2);
  align_videos(blind, entry_, hits);
  VideoTrack flat = item;
  flat.thumb_width = flat.thumb_height = 0;
  align_videos(flat, entry_, hits);
  VideoTrack backwards = item;
  std::reverse(backwards.frames.begin(), backwards.frames.end());
  align_videos(backwards, entry_, hits);
  VideoTrack stopped = item;
  for (TrackFrame& frame : stopped.frames) frame.time = std::chrono::microseconds{0};
  align_videos(stopped, entry_, hits);

  std::vector<FrameHit> odd = hits;
  odd[0].item = std::chrono::microseconds::max();
  odd[1].entry = std::chrono::microseconds::min();
  odd[2].surprise = std::nan("");
  odd[3].entry_to_item = PictureTransform{{0, 0, 0, 0, 0, 0, 0, 0, 0}};
  odd[4].entry_to_item = PictureTransform{{std::nan(""), 0, 0, 0, 1, 0, 0, 0, 1}};
  align_videos(item, entry_, odd);
}

}  // namespace
}  // namespace weir
