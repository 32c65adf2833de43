// SPDX-License-Identifier: Apache-2.0
//
// Files made to break decoders, through the shipped weir-decode in its sandbox. Each may fail, with
// an error that says why; none may outlast its limits or cost the next file its answer.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "apps/decode/decoder_for_test.h"
#include "server/sandbox/processes_for_test.h"
#include "weir/media/picture/encoders_for_test.h"

namespace weir {
namespace {

using media::FileBytes;
using std::chrono::steady_clock;

// The most memory a worker had resident so far; workers are replaced, so ask often.
uint64_t peak_bytes() {
  uint64_t peak_kib = 0;
  for (const pid_t process : descendants(getpid())) {
    std::ifstream in("/proc/" + std::to_string(process) + "/status");
    for (std::string word; in >> word;) {
      uint64_t kib = 0;
      if (word == "VmHWM:" && in >> kib) peak_kib = std::max(peak_kib, kib);
    }
  }
  return peak_kib << 10;
}

class Hostile : public testing::Test {
 protected:
  void SetUp() override {
    limits_.deadline_ms = kSanitized ? 60'000 : 10'000;
    decoder_ = weir_decode(limits_);
    ASSERT_TRUE(decoder_);
  }
  // Whatever comes of it, it is one of the documented outcomes; a death of the decoder is counted.
  Result<ItemSignals> decode(const FileBytes& bytes) {
    auto item = decoder_->decode(file_of(bytes).get(), wanting({SignalKind::kPdq}, 64));
    if (item) return item;
    EXPECT_TRUE(item.error().code == ErrorCode::kInvalid ||
                item.error().code == ErrorCode::kCorrupt || item.error().code == ErrorCode::kLimit)
        << item.error().message;
    const std::string& said = item.error().message;
    const bool died = said.find("died") != said.npos || said.find("sandbox") != said.npos;
    if (died) std::printf("death: %s\n", said.c_str());
    deaths_ += died;
    return item;
  }
  ErrorCode code_of(const FileBytes& bytes) {
    const auto item = decode(bytes);
    EXPECT_FALSE(item) << "decoded as " << item->format;
    return item ? ErrorCode::kUnavailable : item.error().code;
  }

