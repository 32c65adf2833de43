// SPDX-License-Identifier: Apache-2.0
//
// The shipped weir-decode, in its sandbox, from videos to the signals that others exchange.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "apps/decode/decoder_for_test.h"
#include "weir/hash/video/tmk.h"
#include "weir/hash/video/vpdq.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

const std::string kVectors = WEIR_SOURCE_DIR "/../shared/vectors";

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Lines without the hash and the quality, which another build of FFmpeg may change a little.
std::string numbers_and_times(const std::string& text) {
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    kept += line.substr(0, line.find(',')) + line.substr(line.rfind(',')) + "\n";
    at = end + 1;
  }
  return kept;
}

struct Seen {
  int tmk = 0;        // files compared
  int tmk_equal = 0;  // of these, byte for byte
  uint16_t most_bits = 0;
};

void expect_same_tmk(const std::vector<uint8_t>& found, const std::string& expected, Seen& seen) {
  if (expected.empty()) return;
  ++seen.tmk;
  if (std::equal(found.begin(), found.end(), expected.begin(), expected.end(),
                 [](uint8_t a, char b) { return a == static_cast<uint8_t>(b); })) {
    ++seen.tmk_equal;
    return;
  }
  const auto a = read_tmk(found);
  const auto b = read_tmk({reinterpret_cast<const uint8_t*>(expected.data()), expected.size()});
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->frames, b->frames);
  ASSERT_EQ(a->cosines.size(), b->cosines.size());
  for (size_t i = 0; i < a->cosines.size(); ++i) {
    ASSERT_NEAR(a->cosines[i], b->cosines[i], 1e-4);
    ASSERT_NEAR(a->sines[i], b->sines[i], 1e-4);
  }
}

// TMK also with the files that its authors published; vPDQ with what the reference made on the
// FFmpeg of Debian 12, since its authors' FFmpeg was another one.
TEST(DecodeVideo, SignalsAreThoseThatOthersCompute) {
  if (!std::filesystem::exists(kVectors)) GTEST_SKIP() << "no vectors beside the checkout";
  Seen seen;
  for (const auto& file : std::filesystem::directory_iterator(kVectors + "/media/videos")) {
    const std::string stem = file.path().stem();
    SCOPED_TRACE(stem);
    const auto& item = decoded_video(file.path());
    ASSERT_TRUE(item) << item.error().message;
    const auto frames = read_vpdq(value_of(item->signals, SignalKind::kVpdq));
    ASSERT_TRUE(frames);
    const std::string text = bytes_of(kVectors + "/expected/vpdq-local/" + stem + ".r1.txt");
    const auto expected = parse_vpdq_text(text);
    ASSERT_TRUE(expected);
    EXPECT_EQ(numbers_and_times(write_vpdq_text(*frames)), numbers_and_times(text));
    ASSERT_EQ(frames->size(), expected->size());
    for (size_t i = 0; i < expected->size(); ++i)
      seen.most_bits =
          std::max(seen.most_bits, distance((*frames)[i].hash, (*expected)[i].hash).bits);
    for (const char* folder : {"/expected/tmk-local/", "/upstream/tmk-sample-hashes/"})
      expect_same_tmk(bytes_in(*item, SignalKind::kTmk),
                      bytes_of(kVectors + folder + stem + ".tmk"), seen);
  }
  std::printf("tmk: %d of %d files byte for byte; vpdq: at most %d bits a frame\n", seen.tmk_equal,
              seen.tmk, int{seen.most_bits});
  EXPECT_GT(seen.tmk, 20);
  EXPECT_LE(seen.most_bits, 10);
}

}  // namespace
}  // namespace weir
