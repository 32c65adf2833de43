// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/flow/services.h"
#include "weir/match/match.h"
#include "weir/signal/item_signals.h"

namespace weir {

// A match, with what a person needs to know of the entry.
struct KnownMatch {
  Match match;
  Entry entry;
  // Where the best agreement lies, in pixels of each side's upright picture; PDQ matches only, and
  // a side is absent when only its hash is known.
  std::optional<Rect> item_region;
  std::optional<Rect> entry_region;
  // Share of the item's picture inside item_region, or of a video's time in segments; 1 when exact.
  std::optional<double> coverage;
  std::optional<VpdqShares> vpdq;  // of videos, by the signals of others
  std::optional<TmkScore> tmk;
};

struct ItemReport {
  std::string media;                      // of the item; empty when only signals were given
  std::chrono::microseconds duration{0};  // of a video
  // Share of a video's time that shows any known material; absent where matches do not say when.
  std::optional<double> coverage;
  std::vector<KnownMatch> matches;  // best first
  std::vector<std::string> notes;   // such as "pdq quality 12 is below 50: not matchable by pdq"
};

// What is asked of a video. The track has no frames when only signals of others are known.
struct AskedVideo {
  VideoTrack track;
  std::vector<VpdqFrame> vpdq;
  std::vector<uint8_t> tmk;  // bytes of a .tmk file
};

// What is asked: signals, however they were come by.
struct ItemToMatch {
  std::vector<PictureHash> pictures;
  std::vector<Signal> digests;
  PictureFeatures features;  // none: only hashes are asked about
  std::string media;
  std::optional<AskedVideo> video;
  std::string note;  // of the decoder, passed on to the report
};
// Errors: corrupt.
Result<ItemToMatch> item_to_match(ItemSignals item);
// From signals alone; the orientations of a PDQ are then guessed from its hash.
ItemToMatch item_to_match(std::span<const Signal> signals);

// What a decoder should compute of an item of which only the signals are asked.
DecodeWants wants_to_hash();

// What a decoder should compute of an item that is to be matched; features only while some entry
// has a picture, a whole track only while some entry has one, be it one that another program added
// just now. Errors: of the store.
Result<DecodeWants> wants_to_match(Services& services);

// For each item the active entries that it shows, in `banks` (names; empty: all active banks).
// Errors: not_found (a bank), conflict (a bank is retired), limit.
Result<std::vector<ItemReport>> match_against_banks(std::span<const ItemToMatch> items,
                                                    std::span<const std::string> banks,
                                                    Services& services);

}  // namespace weir
