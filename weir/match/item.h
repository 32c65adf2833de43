// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/base/ids.h"
#include "weir/base/result.h"
#include "weir/signal/item_signals.h"

namespace weir {

// An item as it is asked about: the signals of one file, read into the forms that finders work
// with. Finders compare signals and nothing else, so an item may also come without its file, as
// signals that somebody else computed.
//
// Example: the file of a photograph gives an SHA-256, a PDQ in eight orientations and up to 1,200
// local features. A partner who may not pass the file on sends its PDQ; seven of the orientations
// are then guessed from the first, and there are no features.
//
// Counter-example: an item is not looked for by signals that it does not have. No crop is found of
// an item that was given as a hash alone, since crops are found by features.

// What is asked of a video. The track has no frames when only signals of others are known.
struct AskedVideo {
  VideoTrack track;
  std::vector<VpdqFrame> vpdq;
  std::vector<uint8_t> tmk;  // bytes of a .tmk file
};

// What is asked about: signals, whoever computed them.
struct ItemToMatch {
  std::vector<PictureHash> pictures;
  std::vector<Signal> digests;
  PictureFeatures features;  // none: only hashes are asked about
  std::string media;         // empty when only signals were given
  std::optional<AskedVideo> video;
  std::string note;  // of the decoder, passed on to the report
};

// A digest of an item that an entry has, too.
struct SameDigest {
  EntryId entry;
  SignalKind kind = SignalKind::kSha256;
};

// Errors: corrupt.
Result<ItemToMatch> item_to_match(ItemSignals item);
// Makes an item of signals alone. The orientations of a PDQ are then guessed from its hash.
ItemToMatch item_to_match(std::span<const Signal> signals);

}  // namespace weir
