// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "weir/index/hamming_index.h"
#include "weir/index/hamming_scan.h"

namespace weir {

// Rows in the order in which they were added, each with a place that counts up for ever. A value: a
// copy is a moment's view that costs two words and stays as it is.
//
// Views share their chunks, and the newest one appends in place: the rows behind an older view's
// end may be written while that view is read, but they are not its rows and it never looks at them.
// So only one thread at a time may append, and only to the newest view.
class LiveTail {
 public:
  struct Chunk {
    static constexpr size_t kRows = 4096;
    alignas(64) std::array<std::array<uint64_t, kRows>, 4> word;
    std::array<uint32_t, kRows> key;
  };

  uint64_t begin() const { return begin_; }  // the place of the first row
  uint64_t end() const { return end_; }      // the place after the last row
  size_t size() const { return end_ - begin_; }
  size_t memory_bytes() const { return chunks_->size() * sizeof(Chunk); }

  LiveTail with(std::span<const HammingRow> rows) const;
  // Without the rows before `place`. Precondition: begin() <= place <= end().
  LiveTail from(uint64_t place) const;

  uint32_t key(uint64_t place) const { return chunk(place).key[place % Chunk::kRows]; }
  // Of the row at `place` and those after it in its piece.
  const uint32_t* keys_from(uint64_t place) const {
    return &chunk(place).key[place % Chunk::kRows];
  }
  HammingRow row(uint64_t place) const;

  // Calls piece(place, columns) for stretches of rows that lie together, in order.
  template <class OnPiece>
  void for_each_piece(OnPiece&& piece) const {
    for (uint64_t place = begin_; place < end_;) {
      const Chunk& in = chunk(place);
      const size_t first = place % Chunk::kRows;
      const size_t count = std::min<uint64_t>(Chunk::kRows - first, end_ - place);
      const HashColumns whole{
          {in.word[0].data(), in.word[1].data(), in.word[2].data(), in.word[3].data()},
          first + count};
      piece(place, whole.slice(first, count));
      place += count;
    }
  }

 private:
  using Chunks = std::vector<std::shared_ptr<Chunk>>;

  // Chunk c holds places [c kRows, (c + 1) kRows); the first ones may be gone.
  Chunk& chunk(uint64_t place) const { return *(*chunks_)[place / Chunk::kRows - first_chunk_]; }

  std::shared_ptr<const Chunks> chunks_ = std::make_shared<const Chunks>();
  uint64_t first_chunk_ = 0;
  uint64_t begin_ = 0;
  uint64_t end_ = 0;
};

}  // namespace weir
