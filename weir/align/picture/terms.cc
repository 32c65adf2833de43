// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/terms.h"

namespace weir {

std::string_view name_of(Term term) {
  constexpr std::array<std::string_view, kTerms> kNames{
      "places",     "found",       "spread", "differing", "exact",  "bulk",
      "item_share", "entry_share", "tones",  "noise",     "moved",  "exchanged",
      "outlines",   "changed",     "over",   "straight",  "pieces", "hash"};
  return kNames[static_cast<size_t>(term)];
}

}  // namespace weir
