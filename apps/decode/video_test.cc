// SPDX-License-Identifier: Apache-2.0
//
// The shipped weir-decode, in its sandbox, from videos to tracks.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "apps/decode/decoder_for_test.h"
#include "weir/hash/video/vpdq.h"
#include "weir/media/picture/encoders_for_test.h"
#include "weir/media/video/videos_for_test.h"
#include "weir/signal/video_codec.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

const std::string kVectors = WEIR_SOURCE_DIR "/../shared/vectors";

std::vector<VpdqFrame> frames_of(const ItemSignals& item) {
  const auto value = value_of(item.signals, SignalKind::kVpdq);
  return value.empty() ? std::vector<VpdqFrame>() : read_vpdq(value).value();
}

struct LocalFrame {
  uint32_t number = 0;
  int quality = 0;
  Hash256 hash;
  double seconds = 0;
};

// Lines of "number,quality,hash,seconds" that the reference tool made on this FFmpeg.
std::vector<LocalFrame> reference_frames(const std::filesystem::path& path) {
  std::vector<LocalFrame> frames;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    LocalFrame frame;
    std::string hex;
    char comma = 0;
    std::istringstream fields(line);
    fields >> frame.number >> comma >> frame.quality >> comma;
    std::getline(fields, hex, ',');
    fields >> frame.seconds;
    const auto hash = parse_hash256(hex);
    EXPECT_TRUE(hash) << line;
    if (hash) frame.hash = *hash;
    frames.push_back(frame);
  }
  return frames;
}

TEST(DecodeVideo, AgreesWithTheReferenceInFramesAndTimes) {
  if (!std::filesystem::exists(kVectors)) GTEST_SKIP() << "no vectors beside the checkout";
  int compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(kVectors + "/media/videos")) {
    const std::string stem = file.path().stem();
    const auto expected = reference_frames(kVectors + "/expected/vpdq-local/" + stem + ".r1.txt");
    if (expected.empty()) continue;
    SCOPED_TRACE(stem);
    const auto& item = decoded_video(file.path());
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->media, "video");
    EXPECT_EQ(item->note, "");
    const std::vector<VpdqFrame> frames = frames_of(*item);
    ASSERT_EQ(frames.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      const VpdqFrame& frame = frames[i];
      EXPECT_EQ(frame.number, expected[i].number);
      EXPECT_EQ(frame.quality, expected[i].quality);
      EXPECT_LE(distance(frame.hash, expected[i].hash).bits, 10);
      EXPECT_NEAR(static_cast<double>(frame.time.count()) / 1e6, expected[i].seconds, 0.001);
    }
    const VideoTrack track = track_of(item->signals).value();
    EXPECT_EQ(track.thumbs.size(), track.frames.size() * track.thumb_width * track.thumb_height);
    EXPECT_GE(track.stills.size(), 1u);
    EXPECT_GE(track.frames.size(), static_cast<size_t>(track.duration.count() / 500'000));
    EXPECT_FALSE(item->preview_jpeg.empty());
    EXPECT_NE(find_signal(item->signals, SignalKind::kTmk), nullptr);
    ++compared;
  }
  EXPECT_GT(compared, 8);
}

DecodeWants track_alone() {
  return wanting({SignalKind::kTrack});
}

media::VideoRecipe long_recipe() {
  media::VideoRecipe recipe;
  recipe.container = "matroska";
  recipe.frames = 250;
  recipe.width = 640;
  recipe.height = 480;
  return recipe;
}

// Made once: drawing and encoding take longer than most of what is tested with it.
const std::vector<uint8_t>& long_video() {
  static const std::vector<uint8_t> bytes = media::made_video(long_recipe());
  return bytes;
}

