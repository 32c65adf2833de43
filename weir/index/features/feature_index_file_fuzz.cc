// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a file of the index of features: read, and voted over if they are taken for one. A
// reader must give an error or stay within its memory, whatever the bytes say.
#include <cstring>
#include <vector>

#include "weir/index/checksum64.h"
#include "weir/index/features/feature_file.h"
#include "weir/index/features/feature_votes.h"

namespace weir {
namespace {

void use(const FeatureSegment& segment) {
  std::vector<FeatureQuery> queries(3);
  for (uint32_t word = 0; word < FeatureSegment::kWords; ++word) {
    const auto list = segment.list(static_cast<uint16_t>(word));
    if (list.first == list.last) continue;
    queries[1].code.word = static_cast<uint16_t>(word);
    queries[1].code.signature = segment.row(static_cast<uint16_t>(word), list.first).signature;
  }
  queries[2].code.signature = 0x0123456789ABCDEF;
  queries[2].code.alternatives.fill(queries[1].code.word);
  const std::vector<FeatureSegment::Source> sources = {
      {&segment, {}}, {&segment, [](uint32_t key) { return key % 2 == 0; }}};
  count_votes(sources, queries, queries, 100);
  (void)FeatureSegment::join(sources);
}

// Damage is mostly stopped by the checksums. An attacker makes them fit, so they are made to fit:
// the layout is that of docs/formats/feature-index.md.
void seal(std::span<uint8_t> file) {
  if (file.size() < 128) return;
  const auto number = [&](size_t at) {
    uint64_t value;
    std::memcpy(&value, file.data() + at, 8);
    return value;
  };
  const uint64_t rows = number(24), lists = number(32), keys = number(40), first = number(48);
  if (rows > file.size() || lists > file.size() || keys > file.size()) return;
  if (first > file.size() || first < 128) return;
  size_t part = first, sum_at = 128;
  constexpr size_t kChunk = 1 << 20;
  for (const uint64_t bytes :
       {8 * rows, 4 * rows, 2 * rows, 2 * lists, 4 * (lists + 1), 8 * keys}) {
    if (part > file.size() || bytes > file.size() - part) return;
    for (size_t at = 0; at < bytes; at += kChunk, sum_at += 8) {
      if (sum_at + 8 > first) return;
      const uint64_t sum = checksum64(file.subspan(part + at, std::min(kChunk, bytes - at)));
      std::memcpy(file.data() + sum_at, &sum, 8);
    }
    part += (bytes + 63) / 64 * 64;
  }
  const uint64_t sum = checksum64(file.subspan(16, first - 16));
  std::memcpy(file.data() + 8, &sum, 8);
}

}  // namespace
}  // namespace weir

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  std::vector<uint8_t> file(bytes, bytes + size);
  if (const auto segment = weir::read_feature_bytes(file, "fuzz")) weir::use(*segment);
  weir::seal(file);
  if (const auto segment = weir::read_feature_bytes(file, "fuzz")) weir::use(*segment);
  return 0;
}
