// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace weir {

// What one foreign file may cost. Reaching a limit is ErrorCode::kLimit, and the message names it.
struct Limits {
  uint64_t file_bytes = 256ull << 20;  // larger files are not read
  uint64_t pixels = 100'000'000;       // width x height of one picture or frame
  uint32_t dimension = 65'535;         // width or height alone
  uint32_t frames = 4;                 // frames looked at in an animation: the first, then spread
  uint32_t deadline_ms = 20'000;       // from handing a file to a decoder to its answer
  uint64_t memory_bytes = 1536ull << 20;  // address space one decoder may take on top of its start

  // Of videos, which are read as they are decoded and take their time.
  uint64_t video_bytes = 8ull << 30;   // larger files are not read
  uint32_t video_seconds = 6 * 3'600;  // of playing time
  uint32_t video_frames = 2'000'000;   // decoded; most files have far fewer
  uint32_t video_stall_ms = 30'000;    // without any progress in decoding a video
  uint32_t video_deadline_s = 3'600;   // from handing a video to a decoder to its answer
};

}  // namespace weir
