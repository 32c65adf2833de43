// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/video/vpdq.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "weir/hash/picture/pdq.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

const std::string kVectors = WEIR_SOURCE_DIR "/../shared/vectors";
const std::string kHex = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool are_equal(std::span<const VpdqFrame> a, std::span<const VpdqFrame> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const VpdqFrame& x, const VpdqFrame& y) {
                      return x.number == y.number && x.hash == y.hash && x.quality == y.quality &&
                             x.time == y.time;
                    });
}

std::vector<VpdqFrame> any_frames(bool whole_milliseconds) {
  std::vector<VpdqFrame> frames;
  const int count = *rc::gen::inRange(1, 20);
  uint32_t number = 0;
  int64_t time = 0;
  for (int i = 0; i < count; ++i) {
    VpdqFrame frame;
    for (uint64_t& word : frame.hash.words) word = *rc::gen::arbitrary<uint64_t>();
    frame.number = number;
    frame.quality = *rc::gen::inRange(0, 101);
    frame.time = std::chrono::microseconds(whole_milliseconds ? time * 1000 : time);
    frames.push_back(frame);
    number += *rc::gen::inRange(1, 1000);
    time += *rc::gen::inRange(1, 100'000);
  }
  return frames;
}

// Numbers of hashed frames, as the reference's tools choose them.
std::vector<uint32_t> chosen(double frames_a_second, double seconds_a_hash, uint32_t frames) {
  const VpdqHasher hasher(frames_a_second, seconds_a_hash);
  std::vector<uint32_t> numbers;
  for (uint32_t i = 0; i < frames; ++i)
    if (hasher.wants(i)) numbers.push_back(i);
  return numbers;
}

TEST(VpdqHasher, TakesEveryNthFrameRoundedDown) {
  EXPECT_EQ(chosen(30, 1, 91), (std::vector<uint32_t>{0, 30, 60, 90}));
  EXPECT_EQ(chosen(30'000.0 / 1001, 1, 91), (std::vector<uint32_t>{0, 29, 58, 87}));
  EXPECT_EQ(chosen(30, 0, 3), (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(chosen(0.5, 1, 3), (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(chosen(0, 1, 51), (std::vector<uint32_t>{0, 25, 50}));
  EXPECT_EQ(chosen(1e300, 1e300, 3), (std::vector<uint32_t>{0}));
}

TEST(VpdqHasher, TimesAreNumberByFrameRateInThreeDecimals) {
  std::vector<uint8_t> rgb(8 * 8 * 3);
  for (size_t i = 0; i < rgb.size(); ++i) rgb[i] = static_cast<uint8_t>(i * 7);
  const PixelView frame{rgb.data(), 8, 8, 3, 24};
  for (const double rate : {30.0, 25.0, 24'000.0 / 1001, 30'000.0 / 1001, 16.0, 12.5, 59.94}) {
    VpdqHasher hasher(rate, 0);
    for (uint32_t i = 0; i < 3000; i += 7) hasher.take(i, frame);
    hasher.take(3'000'001, {rgb.data(), 4, 8, 3, 24});  // too small for PDQ
    const auto frames = hasher.finish();
    EXPECT_EQ(frames.size(), 429u);
    for (const VpdqFrame& one : frames) {
      char expected[40];
      std::snprintf(expected, sizeof expected, ",%.3f\n",
                    static_cast<double>(static_cast<float>(one.number) / static_cast<float>(rate)));
      const std::string line = write_vpdq_text({&one, 1});
      ASSERT_TRUE(line.ends_with(expected)) << line << expected << rate;
      ASSERT_EQ(one.hash, pdq(frame).hash);
    }
  }
}

TEST(VpdqText, PublishedFilesAreReadAndWrittenByteForByte) {
  if (!std::filesystem::exists(kVectors)) GTEST_SKIP() << "no vectors beside the checkout";
  int files = 0;
  for (const char* folder : {"/upstream/vpdq-sample-hashes", "/expected/vpdq-local"}) {
    for (const auto& file : std::filesystem::directory_iterator(kVectors + folder)) {
      if (file.path().extension() != ".txt") continue;
      const std::string text = bytes_of(file.path());
      const auto frames = parse_vpdq_text(text);
      ASSERT_TRUE(frames) << file.path() << frames.error().message;
      EXPECT_EQ(write_vpdq_text(*frames), text) << file.path();
      ++files;
    }
  }
  EXPECT_GT(files, 40);
}

TEST(VpdqText, IsReadAsTheReferenceReadsIt) {
  const auto frames =
      parse_vpdq_text("30,99," + kHex + ",1.001\r\n\n60, 100 ," + kHex + ",2.0e+00,more");
  ASSERT_TRUE(frames) << frames.error().message;
  ASSERT_EQ(frames->size(), 2u);
  EXPECT_EQ((*frames)[0].number, 30u);
  EXPECT_EQ((*frames)[0].quality, 99);
  EXPECT_EQ(to_hex((*frames)[0].hash), kHex);
  EXPECT_EQ((*frames)[0].time, std::chrono::milliseconds(1001));
  EXPECT_EQ((*frames)[1].time, std::chrono::seconds(2));
}

TEST(VpdqText, RefusesWhatIsNoSignalAndSaysWhichFrame) {
  for (const std::string& bad : std::initializer_list<std::string>{
           std::string(), std::string("\n\n"), "0,100," + kHex, "x,100," + kHex + ",0",
           "-1,100," + kHex + ",0", "0,101," + kHex + ",0", "0,-1," + kHex + ",0",
           "0,100," + kHex.substr(1) + ",0", "0,100," + kHex + ",nan", "0,100," + kHex + ",-1",
           "0,100," + kHex + ",1e99", "0,100," + kHex + ",", "4294967296,1," + kHex + ",0",
           "1,1," + kHex + ",0\n1,1," + kHex + ",0"}) {
    const auto read = parse_vpdq_text(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
  }
  const std::string good = "0,1," + kHex + ",0\n";
  EXPECT_NE(parse_vpdq_text(good + "1,1,zz,0").error().message.find("frame 1 "), std::string::npos);
}

TEST(VpdqJson, IsWrittenAsPythonThreatExchangeReadsIt) {
  VpdqFrame frame;
  frame.hash = *parse_hash256(kHex);
  frame.quality = 100;
  std::vector<VpdqFrame> frames{frame, frame};
  frames[1].number = 30;
  frames[1].time = std::chrono::microseconds(1'234'567'890);
  EXPECT_EQ(write_vpdq_json(frames), "[\"" + kHex + ",100,0.000\",\"" + kHex + ",100,1234.568\"]");
}

// That library writes three digits: 98.7, 99.7, 1.01e+02.
TEST(VpdqJson, TimesWithoutTheirDigitsAreMadeAnew) {
  const auto list_of = [](std::initializer_list<const char*> times) {
    std::string json = "[";
    for (const char* time : times)
      json += (json.size() > 1 ? ", \"" : "\"") + kHex + ",100," + time + "\"";
    return parse_vpdq_json(json + "]");
  };
  const auto coarse = list_of({"0.0", "0.967", "1.93", "1e+02"});
  ASSERT_TRUE(coarse);
  EXPECT_EQ((*coarse)[3].time, std::chrono::milliseconds(3 * 967));
  EXPECT_EQ((*coarse)[3].number, 3u);
  const auto standing = list_of({"5", "5", "5"});
  ASSERT_TRUE(standing);
  EXPECT_EQ((*standing)[2].time, std::chrono::seconds(2));
  const auto fine = list_of({"0.5", "101.25", "1234.567"});
  ASSERT_TRUE(fine);
  EXPECT_EQ((*fine)[2].time, std::chrono::milliseconds(1'234'567));
}

TEST(VpdqJson, TheOlderFormIsRead) {
  const auto frames = parse_vpdq_json(R"({ "30": {"hash": ")" + kHex +
                                      R"(", "quality": 98, "timestamp": 1.5},
      "0": {"quality":100,"hash":")" + kHex +
                                      R"(","timestamp":0.0}})");
  ASSERT_TRUE(frames) << frames.error().message;
  ASSERT_EQ(frames->size(), 2u);
  EXPECT_EQ((*frames)[0].number, 0u);
  EXPECT_EQ((*frames)[1].number, 30u);
  EXPECT_EQ((*frames)[1].quality, 98);
  EXPECT_EQ((*frames)[1].time, std::chrono::milliseconds(1500));
}

TEST(VpdqJson, RefusesWhatIsNoSignal) {
  const std::string one = "\"" + kHex + ",100,0.0\"";
  const std::string object = R"({"quality":1,"hash":")" + kHex + R"(","timestamp":0})";
  for (const std::string& bad : std::initializer_list<std::string>{
           std::string(), std::string("[]"), std::string("{}"), std::string("\"\""), "[" + one,
           "[" + one + "," + "]", "[" + one + "] x", "[\"" + kHex + ",100\"]", "[" + one + ",3]",
           "[\"\\u0030" + kHex + ",100,0.0\"]", "{\"0\":" + object, "{\"x\":" + object + "}",
           "{\"0\":{\"quality\":1}}", "{\"0\":" + object + ",\"0\":" + object + "}",
           std::string(100'000, '[')}) {
    const auto read = parse_vpdq_json(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
  }
}

RC_GTEST_PROP(VpdqText, RoundTrips, ()) {
  const auto frames = any_frames(true);
  const auto text = parse_vpdq_text(write_vpdq_text(frames));
  RC_ASSERT(text.has_value() && are_equal(*text, frames));
  auto unnumbered = frames;
  for (size_t i = 0; i < frames.size(); ++i) unnumbered[i].number = static_cast<uint32_t>(i);
  const auto json = parse_vpdq_json(write_vpdq_json(frames));
  RC_ASSERT(json.has_value() && are_equal(*json, unnumbered));
}

RC_GTEST_PROP(VpdqValue, RoundTripsAndIsWhole, ()) {
  const auto frames = any_frames(false);
  auto bytes = write_vpdq(frames);
  const auto read = read_vpdq(bytes);
  RC_ASSERT(read.has_value() && are_equal(*read, frames));
  bytes.pop_back();
  RC_ASSERT(!read_vpdq(bytes).has_value());
  RC_ASSERT(!read_vpdq({}).has_value());
}

}  // namespace
}  // namespace weir
