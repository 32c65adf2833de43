// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/base/pixels.h"

namespace weir::media {

// Most pictures store samples as screens show them, so that a hash can take them as they are.
// Some store light instead, or another power of it; taken as they are, all but the brightest parts
// of those would be nearly black. A table says what people see of each stored sample.
//
// Example: 16-bit PNG with a gAMA chunk of 1.0 stores light. A sample of 0.214 is the middle grey
// of a screen, 128 of 255.
//
// Counter-example: a profile whose curve is near that of screens, such as Adobe RGB's, changes
// nothing here. It moves few bits of a hash, and the tools of others do not look at it either.
using Tones = std::vector<uint8_t>;  // kTones levels of 0 to 255; empty: as stored
constexpr size_t kTones = 65'536;    // a 16-bit sample is its own place, an 8-bit one 257 times

// Of samples of which light is this power; 2.2 is a screen's. Empty when that is near enough.
Tones tones_of_power(double power);
// Of an ICC profile (ICC.1:2010) of grey or of R, G and B, whose green curve is taken for all.
// Empty when it has none that is read here, or one near enough to a screen's.
Tones tones_of_icc(std::span<const uint8_t> profile);

// Shows a picture of 8-bit samples through the table; an empty one changes nothing.
void show(const Tones& tones, Pixels& pixels);

}  // namespace weir::media
