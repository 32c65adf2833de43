// SPDX-License-Identifier: Apache-2.0
//
// Places are shared out among bands of size first, the largest band first: large features are few,
// and what they leave free goes to the smaller ones. Within a band every cell of a grid ranks its
// own candidates; the worth of one is the root of its contrast divided by its rank. Places that no
// band may take in the end go to the worthiest that are left.
#include "weir/hash/features/feature_spread.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace weir {
namespace {

constexpr size_t kCells = 8;    // along the longer side
constexpr size_t kBands = 8;    // each of sizes up to twice the smallest
constexpr double kShare = 0.5;  // of the places still free, what a band may take

struct Ranked {
  size_t index;
  float worth;
};

void sort_by_worth(std::vector<Ranked>& ranked) {
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.worth > b.worth; });
}

size_t cell_of(const Candidate& candidate) {
  const auto along = [](float at) {
    return std::min(static_cast<size_t>(std::max(at, 0.0f) * kCells), kCells - 1);
  };
  return along(candidate.y) * kCells + along(candidate.x);
}

// The candidates of a band by their worth, the worthiest first.
std::vector<Ranked> ranked_of(const std::vector<Candidate>& candidates, std::vector<size_t> band) {
  std::stable_sort(band.begin(), band.end(), [&](size_t a, size_t b) {
    return candidates[a].contrast > candidates[b].contrast;
  });
  std::array<size_t, kCells * kCells> taken{};
  std::vector<Ranked> ranked;
  for (const size_t index : band) {
    const size_t rank = ++taken[cell_of(candidates[index])];
    ranked.push_back({index, std::sqrt(candidates[index].contrast) / static_cast<float>(rank)});
  }
  sort_by_worth(ranked);
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
  std::vector<Ranked> chosen, left;
  for (size_t b = kBands; b-- > 0;) {
    const auto ranked = ranked_of(candidates, std::move(bands[b]));
    const double free = static_cast<double>(most - chosen.size());
    const auto places = std::min(ranked.size(), static_cast<size_t>(std::ceil(free * kShare)));
    const auto end = ranked.begin() + static_cast<ptrdiff_t>(places);
    chosen.insert(chosen.end(), ranked.begin(), end);
    left.insert(left.end(), end, ranked.end());
  }
  sort_by_worth(left);
  left.resize(std::min(left.size(), most - chosen.size()));
  chosen.insert(chosen.end(), left.begin(), left.end());
  sort_by_worth(chosen);
  std::vector<size_t> result;
  for (const Ranked& ranked : chosen) result.push_back(ranked.index);
  return result;
}

}  // namespace weir
