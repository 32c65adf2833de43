// SPDX-License-Identifier: Apache-2.0
#include "weir/index/checksum64.h"

#include <array>
#include <bit>
#include <cstring>

namespace weir {
namespace {

// 2^64 divided by the golden ratio: odd, so that multiplying loses nothing.
constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;

// One to one in `state` for each word and in `word` for each state: that is what makes a change
// within one word certain to be seen. The rotation brings high bits, which multiplication cannot
// spread, back to where it can.
inline uint64_t mix(uint64_t state, uint64_t word) {
  return std::rotl((state ^ word) * kMultiplier, 29);
}

}  // namespace

// Eight chains side by side, since a single one would wait for each multiplication.
uint64_t checksum64(std::span<const uint8_t> bytes) {
  std::array<uint64_t, 8> chain;
  for (size_t i = 0; i < chain.size(); ++i) chain[i] = (i + 1) * kMultiplier;

  size_t at = 0;
  for (; at + 64 <= bytes.size(); at += 64) {
    std::array<uint64_t, 8> words;
    std::memcpy(words.data(), bytes.data() + at, 64);
    for (size_t i = 0; i < 8; ++i) chain[i] = mix(chain[i], words[i]);
  }
  std::array<uint64_t, 8> rest{};  // fewer than 64 bytes, then zeros; the length tells them apart
  if (at < bytes.size()) std::memcpy(rest.data(), bytes.data() + at, bytes.size() - at);
  for (size_t i = 0; i < 8; ++i) chain[i] = mix(chain[i], rest[i]);

  uint64_t sum = bytes.size();
  for (const uint64_t state : chain) sum = mix(sum, state);
  return sum ^ (sum >> 32);
}

}  // namespace weir
