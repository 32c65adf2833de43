// SPDX-License-Identifier: Apache-2.0
#include "weir/index/features/feature_segment.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <tuple>
#include <utility>

namespace weir {
namespace {

auto order_of(const FeatureRow& row) {
  return std::tie(row.word, row.key, row.signature, row.angle, row.log_scale);
}
bool before(const FeatureRow& a, const FeatureRow& b) {
  return order_of(a) < order_of(b);
}

// Both in order of key; counts of a key in both are added.
std::vector<KeyCount> added(std::span<const KeyCount> a, std::span<const KeyCount> b) {
  std::vector<KeyCount> sum;
  sum.reserve(a.size() + b.size());
  while (!a.empty() || !b.empty()) {
    const bool from_a = b.empty() || (!a.empty() && a.front().key <= b.front().key);
    const bool from_b = a.empty() || (!b.empty() && b.front().key <= a.front().key);
    KeyCount next{from_a ? a.front().key : b.front().key, 0};
    if (from_a) next.rows += a.front().rows;
    if (from_b) next.rows += b.front().rows;
    if (from_a) a = a.subspan(1);
    if (from_b) b = b.subspan(1);
    sum.push_back(next);
  }
  return sum;
}

// Adds a word's rows of a source to those of others and keeps them in order.
void append(const FeatureSegment::Source& source, uint16_t word, std::vector<FeatureRow>& rows) {
  const auto middle = static_cast<std::ptrdiff_t>(rows.size());
  const FeatureSegment& segment = *source.segment;
  const FeatureSegment::List list = segment.list(word);
  for (uint64_t at = list.first; at < list.last; ++at)
    if (!source.hides || !source.hides(segment.keys()[at])) rows.push_back(segment.row(word, at));
  // Mostly later sources have greater keys.
  const auto from = rows.begin() + middle;
  if (middle > 0 && from != rows.end() && before(*from, *(from - 1)))
    std::inplace_merge(rows.begin(), from, rows.end(), before);
}

}  // namespace

// Takes rows in their order. Memory is asked for as many rows as may come; what none comes to is
// never touched, and so costs nothing.
class FeatureSegment::Builder {
 public:
  static Result<Builder> with_room(uint64_t rows) {
    if (rows > kMostRows)
      return Error{ErrorCode::kLimit, "an index of features holds at most 4294967295 rows, not " +
                                          std::to_string(rows)};
    Builder builder;
    builder.made_.signatures_ = TRY(HugeMemory::allocate(rows * sizeof(uint64_t)));
    builder.made_.keys_ = TRY(HugeMemory::allocate(rows * sizeof(uint32_t)));
    builder.made_.geometry_ = TRY(HugeMemory::allocate(rows * sizeof(uint16_t)));
    builder.made_.starts_.clear();
    return builder;
  }

  // All rows of one word; words in ascending order.
  void add_list(std::span<const FeatureRow> rows) {
    if (rows.empty()) return;
    WordGroup& group = made_.groups_[rows.front().word / 64];
    group.has_list |= uint64_t{1} << (rows.front().word % 64);
    made_.starts_.push_back(static_cast<uint32_t>(made_.rows_));
    auto* signature = reinterpret_cast<uint64_t*>(made_.signatures_.data()) + made_.rows_;
    auto* key = reinterpret_cast<uint32_t*>(made_.keys_.data()) + made_.rows_;
    auto* geometry = reinterpret_cast<uint16_t*>(made_.geometry_.data()) + made_.rows_;
    for (const FeatureRow& row : rows) {
      *signature++ = row.signature;
      *key++ = row.key;
      *geometry++ = static_cast<uint16_t>(row.angle | row.log_scale << 8);
    }
    made_.rows_ += rows.size();
  }

  FeatureSegment done(std::vector<KeyCount> key_counts) && {
    made_.count_lists();
    made_.starts_.push_back(static_cast<uint32_t>(made_.rows_));
    made_.key_counts_ = std::move(key_counts);
    return std::move(made_);
  }

 private:
  FeatureSegment made_;
};

void FeatureSegment::count_lists() {
  uint64_t lists = 0;
  for (WordGroup& group : groups_) {
    group.before = lists;
    lists += static_cast<uint64_t>(std::popcount(group.has_list));
  }
}

FeatureRow FeatureSegment::row(uint16_t word, uint64_t at) const {
  const uint16_t geometry = this->geometry()[at];
  return {keys()[at], word, static_cast<uint8_t>(geometry & 0xFF),
          static_cast<uint8_t>(geometry >> 8), signatures()[at]};
}

size_t FeatureSegment::memory_bytes() const {
  return sizeof *this + rows_ * (sizeof(uint64_t) + sizeof(uint32_t) + sizeof(uint16_t)) +
         starts_.size() * sizeof(uint32_t) + key_counts_.size() * sizeof(KeyCount);
}

Result<FeatureSegment> FeatureSegment::build(std::span<const FeatureRow> rows) {
  Builder builder = TRY(Builder::with_room(rows.size()));
  std::vector<FeatureRow> sorted(rows.begin(), rows.end());
  std::sort(sorted.begin(), sorted.end(), before);
  for (auto from = sorted.begin(); from != sorted.end();) {
    const auto to =
        std::find_if(from, sorted.end(), [&](const FeatureRow& r) { return r.word != from->word; });
    builder.add_list({from, to});
    from = to;
  }

  std::vector<uint32_t> keys(rows.size());
  std::transform(rows.begin(), rows.end(), keys.begin(), [](const auto& row) { return row.key; });
  std::sort(keys.begin(), keys.end());
  std::vector<KeyCount> key_counts;
  for (const uint32_t key : keys) {
    if (key_counts.empty() || key_counts.back().key != key) key_counts.push_back({key, 0});
    ++key_counts.back().rows;
  }
  return std::move(builder).done(std::move(key_counts));
}

Result<FeatureSegment> FeatureSegment::join(std::span<const Source> sources) {
  uint64_t room = 0;
  std::vector<KeyCount> key_counts;
  for (const Source& source : sources) {
    room += source.segment->rows();
    std::vector<KeyCount> kept(source.segment->key_counts_);
    if (source.hides)
      std::erase_if(kept, [&](const KeyCount& count) { return source.hides(count.key); });
    key_counts = added(key_counts, kept);
  }

  Builder builder = TRY(Builder::with_room(room));
  std::vector<FeatureRow> rows;
  for (size_t group = 0; group < kGroups; ++group) {
    uint64_t words = 0;  // that any source has
    for (const Source& source : sources) words |= source.segment->groups_[group].has_list;
    for (; words != 0; words &= words - 1) {
      rows.clear();
      const auto word = static_cast<uint16_t>(group * 64 + std::countr_zero(words));
      for (const Source& source : sources) append(source, word, rows);
      builder.add_list(rows);
    }
  }
  return std::move(builder).done(std::move(key_counts));
}

}  // namespace weir
