// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weir/base/pixels.h"

namespace weir::media {

// Shrinks planes of one channel: each sample of the result is the mean of the area that it covers,
// weighted to 1/256 of a sample. Keeps its memory from one picture to the next.
class AreaAverage {
 public:
  // Precondition: 1 channel; 0 < width <= from.width and 0 < height <= from.height. Writes
  // width x height samples without gaps, each looked up in `levels` (256 values) unless null.
  void shrink(const PixelView& from, uint32_t width, uint32_t height, const uint8_t* levels,
              uint8_t* out);

 private:
  // Where the area of one result sample begins and ends, in samples of the source.
  struct Span {
    uint32_t first;
    uint32_t last;         // the last sample that it touches
    uint32_t first_share;  // of the first sample in 1/256
    uint32_t last_share;   // of the last, where that is not the first
    uint32_t weight;       // of all
  };
  static void fill(std::vector<Span>& spans, uint32_t from, uint32_t to);

  std::vector<Span> columns_;
  std::vector<Span> rows_;
  std::vector<uint32_t> sums_;
};

}  // namespace weir::media
