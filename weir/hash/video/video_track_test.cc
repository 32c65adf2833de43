// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/video/video_track.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "weir/hash/picture/pdq.h"
#include "weir/hash/video/video_clean.h"
#include "weir/signal/video_codec.h"

namespace weir {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr uint32_t kWidth = 320, kHeight = 180;

// A picture of its own for each scene, drifting slowly within it.
Pixels scene(int number, double drift, uint32_t width = kWidth, uint32_t height = kHeight) {
  std::mt19937 random(static_cast<unsigned>(number));
  std::uniform_real_distribution<double> any(0, 1);
  struct Blob {
    double x, y, size, level;
  };
  const double base = 60 + 130 * any(random);
  std::vector<Blob> blobs;
  for (int i = 0; i < 40; ++i)
    blobs.push_back(
        {any(random), any(random), 0.03 + 0.12 * any(random), 300 * (any(random) - 0.5)});
  Pixels picture{{}, width, height, 1};
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x) {
      // Nowhere flat, or it would look like a bar.
      double level =
          base + 25 * std::sin(6.0 * x / width + number) + 25 * std::cos(9.0 * y / height);
      for (const Blob& blob : blobs) {
        const double dx = double(x) / width - blob.x - drift, dy = double(y) / height - blob.y;
        const double reach = (dx * dx + dy * dy) / (blob.size * blob.size);
        if (reach < 1) level += blob.level * (1 - reach);
      }
      picture.samples.push_back(static_cast<uint8_t>(std::clamp(level, 0.0, 255.0)));
    }
  return picture;
}

Status show(VideoTracker& tracker, const Pixels& picture, milliseconds from, milliseconds to) {
  if (!tracker.wants(from, to)) return {};
  return tracker.add(from, to, picture.width, picture.height,
                     [&](uint32_t) -> Result<PixelView> { return picture.view(); });
}

// Scenes of `seconds` each at ten frames a second, put through `edit`.
template <class Edit>
VideoTrack track_of(int scenes, int seconds, const TrackOptions& options, Edit edit,
                    unsigned threads = 1, const TrackBudget& budget = {}) {
  VideoTracker tracker(options, threads, budget);
  int tenths = 0;
  for (int number = 0; number < scenes; ++number)
    for (int i = 0; i < 10 * seconds; ++i, ++tenths) {
      const Pixels picture = edit(scene(number, 0.002 * i));
      EXPECT_TRUE(
          show(tracker, picture, milliseconds(100 * tenths), milliseconds(100 * tenths + 100)));
    }
  auto track = tracker.finish(milliseconds(100 * tenths));
  EXPECT_TRUE(track);
  return track ? std::move(*track) : VideoTrack();
}
Pixels as_is(Pixels picture) {
  return picture;
}

TEST(VideoTrack, FramesAreEvenlySpacedAndCutsAreFound) {
  const VideoTrack track = track_of(4, 4, kItemTrack, as_is);
  ASSERT_EQ(track.frames.size(), 32u);
  EXPECT_EQ(track.thumbs.size(), 32u * track.thumb_width * track.thumb_height);
  EXPECT_EQ(std::max(track.thumb_width, track.thumb_height), 64u);
  for (size_t i = 0; i < track.frames.size(); ++i) {
    EXPECT_EQ(track.frames[i].time, milliseconds(500 * i));
    EXPECT_EQ(track.frames[i].begins_shot, i % 8 == 0) << i;
  }
}

TEST(VideoTrack, EveryShotHasAStillAndThePlacesLieInTheFrame) {
  for (const int seconds : {1, 4}) {
    const VideoTrack track = track_of(4, seconds, kItemTrack, as_is);
    for (int shot = 0; shot < 4; ++shot) {
      const auto in_shot = [&](const Still& still) {
        return still.time >= std::chrono::seconds(shot * seconds) &&
               still.time < std::chrono::seconds((shot + 1) * seconds);
      };
      EXPECT_TRUE(std::ranges::any_of(track.stills, in_shot)) << seconds << " " << shot;
    }
    EXPECT_TRUE(read_video_track(write_video_track(track)));
  }
}

// Three seconds of each scene, the last one of which it fades into the next.
TEST(VideoTrack, StillsStandWhereThePictureStands) {
  VideoTracker tracker(kItemTrack);
  constexpr int kScenes = 5, kTenths = 30;
  for (int i = 0; i < kScenes * kTenths; ++i) {
    const int number = i / kTenths, since = i % kTenths;
    Pixels picture = scene(number, 0);
    const Pixels next = scene(number + 1, 0);
    const bool is_last = number + 1 == kScenes;
    const double share = is_last ? 0 : std::clamp((since - 20) / 10.0, 0.0, 1.0);
    for (size_t k = 0; k < picture.samples.size(); ++k)
      picture.samples[k] =
          static_cast<uint8_t>((1 - share) * picture.samples[k] + share * next.samples[k]);
    ASSERT_TRUE(show(tracker, picture, milliseconds(100 * i), milliseconds(100 * i + 100)));
  }
  const auto track = tracker.finish(milliseconds(100 * kScenes * kTenths));
  ASSERT_TRUE(track);
  std::vector<int> stills(kScenes);
  for (const Still& still : track->stills) {
    const auto tenths = still.time.count() / 100'000;
    EXPECT_TRUE(tenths % kTenths <= 20 || tenths > (kScenes - 1) * kTenths) << tenths;
    ++stills[static_cast<size_t>(std::min<int64_t>(tenths / kTenths, kScenes - 1))];
  }
  for (const int count : stills) EXPECT_GE(count, 1);
}

