// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/descriptor_plain.h"

#include <algorithm>
#include <cmath>

namespace weir::plain {

namespace {

uint32_t squared_distance(const LocalFeature& a, const LocalFeature& b) {
  uint32_t sum = 0;
  for (size_t i = 0; i < a.descriptor.size(); ++i) {
    const int apart = int{a.descriptor[i]} - int{b.descriptor[i]};
    sum += static_cast<uint32_t>(apart * apart);
  }
  return sum;
}

}  // namespace

bool same_place(const LocalFeature& a, const LocalFeature& b, float near) {
  return std::abs(a.x - b.x) <= near && std::abs(a.y - b.y) <= near;
}

std::vector<FeaturePair> keep_nearest(std::vector<FeaturePair> pairs, size_t entry_features,
                                      uint32_t most) {
  // Few features of an item are paired with one feature of the entry, so sorting them is cheap.
  std::vector<std::vector<uint32_t>> by_entry(entry_features);
  for (uint32_t i = 0; i < pairs.size(); ++i) by_entry[pairs[i].entry].push_back(i);
  std::vector<bool> keep(pairs.size(), true);
  for (std::vector<uint32_t>& of_one : by_entry) {
    if (of_one.size() <= most) continue;
    std::stable_sort(of_one.begin(), of_one.end(),
                     [&](uint32_t a, uint32_t b) { return pairs[a].distance < pairs[b].distance; });
    for (size_t i = most; i < of_one.size(); ++i) keep[of_one[i]] = false;
  }
  size_t kept = 0;
  for (size_t i = 0; i < pairs.size(); ++i)
    if (keep[i]) pairs[kept++] = pairs[i];
  pairs.resize(kept);
  return pairs;
}

std::vector<FeaturePair> match_descriptors(std::span<const LocalFeature> item,
                                           std::span<const LocalFeature> entry,
                                           const PairRule& rule) {
  std::vector<FeaturePair> pairs;
  for (uint32_t i = 0; i < item.size() && !entry.empty(); ++i) {
    FeaturePair pair{i, 0, squared_distance(item[i], entry[0])};
    for (uint32_t j = 1; j < entry.size(); ++j) {
      const uint32_t apart = squared_distance(item[i], entry[j]);
      if (apart < pair.distance) pair = {i, j, apart};
    }
    bool told_apart = true;
    for (const LocalFeature& other : entry) {
      if (same_place(entry[pair.entry], other, rule.near)) continue;
      if (rivals(pair.distance, squared_distance(item[i], other), rule.ratio)) told_apart = false;
    }
    if (told_apart) pairs.push_back(pair);
  }
  return keep_nearest(std::move(pairs), entry.size(), rule.most);
}

}  // namespace weir::plain
