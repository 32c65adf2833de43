// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/live_hamming_index.h"

#include <algorithm>
#include <cassert>
#include <mutex>

#include "weir/index/hamming/image_search.h"
#include "weir/index/hamming/index_core.h"
#include "weir/index/hamming/live_tail.h"
#include "weir/index/hidden_keys.h"
#include "weir/index/published.h"

namespace weir {

// Every change makes a new State and puts it in place of the old one; whoever holds the old one
// goes on seeing what was. Bases, chunks and runs of hidden keys are shared, so a State is a few
// words.
struct HammingEdition::State {
  HammingIndex base;
  LiveTail tail;
  HiddenKeys hidden;
  size_t hidden_rows = 0;

  const IndexImage& image() const { return base.impl_->image; }
  size_t count_visible(std::span<const uint32_t> keys, const HiddenKeys& but) const;
};

struct LiveHammingIndex::Impl {
  using State = HammingEdition::State;

  std::shared_ptr<const State> state() const { return published.take(); }
  void publish(State next) {
    assert(next.tail.begin() <= next.tail.end());
    assert(next.hidden_rows <= next.base.size() + next.tail.size() && "hidden rows are rows");
    published.put(std::move(next));
  }

  explicit Impl(HammingIndex base) : published(State{std::move(base), {}, {}, 0}) {}

  std::mutex change_mutex;  // one change at a time
  std::mutex merge_mutex;   // one merge at a time; taken before change_mutex
  Published<State> published;
};

namespace {

std::vector<HammingRow> visible_rows(const IndexImage& image, const LiveTail& tail,
                                     const HiddenKeys& hidden) {
  std::vector<HammingRow> rows;
  rows.reserve(image.rows() + tail.size());
  const auto keys = image.keys();
  for (uint64_t row = 0; row < image.rows(); ++row)
    if (!hidden.hides_base(keys[row])) rows.push_back({image.hash(row), keys[row]});
  for (uint64_t place = tail.begin(); place < tail.end(); ++place)
    if (!hidden.hides_tail(tail.key(place), place)) rows.push_back(tail.row(place));
  return rows;
}

}  // namespace

// How many rows of these keys there are, those that `but` hides left out. `keys` sorted, each once.
size_t HammingEdition::State::count_visible(std::span<const uint32_t> keys,
                                            const HiddenKeys& but) const {
  if (keys.empty()) return 0;
  size_t count = 0;
  const auto base_keys = image().keys();
  auto from = base_keys.begin();  // the base is in order of key
  for (const uint32_t key : keys) {
    const auto [first, last] = std::equal_range(from, base_keys.end(), key);
    from = last;
    if (first != last && !but.hides_base(key)) count += static_cast<size_t>(last - first);
  }
  tail.for_each_piece(tail.begin(), [&](uint64_t place, const HashColumns& columns) {
    const uint32_t* tail_keys = tail.keys_from(place);
    for (size_t i = 0; i < columns.rows; ++i) {
      const uint32_t key = tail_keys[i];
      if (key < keys.front() || key > keys.back()) continue;
      if (!std::binary_search(keys.begin(), keys.end(), key)) continue;
      count += !but.hides_tail(key, place + i);
    }
  });
  return count;
}

LiveHammingIndex::LiveHammingIndex(HammingIndex base)
    : impl_(std::make_unique<Impl>(std::move(base))) {}

LiveHammingIndex::~LiveHammingIndex() = default;

void LiveHammingIndex::add(std::span<const HammingRow> rows) {
  const std::lock_guard lock(impl_->change_mutex);
  Impl::State next = *impl_->state();
  next.tail = next.tail.with(rows);
  impl_->publish(std::move(next));
}

void LiveHammingIndex::remove(uint32_t key) {
  remove(std::span(&key, 1));
}

void LiveHammingIndex::remove(std::span<const uint32_t> keys) {
  std::vector<uint32_t> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());

  const std::lock_guard lock(impl_->change_mutex);
  Impl::State next = *impl_->state();
  std::vector<HiddenKeys::Removal> removals;
  for (const uint32_t key : sorted) removals.push_back({key, next.tail.end()});
  const size_t newly_hidden = next.count_visible(sorted, next.hidden);
  if (newly_hidden == 0) return;  // nothing of these keys was to be seen
  next.hidden = next.hidden.with(std::move(removals));
  next.hidden_rows += newly_hidden;
  impl_->publish(std::move(next));
}

HammingEdition LiveHammingIndex::edition() const {
  return HammingEdition(impl_->state());
}

HammingEdition::HammingEdition() : state_(std::make_shared<const State>()) {}

Result<std::vector<Neighbour>> HammingEdition::search(std::span<const Hash256> queries,
                                                      Distance radius, size_t most) const {
  NeighbourSink sink(most);
  const Search search{queries, radius, state_->hidden.empty() ? nullptr : &state_->hidden, sink};
  TRY(search.check());

  search_image(state_->image(), search);
  state_->tail.search(search);
  return std::move(sink).take();
}

Status LiveHammingIndex::merge() {
  const std::unique_lock merging(impl_->merge_mutex, std::try_to_lock);
  if (!merging.owns_lock()) return {};

  std::shared_ptr<const Impl::State> before;
  {
    const std::lock_guard lock(impl_->change_mutex);
    before = impl_->state();
    if (before->tail.size() == 0 && before->hidden.empty()) return {};
    Impl::State marked = *before;
    marked.hidden = marked.hidden.marked();  // tells later removals from those merged now
    impl_->publish(std::move(marked));
  }

  const HammingIndex base =
      TRY(HammingIndex::build(visible_rows(before->image(), before->tail, before->hidden)));

  // Later rows stay in the tail. Later removals hide the new base as they did the old one.
  const std::lock_guard lock(impl_->change_mutex);
  const auto now = impl_->state();
  Impl::State after{base, now->tail.from(before->tail.end()), now->hidden.since_mark(), 0};
  const auto keys = after.hidden.keys();
  after.hidden_rows = after.count_visible(keys, {}) - after.count_visible(keys, after.hidden);
  impl_->publish(std::move(after));
  return {};
}

HammingIndex LiveHammingIndex::base() const {
  return impl_->state()->base;
}

size_t HammingEdition::size() const {
  return state_->base.size() + state_->tail.size() - state_->hidden_rows;
}

size_t HammingEdition::tail_rows() const {
  return state_->tail.size() + state_->hidden_rows;
}

size_t HammingEdition::memory_bytes() const {
  return state_->base.memory_bytes() + state_->tail.memory_bytes() + state_->hidden.memory_bytes();
}

}  // namespace weir
