// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/hamming_index.h"

#include "weir/index/hamming/image_search.h"
#include "weir/index/hamming/index_build.h"
#include "weir/index/hamming/index_core.h"
#include "weir/index/hamming/index_file.h"

namespace weir {

HammingIndex::HammingIndex() : impl_(std::make_shared<const Impl>()) {}
HammingIndex::HammingIndex(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
HammingIndex::HammingIndex(const HammingIndex&) = default;
HammingIndex& HammingIndex::operator=(const HammingIndex&) = default;
HammingIndex::~HammingIndex() = default;

Result<HammingIndex> HammingIndex::build(std::span<const HammingRow> rows) {
  auto impl = std::make_shared<Impl>();
  impl->image = TRY(build_image(rows, choose_slots(rows.size())));
  return HammingIndex(std::move(impl));
}

Result<HammingIndex> HammingIndex::open(const std::string& path) {
  auto impl = std::make_shared<Impl>();
  impl->image = TRY(read_index_file(path));
  return HammingIndex(std::move(impl));
}

Status HammingIndex::save(const std::string& path) const {
  return write_index_file(impl_->image, path);
}

Result<std::vector<Neighbour>> HammingIndex::search(std::span<const Hash256> queries,
                                                    Distance radius, size_t most) const {
  NeighbourSink sink(most);
  const Search search{queries, radius, nullptr, sink};
  TRY(search.check());
  search_image(impl_->image, search);
  return std::move(sink).take();
}

size_t HammingIndex::size() const {
  return impl_->image.rows();
}

size_t HammingIndex::memory_bytes() const {
  return sizeof(Impl) + impl_->image.bytes().size();
}

}  // namespace weir
