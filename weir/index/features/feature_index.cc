// SPDX-License-Identifier: Apache-2.0
#include "weir/index/features/feature_index.h"

#include <algorithm>
#include <cassert>
#include <mutex>
#include <new>
#include <utility>

#include "weir/index/features/feature_file.h"
#include "weir/index/features/feature_segment.h"
#include "weir/index/features/feature_votes.h"
#include "weir/index/hidden_keys.h"
#include "weir/index/published.h"

namespace weir {
namespace {

using SharedSegment = std::shared_ptr<const FeatureSegment>;

// Segments of the tail are joined up to here, which takes some tens of milliseconds.
constexpr uint64_t kMostJoinedRows = 1'000'000;
constexpr size_t kRowsAtOnce = 4'000'000;  // sorted at once by an add() of very many

// A tail segment holds rows added at `born` or before. A removal hides those born before it.
struct TailSegment {
  SharedSegment rows;
  uint64_t born = 0;
};

}  // namespace

// Every change makes a new State, as in LiveHammingIndex.
struct FeatureEdition::State {
  SharedSegment base = std::make_shared<const FeatureSegment>();
  std::vector<TailSegment> tail;
  size_t merging = 0;  // the first so many of the tail are being merged, and stay as they are
  HiddenKeys hidden;
  size_t hidden_rows = 0;
  uint64_t now = 0;  // counts changes

  std::vector<FeatureSegment::Source> sources() const;
  FeatureSegment::Source source(const TailSegment& segment) const;
  size_t count_rows(std::span<const uint32_t> keys, const HiddenKeys& but) const;
  void append(SharedSegment rows);
  size_t tail_rows() const;
};

namespace {

// Of `keys`, sorted, those rows in `segment` of which `is_counted` says so.
template <class IsCounted>
size_t count_in(const FeatureSegment& segment, std::span<const uint32_t> keys,
                const IsCounted& is_counted) {
  size_t rows = 0;
  auto from = segment.key_counts().begin();
  for (const uint32_t key : keys) {
    from = std::lower_bound(from, segment.key_counts().end(), KeyCount{key, 0});
    if (from == segment.key_counts().end()) break;
    if (from->key == key && is_counted(key)) rows += from->rows;
  }
  return rows;
}

}  // namespace

FeatureSegment::Source FeatureEdition::State::source(const TailSegment& segment) const {
  FeatureSegment::Source source{segment.rows.get(), {}};
  if (!hidden.empty())
    source.hides = [this, born = segment.born](uint32_t key) {
      return hidden.hides_tail(key, born);
    };
  return source;
}

std::vector<FeatureSegment::Source> FeatureEdition::State::sources() const {
  std::vector<FeatureSegment::Source> sources;
  FeatureSegment::Source whole{base.get(), {}};
  if (!hidden.empty()) whole.hides = [this](uint32_t key) { return hidden.hides_base(key); };
  if (base->rows() > 0) sources.push_back(std::move(whole));
  for (const TailSegment& segment : tail) sources.push_back(source(segment));
  return sources;
}

// How many rows of these keys there are, those that `but` hides left out. `keys` sorted, each once.
size_t FeatureEdition::State::count_rows(std::span<const uint32_t> keys,
                                         const HiddenKeys& but) const {
  size_t rows = count_in(*base, keys, [&](uint32_t key) { return !but.hides_base(key); });
  for (const TailSegment& segment : tail)
    rows += count_in(*segment.rows, keys,
                     [&](uint32_t key) { return !but.hides_tail(key, segment.born); });
  return rows;
}

// Joining segments of like size means that each row is moved only as often as the tail doubles.
// What is hidden is left out, so that the joined rows can be said to be born now.
void FeatureEdition::State::append(SharedSegment rows) {
  std::vector<TailSegment> joined = {{std::move(rows), ++now}};
  uint64_t together = joined.front().rows->rows();
  while (tail.size() > merging && tail.back().rows->rows() <= 2 * together &&
         together + tail.back().rows->rows() <= kMostJoinedRows) {
    together += tail.back().rows->rows();
    joined.insert(joined.begin(), std::move(tail.back()));
    tail.pop_back();
  }
  if (joined.size() > 1) {
    std::vector<FeatureSegment::Source> sources;
    for (const TailSegment& segment : joined) sources.push_back(source(segment));
    if (auto one = FeatureSegment::join(sources)) {  // without memory they stay apart
      hidden_rows -= together - one->rows();
      joined = {{std::make_shared<const FeatureSegment>(std::move(*one)), now}};
    }
  }
  tail.insert(tail.end(), joined.begin(), joined.end());
}

size_t FeatureEdition::State::tail_rows() const {
  size_t rows = 0;
  for (const TailSegment& segment : tail) rows += segment.rows->rows();
  return rows;
}

struct LiveFeatureIndex::Impl {
  using State = FeatureEdition::State;

