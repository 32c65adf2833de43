// SPDX-License-Identifier: Apache-2.0
#include "weir/match/match.h"

#include <algorithm>

namespace weir {

std::string_view name_of(MatchKind kind) {
  switch (kind) {
    case MatchKind::kExact:
      return "exact";
    case MatchKind::kImage:
      return "image";
    case MatchKind::kVideo:
      return "video";
  }
  return "image";
}

Distance nearest_pdq(const Match& match) {
  Distance nearest{257};
  for (const Evidence& evidence : match.evidence)
    if (evidence.kind == SignalKind::kPdq) nearest = std::min(nearest, evidence.distance);
  return nearest;
}

}  // namespace weir
