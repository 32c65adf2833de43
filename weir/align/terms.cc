// SPDX-License-Identifier: Apache-2.0
#include "weir/align/terms.h"

namespace weir {

std::string_view name_of(Term term) {
  constexpr std::array<std::string_view, kTerms> kNames{
      "places",  "found",    "spread",      "blocks",    "agreeing",   "differing",   "partly",
      "typical", "exact",    "bulk",        "larger",    "item_share", "entry_share", "tones",
      "noise",   "moved",    "together",    "moved_apart", "exchanged", "balance",    "outlines",
      "newcomers", "changed", "put_on",     "straight",  "beside",     "shifted",     "strain",
      "pieces",  "hash"};
  return kNames[static_cast<size_t>(term)];
}

}  // namespace weir
