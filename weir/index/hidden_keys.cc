// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hidden_keys.h"

#include <algorithm>

namespace weir {
namespace {

// Both sorted by key; of a key in both the newer removal counts, its limit being the greater.
std::vector<HiddenKeys::Removal> merge_runs(const std::vector<HiddenKeys::Removal>& older,
                                            const std::vector<HiddenKeys::Removal>& newer) {
  std::vector<HiddenKeys::Removal> merged;
  merged.reserve(older.size() + newer.size());
  auto o = older.begin();
  auto n = newer.begin();
  while (o != older.end() || n != newer.end()) {
    if (n == newer.end() || (o != older.end() && o->key < n->key)) {
      merged.push_back(*o++);
    } else {
      if (o != older.end() && o->key == n->key) ++o;
      merged.push_back(*n++);
    }
  }
  return merged;
}

}  // namespace

HiddenKeys HiddenKeys::with(std::vector<Removal> removals) const {
  HiddenKeys after = *this;
  if (removals.empty()) return after;
  while (after.runs_.size() > after.mark_ && after.runs_.back()->size() < 2 * removals.size()) {
    removals = merge_runs(*after.runs_.back(), removals);
    after.runs_.pop_back();
  }
  after.runs_.push_back(std::make_shared<const Run>(std::move(removals)));
  return after;
}

HiddenKeys HiddenKeys::marked() const {
  HiddenKeys after = *this;
  after.mark_ = runs_.size();
  return after;
}

HiddenKeys HiddenKeys::since_mark() const {
  HiddenKeys after;
  after.runs_.assign(runs_.begin() + static_cast<std::ptrdiff_t>(mark_), runs_.end());
  return after;
}

uint64_t HiddenKeys::limit_of(uint32_t key) const {
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    const auto at = std::lower_bound((*run)->begin(), (*run)->end(), Removal{key, 0});
    if (at != (*run)->end() && at->key == key) return at->limit;
  }
  return kNever;
}

std::vector<uint32_t> HiddenKeys::keys() const {
  std::vector<uint32_t> keys;
  for (const auto& run : runs_)
    for (const Removal& removal : *run) keys.push_back(removal.key);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

size_t HiddenKeys::memory_bytes() const {
  size_t bytes = 0;
  for (const auto& run : runs_) bytes += run->size() * sizeof(Removal);
  return bytes;
}

}  // namespace weir
