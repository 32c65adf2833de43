// SPDX-License-Identifier: Apache-2.0
#include "weir/media/video/video.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "weir/media/picture/encoders_for_test.h"
#include "weir/media/picture/image.h"
#include "weir/media/picture/orient.h"
#include "weir/media/video/videos_for_test.h"

namespace weir {
namespace {

using media::made_video;
using media::VideoRecipe;
using std::chrono::microseconds;

struct Seen {
  std::vector<microseconds> times;
  std::vector<Pixels> grey;
};

Result<DecodedVideo> decode(const std::vector<uint8_t>& bytes, Seen* seen = nullptr,
                            const VideoOptions& options = {}, const Limits& limits = {}) {
  MemorySource source(bytes);
  microseconds last{0};
  return decode_video(source, limits, options, [&](VideoFrame& frame) -> Status {
    EXPECT_GE(frame.time(), last) << "time runs backwards";
    EXPECT_GE(frame.until(), frame.time());
    last = frame.time();
    if (!seen) return {};
    const PixelView grey = TRY(frame.grey(0));
    Pixels copy{{}, grey.width, grey.height, 1};
    for (uint32_t y = 0; y < grey.height; ++y)
      copy.samples.insert(copy.samples.end(), grey.row(y), grey.row(y) + grey.width);
    seen->times.push_back(frame.time());
    seen->grey.push_back(std::move(copy));
    return {};
  });
}

Pixels drawn(int number, uint32_t width, uint32_t height) {
  Pixels picture{{}, width, height, 1};
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x)
      picture.samples.push_back(media::test_luma(number, int(x), int(y), int(width), int(height)));
  return picture;
}

TEST(Video, EveryContainerAndCodecGivesItsFrames) {
  int kinds = 0;
  for (const auto& [container, encoder] : media::video_kinds()) {
    SCOPED_TRACE(std::string(container) + " " + encoder);
    VideoRecipe recipe;
    recipe.container = container;
    recipe.encoder = encoder;
    recipe.frames = 45;
    const auto bytes = made_video(recipe);
    if (bytes.empty()) {
      std::printf("not made here: %s in %s\n", encoder, container);
      continue;
    }
    Seen seen;
    const auto decoded = decode(bytes, &seen);
    EXPECT_TRUE(decoded) << decoded.error().message;
    if (!decoded) continue;
    EXPECT_EQ(decoded->note, "");
    EXPECT_EQ(decoded->width, 160u);
    EXPECT_EQ(decoded->height, 120u);
    // Raw streams and frames that differ too little to be coded may cost some at the ends.
    EXPECT_GE(seen.grey.size(), 43u);
    EXPECT_LE(seen.grey.size(), 46u);
    EXPECT_NEAR(double(decoded->duration.count()) / 1e6, 45.0 / 25, 0.15);
    if (seen.grey.size() < 45) continue;
    EXPECT_GT(media::likeness(seen.grey[3], drawn(3, 160, 120)), 20);
    EXPECT_GT(media::likeness(seen.grey[41], drawn(41, 160, 120)), 20);
    ++kinds;
  }
  EXPECT_GE(kinds, 25);
}

// Frames by number, their times before and their samples behind.
using Numbered = std::map<uint32_t, std::pair<microseconds, std::vector<uint8_t>>>;

Numbered frames_given(const std::vector<uint8_t>& bytes, const VideoOptions& options,
                      uint64_t* frames) {
  MemorySource source(bytes);
  Numbered given;
  const auto decoded = decode_video(source, {}, options, [&](VideoFrame& frame) -> Status {
    const PixelView grey = TRY(frame.grey(0));
    std::vector<uint8_t> samples;
    for (uint32_t y = 0; y < grey.height; ++y)
      samples.insert(samples.end(), grey.row(y), grey.row(y) + grey.width);
    given[frame.number()] = {frame.time(), std::move(samples)};
    return {};
  });
  EXPECT_TRUE(decoded);
  if (decoded) *frames = decoded->frames;
  return given;
}

// Gives how many frames were stepped over.
size_t check_stepping(const std::vector<uint8_t>& bytes, unsigned threads) {
  uint64_t all_frames = 0, frames = 0;
  const Numbered all = frames_given(bytes, {}, &all_frames);
  VideoOptions some;
  some.threads = threads;
  const auto is_on_grid = [](microseconds time, microseconds until) {
    constexpr microseconds kEvery(300'000);
    return (time + kEvery - microseconds(1)) / kEvery * kEvery < until;
  };
  some.needs = [&](microseconds time, microseconds until, uint32_t number) {
    return is_on_grid(time, until) || number % 16 == 5;
  };
  const Numbered given = frames_given(bytes, some, &frames);
  EXPECT_EQ(frames, all_frames);
  for (const auto& [number, frame] : given) {
    const auto same = all.find(number);
    EXPECT_TRUE(same != all.end() && same->second == frame) << number;
  }
  for (auto frame = all.begin(); frame != all.end(); ++frame) {
    const auto next = std::next(frame);
    const microseconds until = next == all.end() ? microseconds::max() : next->second.first;
    if (is_on_grid(frame->second.first, until) || frame->first % 16 == 5) {
      EXPECT_TRUE(given.contains(frame->first)) << frame->first;
    }
  }
  return all.size() - given.size();
}

TEST(Video, FramesThatNobodyNeedsAreSteppedOverAndChangeNoOther) {
  for (const auto& [container, encoder] : {std::pair("mp4", "libx264"),
                                           {"matroska", "libx264"},
                                           {"mpegts", "libx264"},
                                           {"flv", "libx264"},
                                           {"nut", "libx264"},
                                           {"mp4", "libx265"},
                                           {"matroska", "libx265"}}) {
    SCOPED_TRACE(std::string(container) + " " + encoder);
    VideoRecipe recipe;
    recipe.container = container;
    recipe.encoder = encoder;
    recipe.preset = "veryfast";
    recipe.frames = 200;
    recipe.keys_every = 70;
    const auto bytes = made_video(recipe);
    EXPECT_GE(check_stepping(bytes, 1), 40u);
    EXPECT_GE(check_stepping(bytes, 3), 40u);
    recipe.times.clear();  // at varying rates
    for (int i = 0; i < recipe.frames; ++i)
      recipe.times.push_back((recipe.times.empty() ? 0 : recipe.times.back()) + 1 + i % 7 * 3);
    if (recipe.container != "nut") check_stepping(made_video(recipe), 2);
  }
}

// Where nobody says which frames others refer to, or when they are shown, and in fields.
TEST(Video, FramesAreSteppedOverOnlyWhereThatIsCertain) {
  for (const auto& [container, encoder] : {std::pair("h264", "libx264"),
                                           {"hevc", "libx265"},
                                           {"webm", "libvpx-vp9"},
                                           {"avi", "mpeg4"},
                                           {"mpegts", "mpeg2video"}}) {
    SCOPED_TRACE(std::string(container) + " " + encoder);
    VideoRecipe recipe;
    recipe.container = container;
    recipe.encoder = encoder;
    recipe.preset = "veryfast";
    recipe.frames = 100;
    EXPECT_EQ(check_stepping(made_video(recipe), 2), 0u);
  }
  VideoRecipe fields;
  fields.preset = "veryfast";
  fields.is_interlaced = true;
  fields.frames = 100;
  EXPECT_EQ(check_stepping(made_video(fields), 2), 0u);
}

// Broadcasts begin anywhere, and parts sewn together begin again.
TEST(Video, SteppingOverStopsWhereTimesDoNotHoldTogether) {
  VideoRecipe recipe;
  recipe.container = "mpegts";
  recipe.preset = "veryfast";
  recipe.frames = 150;
  recipe.keys_every = 40;
  auto bytes = made_video(recipe);
  auto twice = bytes;
  twice.insert(twice.end(), bytes.begin(), bytes.end());
  EXPECT_GE(check_stepping(twice, 2), 20u);
  constexpr size_t kPacket = 188;
  bytes.erase(bytes.begin(),
              bytes.begin() + static_cast<ptrdiff_t>(bytes.size() / kPacket / 5 * kPacket));
  check_stepping(bytes, 2);
}

TEST(Video, TimesAreTheContainersWhenTheyVary) {
  VideoRecipe recipe;
  recipe.frames = 6;
  recipe.times = {0, 1, 5, 30, 31, 80};
  for (const char* container : {"mp4", "matroska"}) {
    recipe.container = container;
    Seen seen;
    ASSERT_TRUE(decode(made_video(recipe), &seen));
    ASSERT_EQ(seen.times.size(), 6u);
    for (size_t i = 0; i < 6; ++i)
      EXPECT_NEAR(double(seen.times[i].count()), double(recipe.times[i]) * 40'000, 1'000);
  }
}

TEST(Video, RotatedVideosStandUpright) {
  for (const int rotation : {90, 180, 270}) {
    SCOPED_TRACE(rotation);
    VideoRecipe recipe;
    recipe.frames = 3;
    recipe.rotation = rotation;
    Seen seen;
    const auto decoded = decode(made_video(recipe), &seen);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->width, rotation == 180 ? 160u : 120u);
    EXPECT_EQ(decoded->height, rotation == 180 ? 120u : 160u);
    const int exif = rotation == 90 ? 6 : rotation == 180 ? 3 : 8;
    const Pixels expected = media::upright(drawn(0, 160, 120), exif);
    EXPECT_GT(media::likeness(seen.grey[0], expected), 25);
  }
}

TEST(Video, StretchedPixelsAreShownSquare) {
  VideoRecipe recipe;
  recipe.frames = 3;
  recipe.pixel_shape = {4, 3};
  const auto decoded = decode(made_video(recipe));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->width, 160u);
  EXPECT_EQ(decoded->height, 90u);
}

