// SPDX-License-Identifier: Apache-2.0
#include "weir/match/exchanged/vpdq_match.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <map>
#include <optional>

#include "weir/index/hamming/live_hamming_index.h"

namespace weir {
namespace {

// The most neighbours that the frames of one item may have; search() gives an error beyond it. Only
// a video that shows one card for hours, among thousands of entries with that card, comes near it.
//
// Constants: this bound on work was chosen by hand and not fitted. The figures of VpdqRule and
// kTmkMatch are the field's (decision 0097).
constexpr size_t kMostNearFrames = 20'000'000;

// Each hash once, with the best quality that a frame of it has.
struct DistinctHashes {
  std::vector<Hash256> hashes;
  std::vector<uint8_t> qualities;
};
DistinctHashes distinct(std::span<const VpdqFrame> frames, int least_quality) {
  std::vector<std::pair<Hash256, int>> rows;
  for (const VpdqFrame& frame : frames)
    if (frame.quality >= least_quality) rows.emplace_back(frame.hash, -frame.quality);
  std::sort(rows.begin(), rows.end());
  DistinctHashes out;
  for (const auto& [hash, quality] : rows) {
    if (!out.hashes.empty() && out.hashes.back() == hash) continue;
    out.hashes.push_back(hash);
    out.qualities.push_back(static_cast<uint8_t>(std::clamp(-quality, 0, 100)));
  }
  return out;
}

double share(size_t part, size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

size_t count_near(std::span<const Hash256> these, std::span<const Hash256> others,
                  Distance radius) {
  return static_cast<size_t>(std::count_if(these.begin(), these.end(), [&](const Hash256& one) {
    return std::any_of(others.begin(), others.end(),
                       [&](const Hash256& other) { return distance(one, other) <= radius; });
  }));
}

}  // namespace

VpdqShares vpdq_shares(std::span<const VpdqFrame> item, std::span<const VpdqFrame> entry,
                       const VpdqRule& rule) {
  const auto of_item = distinct(item, rule.quality).hashes;
  const auto of_entry = distinct(entry, rule.quality).hashes;
  return {share(count_near(of_item, of_entry, rule.radius), of_item.size()),
          share(count_near(of_entry, of_item, rule.radius), of_entry.size()),
          static_cast<uint32_t>(of_item.size()), static_cast<uint32_t>(of_entry.size())};
}

bool is_match(const VpdqShares& shares, const VpdqRule& rule) {
  if (!(shares.item > 0 && shares.entry > 0)) return false;
  return shares.item >= rule.item_share || shares.entry >= rule.entry_share;
}

bool vpdq_match(std::span<const VpdqFrame> item, std::span<const VpdqFrame> entry,
                const VpdqRule& rule) {
  return is_match(vpdq_shares(item, entry, rule), rule);
}

// Rows have running numbers for keys; an entry's are consecutive.
struct VpdqEdition::State {
  struct Block {
    EntryId entry;
    std::vector<uint8_t> qualities;  // by row
  };
  using Blocks = std::map<uint32_t, std::shared_ptr<const Block>>;  // by first key

  HammingEdition rows;
  std::shared_ptr<const Blocks> blocks = std::make_shared<const Blocks>();

  // A row of an entry that lies near a hash of the item.
  struct Found {
    uint32_t first_key = 0;
    uint32_t key = 0;
    uint32_t query = 0;
  };
  // The neighbours whose rows are of sufficient quality, by entry.
  std::vector<Found> sufficient(std::span<const Neighbour> neighbours, int quality) const {
    std::vector<Found> found;
    for (const Neighbour& near : neighbours) {
      const auto block = std::prev(blocks->upper_bound(near.key));
      if (block->second->qualities[near.key - block->first] >= quality)
        found.push_back({block->first, near.key, near.query});
    }
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
      return std::tie(a.first_key, a.key, a.query) < std::tie(b.first_key, b.key, b.query);
    });
    return found;
  }
};

struct VpdqIndex::Impl {
  using Block = VpdqEdition::State::Block;

  LiveHammingIndex rows;
  SharedCopy<VpdqEdition::State::Blocks> blocks;
  std::map<EntryId, uint32_t> first_keys;
  uint64_t next_key = 0;
};

VpdqIndex::VpdqIndex() : impl_(std::make_unique<Impl>()) {}
VpdqIndex::~VpdqIndex() = default;

Status VpdqIndex::add(EntryId entry, std::span<const VpdqFrame> frames) {
  remove(entry);
  DistinctHashes found = distinct(frames, 0);
  if (impl_->next_key + found.hashes.size() > std::numeric_limits<uint32_t>::max())
    return Error{ErrorCode::kLimit, "the index of vpdq frames is full"};
  const auto first = static_cast<uint32_t>(impl_->next_key);
  std::vector<HammingRow> rows;
  for (size_t i = 0; i < found.hashes.size(); ++i)
    rows.push_back({found.hashes[i], first + static_cast<uint32_t>(i)});
  if (rows.empty()) return {};
  impl_->rows.add(rows);
  impl_->blocks.to_change()[first] =
      std::make_shared<const Impl::Block>(Impl::Block{entry, std::move(found.qualities)});
  impl_->first_keys[entry] = first;
  impl_->next_key += rows.size();
  return {};
}

