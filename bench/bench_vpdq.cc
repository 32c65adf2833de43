// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "weir/hash/picture/pdq.h"
#include "weir/hash/video/tmk.h"
#include "weir/hash/video/vpdq.h"
#include "weir/match/exchanged/vpdq_match.h"

// The signals of videos that others exchange, from frames in memory: what they cost on top of
// decoding, and what comparing costs.

namespace {

using weir::EntryId;
using weir::PixelView;
using weir::bench::Harness;
using weir::bench::keep;

std::vector<uint8_t> noisy_frame(size_t width, size_t height, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<uint8_t> rgb(width * height * 3);
  for (size_t i = 0; i < rgb.size(); ++i)
    rgb[i] = static_cast<uint8_t>(i * 150 / rgb.size() + random() % 64);
  return rgb;
}

void measure_vpdq(Harness& harness, uint32_t width, uint32_t height) {
  const std::string name =
      "vpdq a hashed frame " + std::to_string(width) + "x" + std::to_string(height);
  if (!harness.wants(name)) return;
  const auto rgb = noisy_frame(width, height, 1);
  const PixelView view{rgb.data(), width, height, 3, size_t{width} * 3};
  const auto seconds = harness.seconds_per_run({{"vpdq",
                                                 [&] {
                                                   weir::VpdqHasher hasher(25, 0);
                                                   hasher.take(0, view);
                                                   keep(hasher.finish());
                                                 }},
                                                {"pdq", [&] { keep(weir::pdq(view)); }}});
  harness.report({name, seconds[0] * 1e3, "ms", "pdq of it", seconds[1] / seconds[0]});
}

weir::TmkSignature signature_of(uint32_t seed, size_t frames, double frames_a_second) {
  weir::TmkHasher hasher(frames_a_second);
  const auto rgb = noisy_frame(64, 64, seed);
  for (size_t i = 0; i < frames; ++i)
    hasher.take(std::chrono::microseconds(static_cast<int64_t>(i * 1e6 / frames_a_second)),
                {rgb.data(), 64, 64, 3, 192});
  return hasher.finish();
}

void measure_tmk(Harness& harness) {
  constexpr size_t kFrames = 300;
  const std::string take = "tmk a frame of 30 a second, scaled already";
  if (harness.wants(take)) {
    const auto seconds =
        harness.seconds_per_run({{take, [&] { keep(signature_of(1, kFrames, 30)); }}});
    harness.report({take, seconds[0] * 1e6 / kFrames, "us", "", 0});
  }
  const weir::TmkSignature a = signature_of(1, kFrames, 30), b = signature_of(2, kFrames, 30);
  const std::string level_1 = "tmk level 1 of two", level_2 = "tmk level 2 of two";
  if (harness.wants(level_1)) {
    const auto seconds = harness.seconds_per_run({{level_1, [&] { keep(tmk_level_1(a, b)); }}});
    harness.report({level_1, seconds[0] * 1e6, "us", "", 0});
  }
  if (harness.wants(level_2)) {
    const auto seconds = harness.seconds_per_run({{level_2, [&] { keep(tmk_level_2(a, b)); }}});
    harness.report({level_2, seconds[0] * 1e3, "ms", "", 0});
  }
}

std::vector<weir::VpdqFrame> random_video(size_t frames, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<weir::VpdqFrame> video(frames);
  for (size_t i = 0; i < frames; ++i) {
    for (uint64_t& word : video[i].hash.words) word = random();
    video[i].number = static_cast<uint32_t>(i);
    video[i].quality = 100;
  }
  return video;
}

// A minute of video against known videos of ten minutes each, beside comparing with one by one.
void measure_search(Harness& harness, size_t entries) {
  const std::string name = "vpdq search, 60 frames in " + std::to_string(entries) + " x 600";
  if (!harness.wants(name)) return;
  weir::VpdqIndex index;
  std::vector<std::vector<weir::VpdqFrame>> videos;
  for (size_t i = 0; i < entries; ++i) {
    videos.push_back(random_video(600, i + 1));
    if (!index.add(EntryId{static_cast<int64_t>(i + 1)}, videos.back())) return;
  }
  if (!index.merge()) return;
  const auto edition = index.edition();
  const auto item = random_video(60, 1);
  const auto seconds = harness.seconds_per_run(
      {{"index", [&] { keep(edition.search(item)); }}, {"one by one", [&] {
                                                          for (const auto& video : videos)
                                                            keep(weir::vpdq_match(item, video));
                                                        }}});
  harness.report({name, seconds[0] * 1e3, "ms", "one by one", seconds[1] / seconds[0]});
}

}  // namespace

int main(int argc, char** argv) {
  Harness harness(argc, argv);
  for (const auto& [width, height] : {std::pair{640u, 360u}, {1280u, 720u}, {1920u, 1080u}})
    measure_vpdq(harness, width, height);
  measure_tmk(harness);
  for (const size_t entries : {100u, 1000u}) measure_search(harness, entries);
}
