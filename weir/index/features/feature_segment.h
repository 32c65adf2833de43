// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "weir/base/result.h"
#include "weir/index/features/feature_index.h"
#include "weir/index/huge_memory.h"

namespace weir {

// The lists of 64 neighbouring words: which of them have rows, and how many lists come before.
struct WordGroup {
  uint64_t has_list = 0;  // bit b: word 64 g + b
  uint64_t before = 0;
};

// How many rows a key has in a segment.
struct KeyCount {
  uint32_t key = 0;
  uint32_t rows = 0;
  friend auto operator<=>(const KeyCount&, const KeyCount&) = default;
};

// Rows of features that never change: a list for each word, in columns, and each list in order of
// key. 14 bytes a row, 4 a word that occurs, 8 a key and 16 KiB.
class FeatureSegment {
 public:
  static constexpr size_t kWords = 65'536;
  static constexpr size_t kGroups = kWords / 64;
  static constexpr uint64_t kMostRows = UINT32_MAX;

  // The rows [first, last) are one word's.
  struct List {
    uint64_t first = 0;
    uint64_t last = 0;
  };

  // A row by its columns. Geometry: the angle in the low byte, the scale in the high one.
  const uint64_t* signatures() const { return column<uint64_t>(signatures_); }
  const uint32_t* keys() const { return column<uint32_t>(keys_); }
  const uint16_t* geometry() const { return column<uint16_t>(geometry_); }
  FeatureRow row(uint16_t word, uint64_t at) const;

  uint64_t rows() const { return rows_; }
  std::span<const KeyCount> key_counts() const { return key_counts_; }  // in order of key
  size_t memory_bytes() const;

  List list(uint16_t word) const {
    const WordGroup& group = groups_[word / 64];
    const uint64_t bit = uint64_t{1} << (word % 64);
    if ((group.has_list & bit) == 0) return {};
    const size_t at = group.before + static_cast<size_t>(std::popcount(group.has_list & (bit - 1)));
    return {starts_[at], starts_[at + 1]};
  }

  // Errors: limit above kMostRows; unavailable when memory lacks.
  static Result<FeatureSegment> build(std::span<const FeatureRow> rows);

  // One of several, without the rows of which `hides` says so.
  struct Source {
    const FeatureSegment* segment = nullptr;
    std::function<bool(uint32_t key)> hides;  // empty: none
  };
  // Errors: as build(). There is memory for the sources and for the result, and little besides.
  static Result<FeatureSegment> join(std::span<const Source> sources);

 private:
  friend class FeatureSegmentFile;
  class Builder;

  template <class T>
  static const T* column(const HugeMemory& memory) {
    return reinterpret_cast<const T*>(memory.data());
  }

  void count_lists();  // sets WordGroup::before

  uint64_t rows_ = 0;
  HugeMemory signatures_;  // may be longer than its rows ask for
  HugeMemory keys_;
  HugeMemory geometry_;
  std::array<WordGroup, kGroups> groups_{};
  std::vector<uint32_t> starts_ = {0};  // of each list that has rows, and the end of the last
  std::vector<KeyCount> key_counts_;
};

}  // namespace weir