TEST(Video, OddSizesAndInterlacedFramesAreDecoded) {
  VideoRecipe odd;
  odd.encoder = "ffv1";
  odd.container = "matroska";
  odd.width = 97;
  odd.height = 61;
  const auto decoded = decode(made_video(odd));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->width, 97u);
  EXPECT_EQ(decoded->height, 61u);
  VideoRecipe fields;
  fields.encoder = "mpeg2video";
  fields.container = "mpegts";
  fields.is_interlaced = true;
  EXPECT_TRUE(decode(made_video(fields)));
}

TEST(Video, KeyframesAloneAreFewerAndAtTheirTimes) {
  VideoRecipe recipe;
  recipe.keys_every = 10;
  VideoOptions triage;
  triage.keyframes_only = true;
  for (const char* container : {"mp4", "matroska", "mpegts"}) {
    SCOPED_TRACE(container);
    recipe.container = container;
    Seen seen;
    ASSERT_TRUE(decode(made_video(recipe), &seen, triage));
    EXPECT_GE(seen.times.size(), 5u);
    EXPECT_LE(seen.times.size(), 9u);
    EXPECT_GT(media::likeness(seen.grey[1], drawn(10, 160, 120)), 22);
    EXPECT_NEAR(double(seen.times[1].count()) / 1e6, 0.4, 0.05);
  }
}

