// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/tmk_layout.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>

namespace weir {
namespace {

int32_t little_endian(const uint8_t* bytes) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= uint32_t{bytes[i]} << (8 * i);
  return static_cast<int32_t>(value);
}

bool is_word(std::span<const uint8_t> file, size_t at, std::string_view word) {
  return std::memcmp(file.data() + at, word.data(), word.size()) == 0;
}

Status check_count(std::string_view noun, int32_t found, uint32_t least, uint32_t most) {
  if (found >= static_cast<int32_t>(least) && found <= static_cast<int32_t>(most)) return {};
  return invalid("a .tmk file has " + std::to_string(least) + " to " + std::to_string(most) + " " +
                 std::string(noun) + ", found " + std::to_string(found));
}

// What follows the header: periods, weights, features.
Status check_values(std::span<const uint8_t> file, const TmkLayout& layout) {
  // No value of a real signature is above 4,096 = 64 x 64 x 255 / 255; squares of these are far
  // from the end of float.
  constexpr float kMostValue = 1e12F;
  const uint8_t* at = file.data() + TmkLayout::kHeaderBytes;
  uint64_t steps = 0;
  for (uint32_t i = 0; i < layout.periods; ++i, at += 4) {
    TRY(check_count("frames in a period", little_endian(at), 1, kMostTmkPeriod));
    steps += uint64_t{static_cast<uint32_t>(little_endian(at))} * layout.harmonics;
  }
  if (steps > kMostTmkSteps)
    return invalid("the .tmk file's periods would take " + std::to_string(steps) +
                   " steps to compare, more than " + std::to_string(kMostTmkSteps));
  for (size_t i = 0; at != file.data() + file.size(); ++i, at += 4) {
    const float value = std::bit_cast<float>(little_endian(at));
    if (!(std::abs(value) <= kMostValue))
      return invalid("the .tmk file holds a value that is no sensible number");
    if (i < layout.harmonics && value < 0) return invalid("the .tmk file has a negative weight");
  }
  return {};
}

}  // namespace

Result<TmkLayout> tmk_layout(std::span<const uint8_t> file) {
  if (file.size() < TmkLayout::kHeaderBytes || !is_word(file, 0, "TMK1"))
    return invalid("the bytes are no .tmk file: they do not begin with TMK1");
  if (!is_word(file, 4, "FVEC"))
    return invalid("the .tmk file holds frames, not a signature of type FVEC");
  if (!is_word(file, 8, "PDQF"))
    return invalid("the .tmk file was not made by the frame algorithm PDQF");
  const auto field = [&](size_t i) { return little_endian(file.data() + 12 + 4 * i); };
  TRY(check_count("frames a second", field(0), 1, 1000));
  TRY(check_count("periods", field(1), 0, kMostTmkPeriods));
  TRY(check_count("harmonics", field(2), 0, kMostTmkHarmonics));
  TRY(check_count("dimensions", field(3), 1, kMostTmkDimensions));
  if (field(4) < 0) return invalid("the .tmk file counts fewer than 0 frames");
  TmkLayout layout;
  layout.frames_a_second = field(0);
  layout.periods = static_cast<uint32_t>(field(1));
  layout.harmonics = static_cast<uint32_t>(field(2));
  layout.dimensions = static_cast<uint32_t>(field(3));
  layout.frames = field(4);
  if (file.size() != layout.bytes())
    return invalid("the .tmk file should have " + std::to_string(layout.bytes()) +
                   " bytes by its header, found " + std::to_string(file.size()));
  TRY(check_values(file, layout));
  return layout;
}

}  // namespace weir
