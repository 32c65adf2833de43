// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/flow/services.h"
#include "weir/match/item.h"
#include "weir/match/judge.h"

namespace weir {

// A match, with what a person needs to know of the entry.
struct KnownMatch {
  Match match;
  Place place;
  Entry entry;
};

struct ItemReport {
  std::string media;                      // of the item; empty when only signals were given
  std::chrono::microseconds duration{0};  // of a video
  std::optional<double> coverage;         // as Judgement has it
  std::vector<KnownMatch> matches;        // best first
  std::vector<std::string> notes;  // such as "pdq quality 12 is below 50: not matchable by pdq"
};

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
