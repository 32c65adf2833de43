// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace weir {

// A candidate for one of a limited number of places.
struct Candidate {
  float x, y;      // 0 to 1 across the longer side of the picture
  float size;      // in any unit
  float contrast;  // above 0
};

// Which of the candidates get the `most` places, the worthiest first. What counts is contrast, but
// the more is taken from one part of the picture, and of about one size, the more of it a further
// one there needs.
std::vector<size_t> spread(const std::vector<Candidate>& candidates, size_t most);

}  // namespace weir
