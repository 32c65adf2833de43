// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/live_tail.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "weir/index/hamming/index_build.h"

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
  after.seal();
  return after;
}

// Joining seals of like size means that each row is sealed again only a few times each time the
// tail grows by kJoined, and that there are mostly one or two: each costs a search 272 probes.
void LiveTail::seal() {
  if (end_ - sealed_end() < kSealRows) return;
  uint64_t first = sealed_end();
  while (!seals_.empty() && seals_.back().rows <= kJoined * (end_ - first)) {
    first = seals_.back().first;
    seals_.pop_back();
  }
  std::vector<HammingRow> rows;
  rows.reserve(end_ - first);
  for (uint64_t place = first; place < end_; ++place)
    rows.push_back({row(place).hash, static_cast<uint32_t>(place - first)});
  // 16 slots of 16 bits take little memory here; choose_slots() would rather scan.
  const SlotWidths widths = rows.size() < 200'000 ? even_slots(16) : choose_slots(rows.size());
  auto image = build_image(rows, widths);
  if (!image) return;  // without memory or with too many rows they are scanned, as before
  seals_.push_back({first, rows.size(), std::make_shared<const IndexImage>(std::move(*image))});
}

void LiveTail::search(const Search& search) const {
  for (const Seal& seal : seals_) {
    Search sealed = search;
    sealed.tail = this;
    sealed.first_place = seal.first;
    search_image(*seal.image, sealed);
  }
  for_each_piece(sealed_end(), [&](uint64_t place, const HashColumns& columns) {
    if (search.sink.overflowed()) return;
    scan_columns(columns, search, [&](uint32_t query, size_t row, Distance distance) {
      const uint32_t row_key = key(place + row);
      if (search.hidden != nullptr && search.hidden->hides_tail(row_key, place + row)) return true;
      return search.sink.add(query, distance, row_key);
    });
  });
}

size_t LiveTail::memory_bytes() const {
  size_t bytes = chunks_->size() * sizeof(Chunk);
  for (const Seal& seal : seals_) bytes += seal.image->bytes().size();
  return bytes;
}

LiveTail LiveTail::from(uint64_t place) const {
  assert(place >= begin_ && place <= end_);
  LiveTail after = *this;
  after.begin_ = place;
  after.first_chunk_ = place / Chunk::kRows;
  const auto gone = static_cast<std::ptrdiff_t>(
      std::min<uint64_t>(after.first_chunk_ - first_chunk_, chunks_->size()));
  after.chunks_ = std::make_shared<const Chunks>(chunks_->begin() + gone, chunks_->end());
  after.seals_.clear();  // they may reach across `place`
  after.seal();
  return after;
}

HammingRow LiveTail::row(uint64_t place) const {
  const Chunk& in = chunk(place);
  const size_t at = place % Chunk::kRows;
  return {{{in.word[0][at], in.word[1][at], in.word[2][at], in.word[3][at]}}, in.key[at]};
}

}  // namespace weir
