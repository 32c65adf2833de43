// SPDX-License-Identifier: Apache-2.0
//
// The finder of exchanged signals finds videos by vPDQ and TMK, which other programs compute, too.
// An entry that comes from a partner's list often has nothing else. The signals are compared by the
// field's own rules, and a claim that rests on them says that videos agree, but not in which
// seconds.
//
// Example: an item has 40 different vPDQ hashes, and 36 of them are near hashes of entry 7. That
// share of 0.9 is above 0.8, so the entry is claimed at 1e-3 false alarms.
//
// Counter-example: a title card that two videos have in common is no match by itself, since three
// different hashes of each side are asked for.
//
// Constants: kLeastHashes is that of decision 0097. kExchangedFalseAlarms is the limit of a match
// (decision 0085), as no rate was measured.
#include "weir/match/exchanged/exchanged_finder.h"

#include <algorithm>
#include <array>
#include <map>

namespace weir {
namespace {

// Nobody has measured how often the signals of others err, so such a match is as sure as a match
// must be, and no surer.
constexpr double kExchangedFalseAlarms = 1e-3;
constexpr uint32_t kLeastHashes = 3;  // different ones of each side: a single card is no video

struct Agreement {
  std::optional<VpdqShares> vpdq;
  std::optional<TmkScore> tmk;
};

class ExchangedFinder final : public Finder {
 public:
  std::string_view name() const override { return "exchanged"; }
  std::span<const SignalKind> kinds() const override {
    static constexpr std::array kKinds{SignalKind::kVpdq, SignalKind::kTmk};
    return kKinds;
  }

  Status find(const Question& question, std::vector<Claims>& claims) const override {
    for (size_t i = 0; i < claims.size(); ++i)
      if (const auto& video = question.items[i].video)
        claims[i] = TRY(with_exchanged(std::move(claims[i]), *video, question.snapshot));
    return {};
  }

 private:
  static Result<Claims> with_exchanged(Claims claims, const AskedVideo& item,
                                       const Snapshot& snapshot) {
    std::map<EntryId, Agreement> found;
    if (item.vpdq.empty() && item.tmk.empty()) return claims;
    for (const VpdqMatch& match : TRY(snapshot.vpdq.search(item.vpdq)))
      if (std::min(match.shares.item_hashes, match.shares.entry_hashes) >= kLeastHashes)
        found[match.entry].vpdq = match.shares;
    if (!item.tmk.empty())
      for (const TmkMatch& match : snapshot.tmk.search(TRY(read_tmk(item.tmk))))
        found[match.entry].tmk = match.score;
    // Claims without segments: these signals do not say when.
    std::vector<VideoMatch> matches;
    for (const auto& [entry, agreement] : found)
      matches.push_back({entry, {}, kExchangedFalseAlarms});
    claims = joined(std::move(claims), std::move(matches));
    for (Match& match : claims) {
      const auto agreement = found.find(match.entry);
      if (agreement == found.end()) continue;
      match.vpdq = agreement->second.vpdq;
      match.tmk = agreement->second.tmk;
    }
    return claims;
  }
};

}  // namespace

const Finder& exchanged_finder() {
  static const ExchangedFinder finder;
  return finder;
}

}  // namespace weir
