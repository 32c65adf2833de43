// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "weir/index/hamming/hamming_index.h"
#include "weir/index/hamming/hamming_scan.h"
#include "weir/index/hamming/image_search.h"
#include "weir/index/hamming/index_image.h"

namespace weir {

// Rows in the order in which they were added, each with a place that counts up for ever. A value: a
// copy is a moment's view that costs a few words and stays as it is.
//
// Views share their chunks, and the newest one appends in place: the rows behind an older view's
// end may be written while that view is read, but they are not its rows and it never looks at them.
// So only one thread at a time may append, and only to the newest view.
//
// Every so many rows are sealed: they get slots like a base, and seals of like size are joined, so
// that a search probes a few small indexes and scans only the newest rows. A sealed image has for
// keys the places of its rows, counted from its first.
class LiveTail {
 public:
  struct Chunk {
    static constexpr size_t kRows = 4096;
    alignas(64) std::array<std::array<uint64_t, kRows>, 4> word;
    std::array<uint32_t, kRows> key;
  };

  static constexpr uint64_t kJoined = 4;         // a seal so many times as large is joined
  static constexpr uint64_t kSealRows = 16'384;  // scanned in 2 to 10 microseconds, sealed in 2 ms

  uint64_t begin() const { return begin_; }  // the place of the first row
  uint64_t end() const { return end_; }      // the place after the last row
  size_t size() const { return end_ - begin_; }
  size_t memory_bytes() const;

  LiveTail with(std::span<const HammingRow> rows) const;
  // Without the rows before `place`. Precondition: begin() <= place <= end().
  LiveTail from(uint64_t place) const;

  uint32_t key(uint64_t place) const { return chunk(place).key[place % Chunk::kRows]; }
  // Of the row at `place` and those after it in its piece.
  const uint32_t* keys_from(uint64_t place) const {
    return &chunk(place).key[place % Chunk::kRows];
  }
  HammingRow row(uint64_t place) const;

  // Gives the sink every row within the radius that is not hidden.
  void search(const Search& search) const;

  // Calls piece(place, columns) for stretches of rows that lie together, in order, starting at
  // `from`.
  template <class OnPiece>
  void for_each_piece(uint64_t from, OnPiece&& piece) const {
    for (uint64_t place = from; place < end_;) {
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
  struct Seal {
    uint64_t first = 0;
    uint64_t rows = 0;
    std::shared_ptr<const IndexImage> image;
  };

  uint64_t sealed_end() const {
    return seals_.empty() ? begin_ : seals_.back().first + seals_.back().rows;
  }
  void seal();

  // Chunk c holds places [c kRows, (c + 1) kRows); the first ones may be gone.
  Chunk& chunk(uint64_t place) const { return *(*chunks_)[place / Chunk::kRows - first_chunk_]; }

  std::shared_ptr<const Chunks> chunks_ = std::make_shared<const Chunks>();
  std::vector<Seal> seals_;  // one after the other from begin_
  uint64_t first_chunk_ = 0;
  uint64_t begin_ = 0;
  uint64_t end_ = 0;
};

}  // namespace weir
