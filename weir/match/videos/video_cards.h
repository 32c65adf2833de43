// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "weir/match/videos/video_match.h"

namespace weir {

// Where intros, outros and cards stand in a video.
constexpr std::chrono::microseconds kEndsOfVideo{10'000'000};

// What other known videos have of a part of one.
struct Wearers {
  bool is_card = false;        // another has it at one of its ends, and not what stands around it
  std::set<EntryId> editions;  // have it there, and what stands around it too
};

// Who has what `entry` shows from `from` to `to`. A card tells of none that wears it. Told by the
// hashes of the entry, not by those of an item, so what was done to the item does not matter.
// Errors: of the index.
Result<Wearers> wearers_of(EntryId entry, const VideoTrack& track, std::chrono::microseconds from,
                           std::chrono::microseconds to, const VideoEdition& index);

}  // namespace weir
