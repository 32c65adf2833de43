// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "weir/match/videos/video_match.h"

namespace weir {

// A card is an intro, an outro or a title that several videos wear at an end. It tells of none of
// them. Cards are found among the known videos themselves: when another one has the same frames at
// one of its ends, but not what stands around them, they are a card. The hashes of the entry are
// asked about and not those of an item, so it does not matter what was done to the item.
//
// Example: entries 1 and 2 begin with the same title of 2.5 s and go on differently. Asked about
// these seconds of entry 1, wearers_of() says that they are a card.
//
// Counter-example: when entry 2 is another version of entry 1, it also has what follows the title.
// The title is then no card. Nor is a card known that a single known video wears (decision 0126).

// Intros, outros and cards lie so near to where a video begins or ends (decision 0126).
constexpr std::chrono::microseconds kEndsOfVideo{10'000'000};

// What other known videos have of a part of one.
struct Wearers {
  bool is_card = false;  // another has it at one of its ends, and not what stands around it
  // Other versions of the video: they have the part at an end, and also what stands around it.
  std::set<EntryId> editions;
};

// Finds who else has what `entry` shows from `from` to `to`. Errors: those of the index.
Result<Wearers> wearers_of(EntryId entry, const VideoTrack& track, std::chrono::microseconds from,
                           std::chrono::microseconds to, const VideoEdition& index);

}  // namespace weir