TEST(DecodeVideo, EveryKindComesThroughTheSandbox) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  int kinds = 0;
  for (const auto& [container, encoder] : media::video_kinds()) {
    SCOPED_TRACE(std::string(container) + " " + encoder);
    media::VideoRecipe recipe;
    recipe.container = container;
    recipe.encoder = encoder;
    recipe.frames = 26;
    const auto bytes = media::made_video(recipe);
    if (bytes.empty()) continue;
    const auto item = decoder->decode(file_of(bytes).get(), track_alone());
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->media, "video");
    EXPECT_EQ(item->bytes, bytes.size());
    EXPECT_GE(track_of(item->signals)->frames.size(), 4u);
    ++kinds;
  }
  EXPECT_GE(kinds, 25);
}

TEST(DecodeVideo, DamagedVideosAreAnsweredAndCostNoWorker) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  std::mt19937 random(21);
  for (const auto& [container, encoder] : media::video_kinds()) {
    SCOPED_TRACE(std::string(container) + " " + encoder);
    media::VideoRecipe recipe;
    recipe.container = container;
    recipe.encoder = encoder;
    recipe.frames = 12;
    const auto bytes = media::made_video(recipe);
    for (size_t round = 0; round < 6 && !bytes.empty(); ++round) {
      auto damaged = bytes;
      for (size_t i = 0; i < 3 * round; ++i)
        damaged[random() % damaged.size()] ^= static_cast<uint8_t>(1u << (random() % 8));
      if (round % 2 == 0) damaged.resize(1 + random() % damaged.size());
      const auto item = decoder->decode(file_of(damaged).get(), track_alone());
      if (item) continue;
      const std::string& said = item.error().message;
      EXPECT_TRUE(said.find("died") == said.npos && said.find("sandbox") == said.npos) << said;
    }
  }
}

TEST(DecodeVideo, ProgressGrows) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  double last = 0;
  int calls = 0;
  const auto item = decoder->decode(file_of(long_video()).get(), track_alone(), [&](double share) {
    EXPECT_GE(share, last);
    EXPECT_LE(share, 1);
    last = share;
    ++calls;
  });
  ASSERT_TRUE(item) << item.error().message;
  EXPECT_GE(calls, 1);
}

// What was there is used, or the file fails; the worker lives on.
TEST(DecodeVideo, FilesThatShrinkWhileTheyAreReadHarmNobody) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const Fd file = file_of(long_video());
  const auto item = decoder->decode(file.get(), track_alone(),
                                    [&](double) { EXPECT_EQ(ftruncate(file.get(), 5'000), 0); });
  if (!item) {
    EXPECT_EQ(item.error().code, ErrorCode::kCorrupt) << item.error().message;
  }
  media::VideoRecipe recipe;
  recipe.frames = 10;
  EXPECT_TRUE(decoder->decode(file_of(media::made_video(recipe)).get(), track_alone()));
}

// TMK wants every frame, the others do not.
TEST(DecodeVideo, FramesThatAreSteppedOverChangeNothing) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  media::VideoRecipe recipe = long_recipe();
  recipe.preset = "veryfast";
  recipe.container = "mp4";
  const auto bytes = media::made_video(recipe);
  for (const TrackOptions& track : {kItemTrack, kEntryTrack}) {
    DecodeWants wants = video_wants();
    wants.track = track;
    const auto all = decoder->decode(file_of(bytes).get(), wants);
    std::erase(wants.kinds, SignalKind::kTmk);
    const auto some = decoder->decode(file_of(bytes).get(), wants);
    ASSERT_TRUE(all && some);
    EXPECT_EQ(all->frames, some->frames);
    for (const Signal& signal : some->signals)
      EXPECT_EQ(*find_signal(all->signals, signal.kind), signal) << name_of(signal.kind);
    EXPECT_EQ(all->signals.size(), some->signals.size() + 1);
    EXPECT_EQ(all->preview_jpeg, some->preview_jpeg);
  }
}

TEST(DecodeVideo, DeadlinesOfVideosAreTheirOwn) {
  Limits limits;
  limits.video_deadline_s = 1;
  const auto decoder = weir_decode(limits);
  ASSERT_TRUE(decoder);
  media::VideoRecipe recipe = long_recipe();
  recipe.frames = 3;
  EXPECT_TRUE(decoder->decode(file_of(media::made_video(recipe)).get(), track_alone()));
  recipe.frames = 250;
  recipe.encoder = "ffv1";  // slow to decode
  recipe.width = 1'280;
  recipe.height = 720;
  recipe.is_drawn_once = true;
  const auto item = decoder->decode(file_of(media::made_video(recipe)).get(), track_alone());
  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().code, ErrorCode::kLimit);
  EXPECT_NE(item.error().message.find("video_deadline_s"), std::string::npos);
}

TEST(DecodeVideo, VideosAreInvalidWhereOnlyPicturesAreWanted) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const auto item = decoder->decode(file_of(media::made_video({})).get(), wanting_pictures());
  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().code, ErrorCode::kInvalid);
}

