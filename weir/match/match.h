// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "weir/align/picture/picture_align.h"
#include "weir/base/ids.h"
#include "weir/base/result.h"
#include "weir/index/hamming/live_hamming_index.h"
#include "weir/match/pictures/picture_match.h"
#include "weir/match/videos/video_match.h"
#include "weir/signal/signals.h"

namespace weir {

// What a match rests on as a whole. Names as in JSON: "exact", "image", "video".
enum class MatchKind : uint8_t { kExact, kImage, kVideo };
std::string_view name_of(MatchKind kind);

// One agreement of a signal of the item with a signal of the entry.
struct Evidence {
  SignalKind kind = SignalKind::kSha256;
  Distance distance;                           // 0 for digests
  Dihedral orientation = Dihedral::kOriginal;  // PDQ: how the item was turned to agree
  uint32_t picture = 0;                        // PDQ: index into ItemQuery::pictures
  bool inverted = false;                       // PDQ: the item is a negative of the entry
};

// The evidence of two pictures that share something, and what each part of it weighed.
struct Judged {
  Terms terms;
  CopyOdds odds;
};

// A claim that the item shows the entry.
struct Match {
  EntryId entry;
  MatchKind kind = MatchKind::kImage;
  double score = 0;                     // -log10(expected_false_alarms)
  double expected_false_alarms = 0;     // see expected_false_alarms()
  std::vector<Evidence> evidence;       // strongest first; at most one of each signal kind
  std::vector<SharedRegion> regions;    // where the pictures themselves agree, surest first
  std::optional<Judged> judged;         // what that was weighed by
  std::vector<SharedSegment> segments;  // of videos: which seconds show which, by time in the item
};

// What is asked about one item. A picture whose quality is below kPdqMatchableQuality is not
// searched for; `exact` holds what an exact lookup of the item's digests already found.
struct ItemQuery {
  struct Exact {
    EntryId entry;
    SignalKind kind = SignalKind::kSha256;
  };
  std::vector<PictureHash> pictures;
  std::vector<Exact> exact;
};

struct MatchOptions {
  Distance pdq_radius = kPdqMatchRadius;
  size_t most_neighbours = 1'000'000;  // of all items of one call together
};

// For each item all entries that it shows, by score, best first, then by entry; the index is asked
// once for all items. Same input, same output, whatever the order of the index.
// Errors: limit, when more than options.most_neighbours rows are near.
Result<std::vector<std::vector<Match>>> match_items(std::span<const ItemQuery> items,
                                                    const HammingEdition& index,
                                                    const MatchOptions& options);

// Adds claims about pictures to those about hashes, by entry. The pixels of a picture know more
// than its hash: what they were weighed to says how sure a match is, and of a copy the hash makes
// it surer, the more the nearer it is. Where pixels speak of another moment the match becomes a
// weak claim with that verdict; where they merely do not agree, the hash is believed to
// kLeastOfHash and no further. Result sorted as match_items() does.
std::vector<Match> joined(std::vector<Match> matches, std::vector<PictureMatch> pictures);

// False alarms that a match is expected to be, at least, of which a hash agrees and the pixels,
// which were compared, do not say that it is a copy.
constexpr double kLeastOfHash = 1e-4;

// The same for claims about videos. Entries that nothing else is known of become matches of `kind`:
// what the item or the entry is, when the other is a video.
std::vector<Match> joined(std::vector<Match> matches, std::vector<VideoMatch> videos,
                          MatchKind kind = MatchKind::kVideo);

// How many rows of `rows` unrelated ones are expected to come as near as `distance` to one of
// `queries` hashes by chance, when each of the 256 bits is a fair and independent coin. Real PDQ
// hashes are close to that in the middle (mean 128, deviation 8.1 instead of 8), not proven in the
// far tail: similar pictures of different things are likelier than this number says. When only
// `bits` of them tell of the picture that is asked about, the coins are so many.
double expected_false_alarms(Distance distance, uint64_t rows, uint64_t queries,
                             int bits = kPdqBits);

// The eight orientations of a picture of which only the hash is known: a coefficient's sign tells
// the side of the median it falls on, as long as the median is near zero. [kOriginal] is exact, the
// rest are typically off by a few bits.
PictureHash picture_from_hash(const Hash256& hash, int quality);

}  // namespace weir
