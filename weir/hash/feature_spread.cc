// SPDX-License-Identifier: Apache-2.0
//
// Places are shared out among bands of size first, the largest band first: large features are few,
// and what they leave free goes to the smaller ones. Within a band every cell of a grid ranks its
// own candidates; the worth of one is the root of its contrast divided by its rank.
#include "weir/hash/feature_spread.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace weir {
namespace {

constexpr size_t kCells = 8;  // along the longer side
constexpr size_t kBands = 8;  // each of sizes up to twice the smallest
// Of the places still free, what a band may take; the smallest one may take all.
constexpr std::array<double, kBands> kShare{1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};

struct Ranked {
  size_t index;
  float worth;
};

size_t cell_of(const Candidate& candidate) {
  const auto along = [](float at) {
    return std::min(static_cast<size_t>(std::max(at, 0.0f) * kCells), kCells - 1);
  };
  return along(candidate.y) * kCells + along(candidate.x);
}

// The indices of a band become those of its best, the worthiest first.
std::vector<Ranked> best_of(const std::vector<Candidate>& candidates, std::vector<size_t> band,
                            size_t most) {
  std::stable_sort(band.begin(), band.end(), [&](size_t a, size_t b) {
    return candidates[a].contrast > candidates[b].contrast;
  });
  std::array<size_t, kCells * kCells> taken{};
  std::vector<Ranked> ranked;
  for (const size_t index : band) {
    const size_t rank = ++taken[cell_of(candidates[index])];
    ranked.push_back({index, std::sqrt(candidates[index].contrast) / static_cast<float>(rank)});
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.worth > b.worth; });
  if (ranked.size() > most) ranked.resize(most);
  return ranked;
}

}  // namespace

std::vector<size_t> spread(const std::vector<Candidate>& candidates, size_t most) {
  if (candidates.empty()) return {};
  float smallest = candidates[0].size;
  for (const Candidate& candidate : candidates) smallest = std::min(smallest, candidate.size);
  std::array<std::vector<size_t>, kBands> bands;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const float octaves = std::log2(candidates[i].size / smallest);
    bands[std::min(static_cast<size_t>(octaves), kBands - 1)].push_back(i);
  }
  std::vector<Ranked> chosen;
  for (size_t b = kBands; b-- > 0;) {
    const double free = static_cast<double>(most - chosen.size());
    const auto places = static_cast<size_t>(std::ceil(free * kShare[b]));
    const auto best = best_of(candidates, std::move(bands[b]), places);
    chosen.insert(chosen.end(), best.begin(), best.end());
  }
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const Ranked& a, const Ranked& b) { return a.worth > b.worth; });
  std::vector<size_t> result;
  for (const Ranked& ranked : chosen) result.push_back(ranked.index);
  return result;
}

}  // namespace weir
