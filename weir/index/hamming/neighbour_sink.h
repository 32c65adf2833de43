// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "weir/index/hamming/hamming_index.h"

namespace weir {

// Collects what the parts of a search find, in any order, and stops at the caller's limit.
class NeighbourSink {
 public:
  explicit NeighbourSink(size_t most) : most_(most) {}

  // False once more than `most` were found: the search may stop, its result is an error.
  bool add(uint32_t query, Distance distance, uint32_t key) {
    if (found_.size() >= most_) return !(overflowed_ = true);
    found_.push_back({query, distance, key});
    return true;
  }
  bool overflowed() const { return overflowed_; }

  // What was found, in order. Errors: limit when there was more than `most`.
  Result<std::vector<Neighbour>> take() && {
    if (overflowed_)
      return Error{ErrorCode::kLimit, "there are more than " + std::to_string(most_) +
                                          " neighbours; search fewer hashes at once or a smaller "
                                          "radius, or raise the limit"};
    std::sort(found_.begin(), found_.end());
    return std::move(found_);
  }

 private:
  const size_t most_;
  bool overflowed_ = false;
  std::vector<Neighbour> found_;
};

}  // namespace weir