  std::shared_ptr<const State> state() const { return published.take(); }
  void publish(State next) {
    assert(next.merging <= next.tail.size() && "what is being merged is there");
    assert(next.hidden_rows == 0 || !next.hidden.empty());
    published.put(std::move(next));
  }

  std::mutex change_mutex;  // one change at a time
  std::mutex merge_mutex;   // one merge at a time; taken before change_mutex
  Published<State> published{State{}};
};

LiveFeatureIndex::LiveFeatureIndex() : impl_(std::make_unique<Impl>()) {}

LiveFeatureIndex::~LiveFeatureIndex() = default;

void LiveFeatureIndex::add(std::span<const FeatureRow> rows) {
  if (rows.empty()) return;
  const std::lock_guard lock(impl_->change_mutex);
  FeatureEdition::State next = *impl_->state();
  while (!rows.empty()) {
    const auto some = rows.first(std::min(rows.size(), kRowsAtOnce));
    auto segment = FeatureSegment::build(some);
    if (!segment) throw std::bad_alloc();  // as from any container
    next.append(std::make_shared<const FeatureSegment>(std::move(*segment)));
    rows = rows.subspan(some.size());
  }
  impl_->publish(std::move(next));
}

void LiveFeatureIndex::remove(std::span<const uint32_t> keys) {
  std::vector<uint32_t> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());

  const std::lock_guard lock(impl_->change_mutex);
  FeatureEdition::State next = *impl_->state();
  const size_t newly_hidden = next.count_rows(sorted, next.hidden);
  if (newly_hidden == 0) return;  // nothing of these keys was to be seen
  ++next.now;
  std::vector<HiddenKeys::Removal> removals;
  for (const uint32_t key : sorted) removals.push_back({key, next.now});
  next.hidden = next.hidden.with(std::move(removals));
  next.hidden_rows += newly_hidden;
  impl_->publish(std::move(next));
}

FeatureEdition LiveFeatureIndex::edition() const {
  return FeatureEdition(impl_->state());
}

FeatureEdition::FeatureEdition() : state_(std::make_shared<const State>()) {}

FeatureVote FeatureEdition::vote(std::span<const FeatureQuery> upright,
                                 std::span<const FeatureQuery> mirrored, size_t most) const {
  return count_votes(state_->sources(), upright, mirrored, most);
}

Status LiveFeatureIndex::merge() {
  const std::unique_lock merging(impl_->merge_mutex, std::try_to_lock);
  if (!merging.owns_lock()) return {};

  std::shared_ptr<const FeatureEdition::State> before;
  {
    const std::lock_guard lock(impl_->change_mutex);
    before = impl_->state();
    if (before->tail.empty() && before->hidden.empty()) return {};
    FeatureEdition::State marked = *before;
    marked.merging = marked.tail.size();
    marked.hidden = marked.hidden.marked();  // tells later removals from those merged now
    impl_->publish(std::move(marked));
  }

  auto base = FeatureSegment::join(before->sources());

  const std::lock_guard lock(impl_->change_mutex);
  FeatureEdition::State after = *impl_->state();
  const auto merged = static_cast<std::ptrdiff_t>(std::exchange(after.merging, 0));
  if (base) {
    // Later rows stay in the tail. Later removals hide the new base as they did the old one.
    after.base = std::make_shared<const FeatureSegment>(std::move(*base));
    after.tail.erase(after.tail.begin(), after.tail.begin() + merged);
    after.hidden = after.hidden.since_mark();
    const auto keys = after.hidden.keys();
    after.hidden_rows = after.count_rows(keys, {}) - after.count_rows(keys, after.hidden);
  }
  impl_->publish(std::move(after));
  if (!base) return base.error();
  return {};
}

Status LiveFeatureIndex::save(const std::string& path) const {
  return write_feature_file(*impl_->state()->base, path);
}

Status LiveFeatureIndex::open(const std::string& path) {
  FeatureEdition::State opened;
  opened.base = std::make_shared<const FeatureSegment>(TRY(read_feature_file(path)));
  const std::lock_guard merging(impl_->merge_mutex);
  const std::lock_guard lock(impl_->change_mutex);
  impl_->publish(std::move(opened));
  return {};
}

size_t FeatureEdition::rows() const {
  return state_->base->rows() + state_->tail_rows() - state_->hidden_rows;
}

size_t FeatureEdition::tail_rows() const {
  return state_->tail_rows() + state_->hidden_rows;
}

size_t FeatureEdition::memory_bytes() const {
  size_t bytes = state_->base->memory_bytes() + state_->hidden.memory_bytes();
  for (const TailSegment& segment : state_->tail) bytes += segment.rows->memory_bytes();
  return bytes;
}

}  // namespace weir
