// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weir/base/result.h"
#include "weir/signal/video_track.h"

namespace weir {

// What a vPDQ signal may have at most: three days at one hash a second.
constexpr size_t kMostVpdqFrames = 262'144;

// The value of a vpdq signal, docs/formats/vpdq.md. Preconditions: 1 to kMostVpdqFrames frames, by
// number, qualities of 0 to 100, times from 0 to kMostVideoTime.
std::vector<uint8_t> write_vpdq(std::span<const VpdqFrame> frames);

// Everything is checked. Errors: invalid, saying what is wrong.
Result<std::vector<VpdqFrame>> read_vpdq(std::span<const uint8_t> bytes);
Status check_vpdq(std::span<const VpdqFrame> frames);  // the preconditions of write_vpdq()

}  // namespace weir
