// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as an index file: read, and searched if they are taken for one. A reader must give an
// error or stay within its memory, whatever the bytes say.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "weir/index/checksum64.h"
#include "weir/index/hamming/image_search.h"
#include "weir/index/hamming/index_file.h"

namespace weir {
namespace {

void search_all_ways(const IndexImage& image) {
  std::vector<Hash256> queries(2);
  queries[1].words = {~0ull, 0x0123456789ABCDEF, 0, 1};
  if (image.rows() > 0) queries.push_back(image.hash(image.rows() / 2));
  for (const uint16_t radius : {0, 31, 70}) {
    NeighbourSink sink(1'000);
    search_image(image, {queries, Distance{radius}, nullptr, sink});
    search_by_scan(image, {queries, Distance{radius}, nullptr, sink});
    if (!image.has_slots()) continue;
    const auto plan =
        plan_slots(image.shape().widths, image.rows(), Distance{radius}, 1e6);  // 1 ms
    if (plan) search_slots(image, *plan, {queries, Distance{radius}, nullptr, sink});
  }
}

// Damage is mostly stopped by the checksums. An attacker makes them fit, so they are made to fit:
// the layout is that of docs/formats/hamming-index.md.
void seal(std::span<uint8_t> file) {
  uint64_t image_start = 0;
  if (file.size() < 128) return;
  std::memcpy(&image_start, file.data() + 32, 8);
  if (image_start > file.size() || image_start < 128) return;
  const auto image = file.subspan(image_start);
  constexpr size_t kChunk = 1 << 20;
  for (size_t first = 0; first < image.size(); first += kChunk) {
    const uint64_t sum = checksum64(image.subspan(first, std::min(kChunk, image.size() - first)));
    const size_t at = 128 + first / kChunk * 8;
    if (at + 8 > image_start) return;
    std::memcpy(file.data() + at, &sum, 8);
  }
  const uint64_t sum = checksum64(file.subspan(16, image_start - 16));
  std::memcpy(file.data() + 8, &sum, 8);
}

}  // namespace
}  // namespace weir

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  std::vector<uint8_t> file(bytes, bytes + size);
  if (const auto image = weir::read_index_bytes(file, "fuzz")) weir::search_all_ways(*image);
  weir::seal(file);
  if (const auto image = weir::read_index_bytes(file, "fuzz")) weir::search_all_ways(*image);
  return 0;
}