TEST(Video, KeyframesTooFarApartAreNotAllThatIsDecoded) {
  VideoRecipe recipe;
  recipe.keys_every = 1000;
  recipe.frames = 60;
  recipe.frames_a_second = 5;
  VideoOptions triage;
  triage.keyframes_only = true;
  Seen seen;
  ASSERT_TRUE(decode(made_video(recipe), &seen, triage));
  EXPECT_GE(seen.times.size(), 10u);
}

TEST(Video, TruncatedVideosGiveWhatTheyHaveAndSaySo) {
  for (const char* container : {"matroska", "mpegts", "avi", "flv"}) {
    SCOPED_TRACE(container);
    VideoRecipe recipe;
    recipe.container = container;
    recipe.encoder = std::string(container) == "avi" ? "mpeg4" : "libx264";
    recipe.frames = 200;
    auto bytes = made_video(recipe);
    bytes.resize(bytes.size() / 2);
    const auto decoded = decode(bytes);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_GT(decoded->frames, 40u);
    EXPECT_LT(decoded->frames, 180u);
    if (std::string(container) != "mpegts") {  // which says nothing of its length
      EXPECT_TRUE(decoded->note.starts_with("truncated")) << decoded->note;
    }
  }
}

// Ten minutes lie before the first frame, and the container counts them.
TEST(Video, ALargeStartTimeIsNoTruncation) {
  for (const char* container : {"matroska", "mp4", "mpegts"}) {
    SCOPED_TRACE(container);
    VideoRecipe recipe;
    recipe.container = container;
    for (int i = 0; i < recipe.frames; ++i)
      recipe.times.push_back(600 * recipe.frames_a_second + i);
    const auto decoded = decode(made_video(recipe));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->note, "");
    EXPECT_EQ(decoded->frames, 50u);
    EXPECT_LT(decoded->duration, std::chrono::seconds(3));
  }
}

