// SPDX-License-Identifier: Apache-2.0
#include "server/flow/match.h"

#include <algorithm>

#include "server/flow/banks_asked.h"
#include "server/flow/stored_entries.h"

namespace weir {
namespace {

std::vector<std::string> notes_of(const ItemToMatch& item) {
  std::vector<std::string> notes;
  if (!item.note.empty()) notes.push_back(item.note);
  if (item.pictures.empty()) return notes;
  const bool matchable = std::any_of(
      item.pictures.begin(), item.pictures.end(),
      [](const PictureHash& picture) { return picture.quality >= kPdqMatchableQuality; });
  if (!matchable)
    notes.push_back("pdq quality " + std::to_string(item.pictures.front().quality) + " is below " +
                    std::to_string(kPdqMatchableQuality) +
                    ": too little detail to be matched by pdq, only by exact digests");
  int telling = 0;
  for (const PictureHash& picture : item.pictures)
    if (picture.quality >= kPdqMatchableQuality) telling = std::max(telling, picture.information);
  if (matchable && telling < kPdqTellingBits)
    notes.push_back("a regular pattern: its pdq tells " + std::to_string(telling) + " bits of " +
                    std::to_string(kPdqBits) + ", too few to prove a match by pdq alone");
  return notes;
}

// What is known now, videos included where any item asks for them.
Result<std::shared_ptr<const Snapshot>> level_snapshot(std::span<const ItemToMatch> items,
                                                       CurrentSnapshot& current) {
  TRY(current.catch_up());
  const auto asks = [](const ItemToMatch& item) {
    return item.video || !item.features.features.empty();
  };
  const auto exchanges = [](const ItemToMatch& item) {
    return item.video && !(item.video->vpdq.empty() && item.video->tmk.empty());
  };
  const bool wants = std::any_of(items.begin(), items.end(), exchanges) ||
                     (std::any_of(items.begin(), items.end(), asks) && TRY(current.has_videos()));
  if (wants) TRY(current.load_videos());
  return current.take();
}

std::string note_of(const WeakClaim& claim, const Entry& entry) {
  return "pdq agrees with " + entry.bank_name + " #" + std::to_string(entry.id.value) + " (" +
         std::to_string(claim.pdq.bits) + " bits), but " +
         (claim.is_other_moment
              ? "its pixels show the same place at another moment"
              : "so few bits of such a picture tell anything that they prove nothing") +
         ": not reported as a match";
}

ItemReport report_on(const ItemToMatch& item, Judgement judgement, const StoredEntries& known) {
  ItemReport report;
  report.media = item.media;
  if (item.video) report.duration = item.video->track.duration;
  report.coverage = judgement.coverage;
  for (Finding& finding : judgement.findings) {
    const Entry& entry = known.entry(finding.match.entry);
    report.matches.push_back({std::move(finding.match), finding.place, entry});
  }
  report.notes = notes_of(item);
  for (const WeakClaim& claim : judgement.set_aside)
    report.notes.push_back(note_of(claim, known.entry(claim.entry)));
  return report;
}

}  // namespace

DecodeWants wants_to_hash() {
  DecodeWants wants;
  wants.kinds = digest_kinds();
  wants.kinds.insert(wants.kinds.end(), {SignalKind::kPdq, SignalKind::kVpdq});
  return wants;
}

Result<DecodeWants> wants_to_match(Services& services) {
  TRY(services.snapshot.catch_up());
  DecodeWants wants;
  const bool knows_videos = TRY(services.snapshot.has_videos());
  wants.kinds = digest_kinds();
  wants.kinds.push_back(SignalKind::kPdqTurned);
  if (services.snapshot.take()->pictures.rows() > 0 || knows_videos)
    wants.kinds.push_back(SignalKind::kFeatures);
  wants.framed = true;
  wants.kinds.push_back(SignalKind::kTrack);
  // What it is and how long is said in any case.
  wants.track.keyframes_only = !knows_videos;
  // What is known by no more than the signals of others is found by those.
  for (const SignalKind kind : {SignalKind::kVpdq, SignalKind::kTmk}) {
    if (TRY(services.store.entries_with(kind, SignalKind::kTrack)).empty()) continue;
    wants.kinds.push_back(kind);
    wants.track.keyframes_only = false;
  }
  return wants;
}

Result<std::vector<ItemReport>> match_against_banks(std::span<const ItemToMatch> items,
                                                    std::span<const std::string> banks,
                                                    Services& services) {
  const BanksAsked asked = TRY(banks_asked(banks, services.store));
  const auto snapshot = TRY(level_snapshot(items, services.snapshot));
  StoredEntries known(asked, services.store);
  const Question question{items, *snapshot, known, services.settings.expected_false_alarms};
  std::vector<Claims> claims = TRY(find_all(question));

  std::vector<ItemReport> reports;
  for (size_t i = 0; i < items.size(); ++i) {
    Judgement judgement = TRY(judge(std::move(claims[i]), items[i], question));
    for (Finding& finding : judgement.findings)
      if (!services.settings.explain) finding.match.judged.reset();
    reports.push_back(report_on(items[i], std::move(judgement), known));
  }
  return reports;
}

}  // namespace weir