  Limits limits_;
  std::unique_ptr<Decoder> decoder_;
  int deaths_ = 0;
};

TEST_F(Hostile, TruncatedFilesOfEachFormatAreAnswered) {
  for (const auto& [format, bytes, least] : media::one_of_each()) {
    SCOPED_TRACE(format);
    for (size_t part = 0; part < 24; ++part) {
      const FileBytes cut(bytes.begin(), bytes.begin() + bytes.size() * part / 24);
      (void)decode(cut);
    }
    EXPECT_TRUE(decode(bytes));
  }
  EXPECT_EQ(deaths_, 0);
}

TEST_F(Hostile, FlippedBitsOfEachFormatAreAnswered) {
  std::mt19937 random(11);
  for (const auto& [format, bytes, least] : media::one_of_each()) {
    SCOPED_TRACE(format);
    for (int round = 0; round < 60; ++round) {
      FileBytes flipped = bytes;
      for (int i = 0; i <= round % 6; ++i)
        flipped[random() % flipped.size()] ^= static_cast<uint8_t>(1u << (random() % 8));
      (void)decode(flipped);
    }
    EXPECT_TRUE(decode(bytes));
  }
  EXPECT_EQ(deaths_, 0);
}

TEST_F(Hostile, NoiseBehindEachFormatsFirstBytesIsAnswered) {
  std::mt19937 random(12);
  for (const auto& [format, bytes, least] : media::one_of_each()) {
    SCOPED_TRACE(format);
    for (const size_t kept : {4u, 12u, 24u, 40u, 80u}) {
      FileBytes noise = bytes;
      noise.resize(4000);
      for (size_t i = kept; i < noise.size(); ++i) noise[i] = static_cast<uint8_t>(random());
      (void)decode(noise);
    }
  }
  EXPECT_EQ(deaths_, 0);
}

TEST_F(Hostile, WhatIsNoPictureIsInvalid) {
  EXPECT_EQ(code_of({}), ErrorCode::kInvalid);
  EXPECT_EQ(code_of({0}), ErrorCode::kInvalid);
  EXPECT_EQ(code_of(FileBytes(100'000, 0)), ErrorCode::kInvalid);
  const std::string script = "#!/bin/sh\necho hello\n";
  EXPECT_EQ(code_of(FileBytes(script.begin(), script.end())), ErrorCode::kInvalid);
  const std::string drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>";
  EXPECT_EQ(code_of(FileBytes(drawing.begin(), drawing.end())), ErrorCode::kInvalid);
}

// What is healthy and of another kind is called by its name.
TEST_F(Hostile, WhatIsNoPictureIsSaidToBeWhatItIs) {
  using namespace std::string_literals;
  DecodeWants both = wanting({SignalKind::kPdq, SignalKind::kTrack});
  for (const auto& [bytes, said] :
       {std::pair<std::string, std::string>{"\0\0\1\0\1\0\x20\x20"s, "a Windows icon"},
        {"\0\0\0\x0CjP  \r\n\x87\n"s, "JPEG 2000"},
        {"8BPS\0\1"s, "a Photoshop document"},
        {"ID3\4\0\0\0\0\0\x7f"s, "sound as MP3"},
        {"\xFF\xFB\x90\x64"s, "sound as MP3"},
        {"%PDF-1.7\n"s, "a PDF document"},
        {"only words\n"s, "text"}}) {
    const std::string file = bytes + std::string(bytes == "only words\n" ? 0 : 3000, '\0');
    const FileBytes content(file.begin(), file.end());
    for (const DecodeWants& wants : {wanting({SignalKind::kPdq}), both}) {
      const auto item = decoder_->decode(file_of(content).get(), wants);
      ASSERT_FALSE(item) << said;
      EXPECT_EQ(item.error().code, ErrorCode::kInvalid) << said;
      EXPECT_NE(item.error().message.find("this is " + said), std::string::npos)
          << item.error().message;
    }
  }
}

TEST_F(Hostile, NameSaysNothingAboutTheFormat) {
  const std::string path = testing::TempDir() + "picture.jpg";
  const FileBytes png = media::vips_file(media::test_picture(40, 28, 3), ".png");
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
  const auto item = decoder_->decode_file(path, wanting_pictures());
  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->format, "png");
  std::remove(path.c_str());
}

// `value` written big-endian over bytes at `at`.
FileBytes patched(FileBytes bytes, size_t at, uint32_t value, int size) {
  for (int i = 0; i < size; ++i)
    bytes[at + i] = static_cast<uint8_t>(value >> (8 * (size - 1 - i)));
  return bytes;
}

// A few bytes that claim 10^10 pixels or all that the format can say. A PNG header has a checksum,
// so it may also be found damaged.
TEST_F(Hostile, HeadersThatClaimTooMuchMeetALimit) {
  const FileBytes png = media::vips_file(media::test_picture(40, 28, 3), ".png");
  const auto code = code_of(patched(patched(png, 16, 100'000, 4), 20, 100'000, 4));
  EXPECT_TRUE(code == ErrorCode::kLimit || code == ErrorCode::kCorrupt);
  const FileBytes jpeg = media::jpeg_file(media::test_picture(40, 28, 3));
  size_t frame = 0;
  while (frame + 9 < jpeg.size() && !(jpeg[frame] == 0xff && jpeg[frame + 1] == 0xc0)) ++frame;
  EXPECT_EQ(code_of(patched(patched(jpeg, frame + 5, 65'500, 2), frame + 7, 65'500, 2)),
            ErrorCode::kLimit);
  FileBytes bmp = media::bmp_file(media::test_picture(40, 28, 3));
  for (const size_t at : {18u, 22u}) bmp[at + 2] = 1;  // 65,576 by 65,564
  EXPECT_EQ(code_of(bmp), ErrorCode::kLimit);
  EXPECT_LT(peak_bytes(), 200u << 20);
}

// Small files that are honest about being large.
TEST_F(Hostile, BombsMeetTheirLimits) {
  limits_.pixels = 4'000'000;
  decoder_ = weir_decode(limits_);
  const std::vector<uint8_t> grey(size_t{2'400} * 2'000, 128);
  const Pixels large{grey, 2'400, 2'000, 1};
  for (const char* suffix : {".png[compression=9]", ".gif", ".tif[compression=deflate]"}) {
    SCOPED_TRACE(suffix);
    const FileBytes bytes = media::vips_file(large, suffix);
    ASSERT_FALSE(bytes.empty());
    EXPECT_LT(bytes.size(), grey.size() / 50);
    const auto begin = steady_clock::now();
    EXPECT_EQ(code_of(bytes), ErrorCode::kLimit);
    EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(2));
  }
  EXPECT_EQ(code_of(media::jpeg_file(large)), ErrorCode::kLimit);
  EXPECT_LT(peak_bytes(), 200u << 20);
}

// As large as the limits let through: decoded or refused, within memory and time.
TEST_F(Hostile, LargestPicturesStayWithinMemory) {
  if (kSanitized) GTEST_SKIP() << "memory is counted without a sanitizer's own";
  const std::vector<uint8_t> flat(size_t{9'900} * 9'900, 90);
  const Pixels large{flat, 9'900, 9'900, 1};
  for (const FileBytes& bytes : {media::jpeg_file(large), media::vips_file(large, ".png")}) {
    const auto begin = steady_clock::now();
    const auto item = decode(bytes);
    std::printf("largest: %s, %.1f s, peak %.0f MiB\n",
                item ? item->format.c_str() : item.error().message.c_str(),
                std::chrono::duration<double>(steady_clock::now() - begin).count(),
                static_cast<double>(peak_bytes()) / (1 << 20));
    EXPECT_LT(peak_bytes(), limits_.memory_bytes + (100u << 20));
  }
  EXPECT_EQ(deaths_, 0);
}

// With less memory than a picture needs, each format says so instead of dying.
TEST_F(Hostile, TooLittleMemoryIsALimit) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer's allocator ends the process by itself";
  limits_.memory_bytes = 12u << 20;
  decoder_ = weir_decode(limits_);
  ASSERT_TRUE(decoder_);
  const Pixels picture = media::test_picture(2'000, 1'500, 3);
  const FileBytes files[] = {media::jpeg_file(picture, {.is_progressive = true}),
                             media::vips_file(picture, ".png[compression=1]"),
                             media::vips_file(picture, ".tif"), media::bmp_file(picture)};
  for (const FileBytes& bytes : files) {
    SCOPED_TRACE(std::string(bytes.begin(), bytes.begin() + 4));
    const auto item = decode(bytes);
    ASSERT_FALSE(item) << item->format;
    EXPECT_EQ(item.error().code, ErrorCode::kLimit) << item.error().message;
  }
  EXPECT_EQ(deaths_, 0);
}

// Many files through one worker; its memory at the end is what it was after the first hundred.
TEST_F(Hostile, ManyFilesDoNotGrowAWorker) {
  const auto files = media::one_of_each();
  uint64_t early = 0;
  for (int round = 0; round < 60; ++round) {
    for (const auto& [format, bytes, least] : files) (void)decode(bytes);
    if (round == 10) early = peak_bytes();
  }
  std::printf("peak after %zu files %.1f MiB, after %zu %.1f MiB\n", 11 * files.size(),
              static_cast<double>(early) / (1 << 20), 60 * files.size(),
              static_cast<double>(peak_bytes()) / (1 << 20));
  if (kSanitized) return;
  EXPECT_LT(peak_bytes(), early + (8u << 20));
}

}  // namespace
}  // namespace weir
