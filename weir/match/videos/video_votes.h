// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "weir/match/videos/video_match.h"

namespace weir {

// Asks both indexes which entries an item may show. Each frame votes by its hash and each still by
// its features, and a vote tells the less the more other entries have it, too: what every video
// shows tells of none. So only a few entries are left that are worth aligning, which is what costs
// time.
//
// Example: among ten thousand known videos nine show a frame of the item. The vote of that frame
// counts half for each of them.
//
// Counter-example: votes do not show that an entry is a match. They say where to look; pixels and
// the order in time tell the rest. And a frame that a benign entry shows tells of no other entry.

// A still of the item whose features agree with those of an entry's, not looked at closely yet.
struct StillVote {
  uint32_t item = 0;   // of the item's stills
  uint32_t entry = 0;  // of the entry's
  bool mirrored = false;
  float score = 0;  // see FeatureCandidate; above what any entry has by chance
};

// A frame of the item whose hash is near to that of an entry's.
struct HashVote {
  uint32_t item = 0;   // of the item's frames
  uint32_t entry = 0;  // of the entry's
  bool mirrored = false;
  double surprise = 0;  // see FrameHit
};

// What the indexes say about one entry.
struct EntryVotes {
  EntryId entry;
  bool is_benign = false;
  std::vector<HashVote> hashes;   // by item, then entry
  std::vector<StillVote> stills;  // highest score first
  double score = 0;               // how much the entry is worth a look
};

// Entries for which there are votes, worthiest first, then by entry.
Result<std::vector<EntryVotes>> votes_of(const VideoTrack& item, const VideoEdition& index);

}  // namespace weir
