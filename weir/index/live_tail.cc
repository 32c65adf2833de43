// SPDX-License-Identifier: Apache-2.0
#include "weir/index/live_tail.h"

#include <algorithm>
#include <cassert>

namespace weir {

LiveTail LiveTail::with(std::span<const HammingRow> rows) const {
  LiveTail after = *this;
  const uint64_t chunks_needed =
      (end_ + rows.size() + Chunk::kRows - 1) / Chunk::kRows - first_chunk_;
  if (chunks_needed > chunks_->size()) {
    auto more = std::make_shared<Chunks>(*chunks_);
    while (more->size() < chunks_needed) more->push_back(std::make_shared<Chunk>());
    after.chunks_ = std::move(more);
  }
  for (const HammingRow& row : rows) {
    Chunk& in = after.chunk(after.end_);
    const size_t at = after.end_++ % Chunk::kRows;
    for (size_t w = 0; w < 4; ++w) in.word[w][at] = row.hash.words[w];
    in.key[at] = row.key;
  }
  return after;
}

LiveTail LiveTail::from(uint64_t place) const {
  assert(place >= begin_ && place <= end_);
  LiveTail after = *this;
  after.begin_ = place;
  after.first_chunk_ = place / Chunk::kRows;
  const auto gone = static_cast<std::ptrdiff_t>(
      std::min<uint64_t>(after.first_chunk_ - first_chunk_, chunks_->size()));
  after.chunks_ = std::make_shared<const Chunks>(chunks_->begin() + gone, chunks_->end());
  return after;
}

HammingRow LiveTail::row(uint64_t place) const {
  const Chunk& in = chunk(place);
  const size_t at = place % Chunk::kRows;
  return {{{in.word[0][at], in.word[1][at], in.word[2][at], in.word[3][at]}}, in.key[at]};
}

}  // namespace weir
