// SPDX-License-Identifier: Apache-2.0
//
// The shipped weir-decode, in its sandbox, from videos to tracks.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "apps/decode/decoder_for_test.h"

namespace weir {
namespace {

const std::string kVectors = WEIR_SOURCE_DIR "/../shared/vectors";

DecodeWants video_wants() {
  DecodeWants wants;
  wants.video = true;
  wants.vpdq = true;
  wants.tmk = true;
  wants.preview_side = 64;
  return wants;
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
  const auto decoder = weir_decode();
  ASSERT_TRUE(decoder);
  int compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(kVectors + "/media/videos")) {
    const std::string stem = file.path().stem();
    const auto expected = reference_frames(kVectors + "/expected/vpdq-local/" + stem + ".r1.txt");
    if (expected.empty()) continue;
    SCOPED_TRACE(stem);
    const auto item = decoder->decode_file(file.path(), video_wants());
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->media, "video");
    EXPECT_EQ(item->note, "");
    ASSERT_TRUE(item->video);
    ASSERT_EQ(item->video->vpdq.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      const VpdqFrame& frame = item->video->vpdq[i];
      EXPECT_EQ(frame.number, expected[i].number);
      EXPECT_EQ(frame.quality, expected[i].quality);
      EXPECT_LE(distance(frame.hash, expected[i].hash).bits, 10);
      EXPECT_NEAR(static_cast<double>(frame.time.count()) / 1e6, expected[i].seconds, 0.001);
    }
    const VideoTrack& track = item->video->track;
    EXPECT_EQ(track.thumbs.size(), track.frames.size() * track.thumb_width * track.thumb_height);
    EXPECT_GE(track.stills.size(), 1u);
    EXPECT_GE(track.frames.size(), static_cast<size_t>(track.duration.count() / 500'000));
    EXPECT_FALSE(item->preview_jpeg.empty());
    EXPECT_FALSE(item->video->tmk.empty());
    ++compared;
  }
  EXPECT_GT(compared, 8);
}

}  // namespace
}  // namespace weir
