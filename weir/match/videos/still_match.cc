// SPDX-License-Identifier: Apache-2.0
//
// Finds the known videos of which a picture shows a moment. The picture votes as a video of one
// still would, and the stills that are voted for are then compared with it as pictures are.
//
// Example: a screenshot of a known film has a caption below it. The features of the screenshot vote
// for four stills of the film, and the one that agrees best gives the time.
//
// Counter-example: a moment is not found when no still of the video shows it. Of a shot that moves
// there is a still every two seconds, and what flashes up between two of them is lost.
#include "weir/match/videos/still_match.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "weir/hash/features/local_features.h"
#include "weir/match/pictures/picture_pair.h"
#include "weir/match/videos/video_votes.h"

namespace weir {
namespace {

// Constants: kStillsOfVideo is what half an hour has at a still every two seconds. The others bound
// the work; they were chosen by hand on the tune side of the accuracy bench and not fitted.
constexpr size_t kEntries = 10;           // that are looked at closely
constexpr size_t kStillsOfEntry = 4;      // of each, that are compared with the picture
constexpr double kStillsOfVideo = 1'000;  // that a known video is taken to have

std::optional<SharedRegion> copied_region(const PictureFeatures& picture, const Still& still) {
  std::vector<LocalFeature> turned_over;
  for (const LocalFeature& feature : picture.features) turned_over.push_back(mirrored(feature));
  AlignOptions options;
  options.most_regions = 1;
  options.item_mirrored = turned_over;
  PicturePair pair = compare_pictures(picture, still.picture, options);
  if (pair.verdict == Verdict::kCopy) return std::move(pair.shared.regions.front());
  return std::nullopt;
}

}  // namespace

Result<std::vector<StillMatch>> match_still(const PictureFeatures& picture,
                                            const VideoEdition& index, const KnownTracks& known,
                                            const VideoMatchOptions& options) {
  std::vector<StillMatch> matches;
  if (picture.features.empty() || index.videos == 0) return matches;
  VideoTrack item;
  item.width = picture.width;
  item.height = picture.height;
  item.stills.push_back({std::chrono::microseconds(0), picture});
  const double chances = std::log10(2 * kStillsOfVideo * static_cast<double>(index.videos));
  bool is_harmless = false;
  size_t looked_at = 0;
  for (const EntryVotes& votes : TRY(votes_of(item, index))) {
    if (looked_at == kEntries) break;
    const auto track = TRY(known(votes.entry));
    if (!track) continue;
    ++looked_at;
    std::optional<StillMatch> best;
    for (size_t i = 0; i < std::min(votes.stills.size(), kStillsOfEntry); ++i) {
      if (votes.stills[i].entry >= track->stills.size()) continue;
      const Still& still = track->stills[votes.stills[i].entry];
      auto region = copied_region(picture, still);
      if (!region || (best && best->region.log10_nfa <= region->log10_nfa)) continue;
      const double log10 = std::clamp(chances + region->log10_nfa, -300.0, 300.0);
      best = StillMatch{votes.entry, still.time, std::move(*region),
                        std::max(kLeastFalseAlarms, std::pow(10, log10))};
    }
    if (!best || best->expected_false_alarms > options.most_false_alarms) continue;
    is_harmless |= votes.is_benign;
    if (!votes.is_benign) matches.push_back(std::move(*best));
  }
  if (is_harmless) matches.clear();
  std::sort(matches.begin(), matches.end(), [](const StillMatch& a, const StillMatch& b) {
    return std::tie(a.expected_false_alarms, a.entry) < std::tie(b.expected_false_alarms, b.entry);
  });
  return matches;
}

}  // namespace weir