TEST(Video, FlippedBitsNeverLoseTheRun) {
  std::mt19937 random(3);
  for (const auto& [container, encoder] : media::video_kinds()) {
    SCOPED_TRACE(std::string(container) + " " + encoder);
    VideoRecipe recipe;
    recipe.container = container;
    recipe.encoder = encoder;
    recipe.frames = 12;
    recipe.width = 64;
    recipe.height = 48;
    const auto bytes = made_video(recipe);
    if (bytes.empty()) continue;
    for (int round = 0; round < 12; ++round) {
      auto flipped = bytes;
      for (int i = 0; i <= round; ++i)
        flipped[random() % flipped.size()] ^= static_cast<uint8_t>(1u << (random() % 8));
      if (round % 4 == 3) flipped.resize(random() % flipped.size());
      const auto decoded = decode(flipped);
      if (!decoded) {
        EXPECT_FALSE(decoded.error().message.empty());
      }
    }
  }
}

TEST(Video, AnimationsAreVideos) {
  for (const char* suffix : {".webp", ".gif", ".jxl"}) {
    SCOPED_TRACE(suffix);
    const auto bytes = media::animation_file(suffix, 5, 24, 70);
    EXPECT_EQ(look_at(bytes), FirstBytes::kAnimation);
    Seen seen;
    const auto decoded = decode(bytes, &seen);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->frames, 5u);
    EXPECT_EQ(decoded->format, suffix + 1);
    EXPECT_EQ(seen.times[3], microseconds(210'000));
    EXPECT_EQ(decoded->duration, microseconds(350'000));
  }
}

TEST(Video, SequencesOfAvifAreVideos) {
  VideoRecipe recipe;
  recipe.container = "avif";
  recipe.encoder = "libaom-av1";
  recipe.frames = 6;
  recipe.frames_a_second = 5;
  const auto bytes = made_video(recipe);
  ASSERT_FALSE(bytes.empty());
  EXPECT_EQ(look_at(bytes), FirstBytes::kAnimation);
  const auto decoded = decode(bytes);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->frames, 6u);
  EXPECT_EQ(decoded->codec, "av1");
}

TEST(Video, PicturesAreNoVideos) {
  for (const auto& [format, bytes, least] : media::one_of_each()) {
    SCOPED_TRACE(format);
    EXPECT_NE(look_at(bytes), FirstBytes::kOther);
  }
  VideoRecipe recipe;
  recipe.frames = 3;
  EXPECT_EQ(look_at(made_video(recipe)), FirstBytes::kOther);
}

TEST(Video, LimitsAreNamed) {
  VideoRecipe recipe;
  const auto bytes = made_video(recipe);
  const auto fails = [&](const Limits& limits, const char* name) {
    const auto decoded = decode(bytes, nullptr, {}, limits);
    ASSERT_FALSE(decoded) << name;
    EXPECT_EQ(decoded.error().code, ErrorCode::kLimit);
    EXPECT_NE(decoded.error().message.find(name), std::string::npos) << decoded.error().message;
  };
  Limits limits;
  limits.video_bytes = 100;
  fails(limits, "limits.video_mib");
  limits = {};
  limits.video_frames = 10;
  fails(limits, "video_frames");
  limits = {};
  limits.video_seconds = 1;
  fails(limits, "video_seconds");
  limits = {};
  limits.dimension = 100;
  fails(limits, "dimension");
}

TEST(Video, PlaylistsAndListsOfFilesAreNotFollowed) {
  for (const std::string text :
       {"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '/etc/passwd'\n", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\n"}) {
    const auto decoded = decode({text.begin(), text.end()});
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, ErrorCode::kInvalid);
  }
}

TEST(Video, WhatTakeGivesEndsTheRun) {
  MemorySource source(std::span<const uint8_t>{});
  VideoRecipe recipe;
  const auto bytes = made_video(recipe);
  MemorySource video(bytes);
  int calls = 0;
  const auto decoded = decode_video(video, {}, {}, [&](VideoFrame&) -> Status {
    return ++calls == 3 ? Status(Error{ErrorCode::kConflict, "enough"}) : Status();
  });
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().message, "enough");
  EXPECT_EQ(calls, 3);
}

TEST(Video, ThreadsChangeNothing) {
  const auto bytes = made_video({});
  Seen one, two;
  VideoOptions threads;
  threads.threads = 2;
  ASSERT_TRUE(decode(bytes, &one));
  ASSERT_TRUE(decode(bytes, &two, threads));
  EXPECT_EQ(one.times, two.times);
  ASSERT_EQ(one.grey.size(), two.grey.size());
  for (size_t i = 0; i < one.grey.size(); ++i) EXPECT_EQ(one.grey[i].samples, two.grey[i].samples);
}

}  // namespace
}  // namespace weir