TEST(DecodeVideo, SequencesArePicturesAndVideos) {
  media::VideoRecipe recipe;
  recipe.container = "avif";
  recipe.encoder = "libaom-av1";
  recipe.frames = 10;
  recipe.frames_a_second = 5;
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const auto avif = decoder->decode(file_of(media::made_video(recipe)).get(), video_wants());
  ASSERT_TRUE(avif) << avif.error().message;
  EXPECT_TRUE(avif->is_video());
  EXPECT_EQ(avif->format, "avif");
  EXPECT_EQ(avif->frames, 10u);
  EXPECT_NE(find_signal(avif->signals, SignalKind::kPdq), nullptr);
  EXPECT_NE(find_signal(avif->signals, SignalKind::kTrack), nullptr);
  const auto jxl =
      decoder->decode(file_of(media::animation_file(".jxl", 9, 64, 200)).get(), video_wants());
  ASSERT_TRUE(jxl) << jxl.error().message;
  EXPECT_TRUE(jxl->is_video());
  EXPECT_EQ(jxl->format, "jxl");
  EXPECT_EQ(jxl->duration, std::chrono::milliseconds(1800));
}

// A brand that promises a track makes no error of a picture without one.
TEST(DecodeVideo, APictureThatOnlySaysItIsASequenceStaysAPicture) {
  const Pixels rgb = media::test_picture(96, 64, 3);
  auto bytes = media::heif_file(rgb.samples, 96, 64, false, heif_compression_HEVC);
  const std::string mif1 = "mif1", msf1 = "msf1";
  const auto at = std::search(bytes.begin() + 16, bytes.begin() + 40, mif1.begin(), mif1.end());
  ASSERT_NE(at, bytes.begin() + 40);
  std::copy(msf1.begin(), msf1.end(), at);
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  const auto item = decoder->decode(file_of(bytes).get(), video_wants());
  ASSERT_TRUE(item) << item.error().message;
  EXPECT_FALSE(item->is_video());
  EXPECT_NE(item->note.find("in sequence are not looked at"), std::string::npos) << item->note;
}

TEST(DecodeVideo, AnimationsArePicturesAndVideos) {
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  for (const char* suffix : {".gif", ".webp"}) {
    SCOPED_TRACE(suffix);
    const auto bytes = media::animation_file(suffix, 6, 24, 500);
    DecodeWants wants = wanting_pictures();
    const auto picture = decoder->decode(file_of(bytes).get(), wants);
    ASSERT_TRUE(picture) << picture.error().message;
    EXPECT_EQ(picture->media, "image");
    wants.kinds.push_back(SignalKind::kTrack);
    const auto both = decoder->decode(file_of(bytes).get(), wants);
    ASSERT_TRUE(both) << both.error().message;
    EXPECT_EQ(both->media, "video");
    EXPECT_EQ(both->signals.size(), picture->signals.size() + 1);
    EXPECT_EQ(track_of(both->signals)->frames.size(), 6u);
  }
}

}  // namespace
}  // namespace weir
