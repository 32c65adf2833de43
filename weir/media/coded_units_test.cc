// SPDX-License-Identifier: Apache-2.0
#include "weir/media/coded_units.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace weir::media {
namespace {

using Bytes = std::vector<uint8_t>;

bool is_free(Bytes packet_bytes, AVCodecID codec, Bytes record) {
  AVCodecParameters parameters{};
  parameters.codec_id = codec;
  parameters.extradata = record.data();
  parameters.extradata_size = static_cast<int>(record.size());
  AVPacket* packet = av_packet_alloc();
  packet->data = packet_bytes.data();
  packet->size = static_cast<int>(packet_bytes.size());
  const bool free = nothing_refers_to(*packet, parameters);
  packet->data = nullptr;
  av_packet_free(&packet);
  return free;
}

const Bytes kH264 = {1, 100, 0, 31, 0xFF, 0xE0, 0};  // lengths of four bytes
Bytes h265_record() {
  Bytes record(23);
  record[0] = 1, record[21] = 0xFF;
  return record;
}

TEST(CodedUnits, H264SaysWhichFramesNoOtherRefersTo) {
  const auto h264 = [](Bytes bytes) { return is_free(std::move(bytes), AV_CODEC_ID_H264, kH264); };
  EXPECT_TRUE(h264({0, 0, 0, 2, 0x01, 0x88}));
  EXPECT_TRUE(h264({0, 0, 0, 2, 0x06, 0, 0, 0, 0, 2, 0x01, 0x88, 0, 0, 0, 1, 0x01}));
  EXPECT_FALSE(h264({0, 0, 0, 2, 0x41, 0x88})) << "others refer to it";
  EXPECT_FALSE(h264({0, 0, 0, 2, 0x65, 0x88})) << "where decoding can begin";
  EXPECT_FALSE(h264({0, 0, 0, 2, 0x67, 0, 0, 0, 0, 2, 0x01, 0x88})) << "parameters of later frames";
  EXPECT_FALSE(h264({0, 0, 0, 2, 0x06, 0})) << "no frame at all";
  EXPECT_FALSE(h264({0, 0, 0, 2, 0x01, 0x88, 0, 0, 0, 9, 0x01})) << "cut off";
}

TEST(CodedUnits, StartCodesLeadUnitsInStreams) {
  EXPECT_TRUE(is_free({0, 0, 0, 1, 9, 0xF0, 0, 0, 1, 0x01, 0x88}, AV_CODEC_ID_H264, {}));
  EXPECT_FALSE(is_free({0, 0, 0, 1, 9, 0xF0, 0, 0, 1, 0x21, 0x88}, AV_CODEC_ID_H264, {}));
}

TEST(CodedUnits, H265SaysItByTheTypeOfASlice) {
  const auto h265 = [](uint8_t type) {
    return is_free({0, 0, 0, 3, static_cast<uint8_t>(type << 1), 1, 0x88}, AV_CODEC_ID_HEVC,
                   h265_record());
  };
  EXPECT_TRUE(h265(0));   // TRAIL_N
  EXPECT_TRUE(h265(8));   // RASL_N
  EXPECT_FALSE(h265(1));  // TRAIL_R
  EXPECT_FALSE(h265(19));
  EXPECT_FALSE(h265(32));
  EXPECT_FALSE(is_free({0, 0, 0, 1, 0}, AV_CODEC_ID_VP9, {}));
}

TEST(CodedUnits, AnyBytesAreRead) {
  std::mt19937 random(9);
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes(random() % 24);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random() % 3 ? random() % 4 : random());
    Bytes record = round % 2 ? kH264 : Bytes();
    if (!record.empty()) record[4] = static_cast<uint8_t>(random());
    is_free(bytes, round % 3 ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC, record);
  }
}

}  // namespace
}  // namespace weir::media