void VpdqIndex::remove(EntryId entry) {
  const auto known = impl_->first_keys.find(entry);
  if (known == impl_->first_keys.end()) return;
  auto& blocks = impl_->blocks.to_change();
  const auto block = blocks.find(known->second);
  std::vector<uint32_t> keys(block->second->qualities.size());
  for (size_t i = 0; i < keys.size(); ++i) keys[i] = block->first + static_cast<uint32_t>(i);
  impl_->rows.remove(keys);
  blocks.erase(block);
  impl_->first_keys.erase(known);
}

Status VpdqIndex::merge() {
  return impl_->rows.merge();
}

VpdqEdition VpdqIndex::edition() {
  assert(impl_->blocks->size() == impl_->first_keys.size() && "an entry has one block of rows");
  return VpdqEdition(std::make_shared<const VpdqEdition::State>(
      VpdqEdition::State{impl_->rows.edition(), impl_->blocks.share()}));
}

VpdqEdition::VpdqEdition() : state_(std::make_shared<const State>()) {}

size_t VpdqEdition::entries() const {
  return state_->blocks->size();
}

size_t VpdqEdition::memory_bytes() const {
  constexpr size_t kNodeBytes = 160;  // of the maps, for each entry
  size_t bytes = state_->rows.memory_bytes() + state_->blocks->size() * kNodeBytes;
  for (const auto& [first, block] : *state_->blocks) bytes += block->qualities.capacity();
  return bytes;
}

Result<std::vector<VpdqMatch>> VpdqEdition::search(std::span<const VpdqFrame> item,
                                                   const VpdqRule& rule) const {
  const DistinctHashes queries = distinct(item, rule.quality);
  std::vector<VpdqMatch> matches;
  if (queries.hashes.empty() || state_->blocks->empty()) return matches;
  const auto near = TRY(state_->rows.search(queries.hashes, rule.radius, kMostNearFrames));
  const auto found = state_->sufficient(near, rule.quality);
  for (auto begin = found.begin(); begin != found.end();) {
    const uint32_t first = begin->first_key;
    size_t rows = 0;
    std::vector<uint32_t> asked;
    auto end = begin;
    for (; end != found.end() && end->first_key == first; ++end) {
      if (end == begin || end->key != std::prev(end)->key) ++rows;
      asked.push_back(end->query);
    }
    std::sort(asked.begin(), asked.end());
    asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
    const State::Block& block = *state_->blocks->at(first);
    const auto sufficient = static_cast<size_t>(
        std::count_if(block.qualities.begin(), block.qualities.end(),
                      [&](uint8_t quality) { return quality >= rule.quality; }));
    const VpdqShares shares{share(asked.size(), queries.hashes.size()), share(rows, sufficient),
                            static_cast<uint32_t>(queries.hashes.size()),
                            static_cast<uint32_t>(sufficient)};
    if (is_match(shares, rule)) matches.push_back({block.entry, shares});
    begin = end;
  }
  std::sort(matches.begin(), matches.end(), [](const VpdqMatch& a, const VpdqMatch& b) {
    const double of_a = std::max(a.shares.item, a.shares.entry);
    const double of_b = std::max(b.shares.item, b.shares.entry);
    return of_a != of_b ? of_a > of_b : a.entry < b.entry;
  });
  return matches;
}

TmkEdition::TmkEdition() : signatures_(std::make_shared<const Signatures>()) {}

void TmkIndex::add(EntryId entry, TmkSignature signature) {
  signatures_.to_change()[entry] = std::make_shared<const TmkSignature>(std::move(signature));
}

void TmkIndex::remove(EntryId entry) {
  signatures_.to_change().erase(entry);
}

size_t TmkEdition::memory_bytes() const {
  size_t bytes = 0;
  for (const auto& [entry, one] : *signatures_)
    bytes += sizeof *one +
             4 * (one->periods.capacity() + one->weights.capacity() + one->average.capacity() +
                  one->cosines.capacity() + one->sines.capacity());
  return bytes;
}

std::vector<TmkMatch> TmkEdition::search(const TmkSignature& item, float level_1,
                                         float level_2) const {
  std::vector<TmkMatch> matches;
  for (const auto& [entry, signature] : *signatures_) {
    TmkScore score;
    score.level_1 = tmk_level_1(item, *signature);
    if (!(score.level_1 >= level_1)) continue;
    score.level_2 = tmk_level_2(item, *signature);
    if (score.level_2 >= level_2) matches.push_back({entry, score});
  }
  std::sort(matches.begin(), matches.end(), [](const TmkMatch& a, const TmkMatch& b) {
    return a.score.level_2 != b.score.level_2 ? a.score.level_2 > b.score.level_2
                                              : a.entry < b.entry;
  });
  return matches;
}

}  // namespace weir