TEST(VideoTrack, HashesOfMirroredVideosAreTheMirroredHashes) {
  const auto mirror = [](Pixels picture) {
    for (uint32_t y = 0; y < picture.height; ++y) {
      const auto row = picture.samples.begin() + y * picture.width;
      std::reverse(row, row + picture.width);
    }
    return picture;
  };
  const VideoTrack plain = track_of(2, 2, kItemTrack, as_is);
  const VideoTrack turned = track_of(2, 2, kItemTrack, mirror);
  for (size_t i = 0; i < plain.frames.size(); ++i)
    EXPECT_LE(distance(plain.frames[i].mirrored, turned.frames[i].pdq).bits, 16);
}

TEST(VideoTrack, BarsAreLeftOutOfTheSecondHash) {
  const auto boxed = [](const Pixels& picture) {
    Pixels out{std::vector<uint8_t>(kWidth * 240, 16), kWidth, 240, 1};
    std::copy(picture.samples.begin(), picture.samples.end(), out.samples.begin() + kWidth * 30);
    return out;
  };
  const VideoTrack plain = track_of(3, 2, kItemTrack, as_is);
  const VideoTrack bars = track_of(3, 2, kItemTrack, boxed);
  for (size_t i = 0; i < plain.frames.size(); ++i) {
    EXPECT_EQ(plain.frames[i].clean_quality, 0);
    EXPECT_GT(bars.frames[i].clean_quality, 50);
    EXPECT_LE(distance(plain.frames[i].pdq, bars.frames[i].clean).bits, 12);
  }
}

// A narrow picture in front of itself, blown up and blurred, as players of portrait video do.
Pixels with_blurred_sides(const Pixels& picture) {
  const Pixels wide = scene(77, 0, 640, kHeight);
  Pixels out{std::vector<uint8_t>(640 * kHeight), 640, kHeight, 1};
  for (uint32_t y = 0; y < kHeight; ++y)
    for (uint32_t x = 0; x < 640; ++x) {
      // Slow waves stand for the blur.
      const double wave = 120 + 60 * std::sin(x * 0.012 + wide.samples[0]) * std::cos(y * 0.015);
      const bool is_inside = x >= 160 && x < 480;
      const uint8_t inside = picture.samples[y * kWidth + (is_inside ? x - 160 : 0)];
      const auto texture = static_cast<uint8_t>(inside ^ ((x * 7 + y * 13) % 5));
      out.samples[y * 640 + x] = is_inside ? texture : static_cast<uint8_t>(wave);
    }
  return out;
}

TEST(VideoTrack, BlurredBandsAreLeftOutOfTheSecondHash) {
  const VideoTrack plain = track_of(3, 2, kItemTrack, as_is);
  const VideoTrack bands = track_of(3, 2, kItemTrack, with_blurred_sides);
  const Pixels one = with_blurred_sides(scene(0, 0));
  const auto box = shown_box(one.view());
  ASSERT_TRUE(box);
  EXPECT_NEAR(box->x, 160, 3);
  EXPECT_NEAR(box->width, 320, 6);
  EXPECT_EQ(box->height, kHeight);
  for (size_t i = 0; i < plain.frames.size(); ++i) {
    EXPECT_GT(bands.frames[i].clean_quality, 50);
    EXPECT_LE(distance(plain.frames[i].pdq, bands.frames[i].clean).bits, 24) << i;
  }
}

// A logo and a caption over many scenes.
TEST(VideoTrack, OverlaysThatStayAreFilledIn) {
  const auto overlaid = [](Pixels picture) {
    for (uint32_t y = 0; y < picture.height; ++y)
      for (uint32_t x = 0; x < picture.width; ++x) {
        const bool logo = x > 240 && x < 300 && y > 15 && y < 55;
        const bool caption = y > 140 && y < 165 && x > 40 && x < 280;
        if (logo || caption)
          picture.samples[y * picture.width + x] = (x / 8 + y / 8) % 2 ? 250 : 10;
      }
    return picture;
  };
  const VideoTrack plain = track_of(12, 2, kItemTrack, as_is);
  const VideoTrack marked = track_of(12, 2, kItemTrack, overlaid);
  ASSERT_EQ(plain.frames.size(), marked.frames.size());
  double with = 0, without = 0;
  for (size_t i = 0; i < plain.frames.size(); ++i) {
    with += distance(plain.frames[i].pdq, marked.frames[i].pdq).bits;
    without += distance(plain.frames[i].pdq, marked.frames[i].clean).bits;
    EXPECT_EQ(plain.frames[i].clean_quality, 0);
  }
  const auto count = static_cast<double>(plain.frames.size());
  std::printf("bits from the unmarked: %.1f whole, %.1f filled in\n", with / count,
              without / count);
  EXPECT_LT(without, 0.85 * with);
}

