// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/pixels.h"
#include "weir/base/result.h"
#include "weir/signal/video_track.h"

namespace weir {

// vPDQ, the signal of whole videos that the field exchanges (github.com/facebook/ThreatExchange,
// vpdq/): PDQ of every n-th frame in full size as it is stored. The hasher is told of every frame
// in order of showing and says which it wants, so that no other is converted to R, G, B.
class VpdqHasher {
 public:
  // Hashes a frame in `seconds_a_hash` seconds, every one when that is 0. `frames_a_second` is the
  // stream's average, as the container says; while it is not known (0) it is taken to be 25.
  explicit VpdqHasher(double frames_a_second, double seconds_a_hash = 1);

  bool wants(uint32_t number) const { return number % every_ == 0; }
  // A frame of 3 channels. Frames beyond kMostVpdqFrames are left out, and those too small for PDQ.
  void take(uint32_t number, const PixelView& rgb);
  std::vector<VpdqFrame> finish() { return std::move(frames_); }

 private:
  float frames_a_second_;  // a float, since the published times are quotients of two
  uint32_t every_;
  std::vector<VpdqFrame> frames_;
};

// How vPDQ is written by others. All take lines that end with LF or CRLF. Errors of all readers:
// invalid, saying which frame is wrong; limit above kMostVpdqFrames frames.
//   text  the C++ tools' file: a line "number,quality,hash,seconds" for each frame
//   json  python-threatexchange's string: an array of "hash,quality,seconds". Read back, frames are
//         numbered from 0. That library writes times with three digits in all, so they are useless
//         from 100 s on; when a list's times look like that, they are made anew from the first
//         step. An empty array or string is no signal, and invalid.
// parse_vpdq_json() also takes the older form: an object of objects, keyed by frame number.
std::string write_vpdq_text(std::span<const VpdqFrame> frames);
std::string write_vpdq_json(std::span<const VpdqFrame> frames);
Result<std::vector<VpdqFrame>> parse_vpdq_text(std::string_view text);
Result<std::vector<VpdqFrame>> parse_vpdq_json(std::string_view json);

}  // namespace weir
