// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/video_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "weir/signal/features_codec.h"

namespace weir {
namespace {

using std::chrono::microseconds;

Hash256 random_hash(std::mt19937_64& random) {
  Hash256 hash;
  for (uint64_t& word : hash.words) word = random();
  return hash;
}

Still made_still(std::mt19937_64& random, microseconds time) {
  Still still;
  still.time = time;
  still.picture.width = 640;
  still.picture.height = 360;
  still.picture.plane = {std::vector<uint8_t>(160 * 90, 7), 160, 90, 1};
  for (int i = 0; i < 5; ++i) {
    LocalFeature feature;
    feature.x = static_cast<float>(random() % 640);
    feature.y = static_cast<float>(random() % 360);
    feature.scale = 2;
    feature.angle = 1;
    for (uint8_t& part : feature.descriptor) part = static_cast<uint8_t>(random());
    still.picture.features.push_back(feature);
  }
  return still;
}

VideoTrack made_track(size_t frames, size_t stills) {
  std::mt19937_64 random(frames * 31 + stills);
  VideoTrack track;
  track.width = 640;
  track.height = 360;
  track.thumb_width = 8;
  track.thumb_height = 5;
  for (size_t i = 0; i < frames; ++i) {
    TrackFrame frame;
    frame.time = microseconds(500'000 * i);
    frame.pdq = random_hash(random);
    frame.mirrored = random_hash(random);
    frame.clean = random_hash(random);
    frame.clean_mirrored = random_hash(random);
    frame.quality = static_cast<uint8_t>(random() % 101);
    frame.clean_quality = static_cast<uint8_t>(random() % 101);
    frame.begins_shot = random() % 2 != 0;
    track.frames.push_back(frame);
  }
  track.thumbs.resize(frames * 40);
  for (uint8_t& sample : track.thumbs) sample = static_cast<uint8_t>(random());
  for (size_t i = 0; i < stills; ++i)
    track.stills.push_back(made_still(random, microseconds(700'000 * i)));
  track.duration = microseconds(500'000 * frames);
  return track;
}

// The bytes hold every member, so equal bytes are equal tracks.
TEST(VideoCodec, TracksComeBackAsTheyWere) {
  for (const size_t frames : {0u, 1u, 2u, 100u})
    for (const size_t stills : {0u, 1u, 7u}) {
      const VideoTrack track = made_track(frames, stills);
      const auto bytes = write_video_track(track);
      EXPECT_EQ(bytes.size(), video_track_bytes(track));
      const auto back = read_video_track(bytes);
      ASSERT_TRUE(back) << back.error().message;
      EXPECT_EQ(back->width, track.width);
      EXPECT_EQ(back->duration, track.duration);
      EXPECT_EQ(back->thumbs, track.thumbs);
      ASSERT_EQ(back->frames.size(), frames);
      ASSERT_EQ(back->stills.size(), stills);
      for (size_t i = 0; i < frames; ++i) {
        EXPECT_EQ(back->frames[i].time, track.frames[i].time);
        EXPECT_EQ(back->frames[i].pdq, track.frames[i].pdq);
        EXPECT_EQ(back->frames[i].clean_mirrored, track.frames[i].clean_mirrored);
        EXPECT_EQ(back->frames[i].begins_shot, track.frames[i].begins_shot);
      }
      for (size_t i = 0; i < stills; ++i)
        EXPECT_EQ(back->stills[i].picture.features, track.stills[i].picture.features);
      EXPECT_EQ(write_video_track(*back), bytes);
    }
}

TEST(VideoCodec, EveryCutIsCorrupt) {
  const auto bytes = write_video_track(made_track(3, 2));
  for (size_t length = 0; length < bytes.size(); ++length) {
    const auto back = read_video_track(std::span(bytes).first(length));
    ASSERT_FALSE(back) << length;
    EXPECT_EQ(back.error().code, ErrorCode::kCorrupt);
  }
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(read_video_track(longer));
}

// Each turned bit either is told, or gives another track that is written as it was read.
TEST(VideoCodec, TurnedBitsAreToldOrMeanSomethingElse) {
  const auto bytes = write_video_track(made_track(3, 2));
  std::mt19937 random(5);
  for (int round = 0; round < 3000; ++round) {
    auto turned = bytes;
    turned[random() % turned.size()] ^= static_cast<uint8_t>(1u << (random() % 8));
    const auto back = read_video_track(turned);
    if (back) {
      EXPECT_EQ(write_video_track(*back), turned);
    }
  }
}

TEST(VideoCodec, TimesThatRunBackwardsAreCorrupt) {
  VideoTrack track = made_track(3, 0);
  std::swap(track.frames[1].time, track.frames[2].time);
  EXPECT_FALSE(read_video_track(write_video_track(track)));
  track = made_track(2, 2);
  std::swap(track.stills[0].time, track.stills[1].time);
  EXPECT_FALSE(read_video_track(write_video_track(track)));
}

}  // namespace
}  // namespace weir