TEST(VideoTrack, StaticPicturesAreNotBlanked) {
  const VideoTrack track = track_of(1, 6, kItemTrack, as_is);
  for (const TrackFrame& frame : track.frames) EXPECT_EQ(frame.clean_quality, 0);
}

TEST(VideoTrack, PruningLeavesOutWhatRepeatsAndKeepsTimes) {
  TrackOptions options = kEntryTrack;
  VideoTracker tracker(options);
  const Pixels held = scene(1, 0), other = scene(2, 0);
  ASSERT_TRUE(show(tracker, held, milliseconds(0), milliseconds(20'000)));
  ASSERT_TRUE(show(tracker, other, milliseconds(20'000), milliseconds(21'000)));
  const auto track = tracker.finish(milliseconds(21'000));
  ASSERT_TRUE(track);
  EXPECT_LE(track->frames.size(), 16u);
  EXPECT_GE(track->frames.size(), 11u);
  microseconds last{0};
  for (const TrackFrame& frame : track->frames) {
    EXPECT_LE(frame.time - last, milliseconds(2'250));
    last = frame.time;
  }
  EXPECT_TRUE(std::ranges::any_of(track->frames, [](const TrackFrame& frame) {
    return frame.time == milliseconds(20'000) && frame.begins_shot;
  }));
}

// However long frames are shown, and also where the budget has made the track sparse.
TEST(VideoTrack, WhatIsWantedIsSeenAhead) {
  std::mt19937 random(5);
  for (const TrackOptions& options : {kItemTrack, kEntryTrack}) {
    VideoTracker tracker(options, 1, {50'000, 300'000});
    microseconds time{0};
    int wanted = 0, ahead = 0;
    for (int i = 0; i < 400; ++i) {
      const microseconds until = time + microseconds(random() % 5 ? random() % 60'000 : 250'000);
      const bool wants = tracker.wants(time, until);
      EXPECT_TRUE(!wants || tracker.may_want(time, until)) << i;
      wanted += wants;
      ahead += tracker.may_want(time, until);
      if (wants) {
        const Pixels picture = scene(i / 20, 0, 64, 36);
        ASSERT_TRUE(tracker.add(time, until, 64, 36,
                                [&](uint32_t) -> Result<PixelView> { return picture.view(); }));
      }
      time = until;
    }
    EXPECT_GE(wanted, 20);
    EXPECT_LT(ahead, 300);
  }
}

TEST(VideoTrack, BudgetsAreKeptWhateverTheLength) {
  const TrackBudget budget{200'000, 300'000};
  const VideoTrack track = track_of(60, 3, kItemTrack, as_is, 1, budget);
  size_t bytes = track.thumbs.size() + track.frames.size() * sizeof(TrackFrame);
  EXPECT_LE(bytes, budget.frame_bytes);
  EXPECT_GE(bytes, budget.frame_bytes / 4);
  EXPECT_GE(track.stills.size(), 2u);
  EXPECT_LE(video_track_bytes(track), 600'000u);
  EXPECT_GT(track.frames.back().time, std::chrono::seconds(170));
}

TEST(VideoTrack, ThreadsChangeNothing) {
  const TrackBudget budget{200'000, 400'000};
  const VideoTrack one = track_of(12, 3, kItemTrack, as_is, 1, budget);
  const VideoTrack two = track_of(12, 3, kItemTrack, as_is, 2, budget);
  EXPECT_EQ(write_video_track(one), write_video_track(two));
}

TEST(VideoTrack, FramesOfOtherSizesAndTinyOnesHaveAPlace) {
  VideoTracker tracker(kItemTrack);
  ASSERT_TRUE(show(tracker, scene(1, 0, 30, 20), milliseconds(0), milliseconds(600)));
  ASSERT_TRUE(show(tracker, scene(1, 0, 200, 100), milliseconds(600), milliseconds(1'200)));
  ASSERT_TRUE(show(tracker, scene(1, 0, 3, 2), milliseconds(1'200), milliseconds(1'800)));
  const auto track = tracker.finish(milliseconds(1'800));
  ASSERT_TRUE(track);
  EXPECT_EQ(track->thumbs.size(), track->frames.size() * 600);
  EXPECT_TRUE(read_video_track(write_video_track(*track)));
}

TEST(VideoTrack, KeyframesAloneAreNotHeld) {
  TrackOptions triage = kItemTrack;
  triage.keyframes_only = true;
  VideoTracker tracker(triage);
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(
        show(tracker, scene(i, 0), milliseconds(4'000 * i), milliseconds(4'000 * i + 4'000)));
  const auto track = tracker.finish(milliseconds(16'000));
  ASSERT_TRUE(track);
  EXPECT_EQ(track->frames.size(), 4u);
  EXPECT_EQ(track->stills.size(), 4u);
}

}  // namespace
}  // namespace weir
