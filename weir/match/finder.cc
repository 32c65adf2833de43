// SPDX-License-Identifier: Apache-2.0
#include "weir/match/finder.h"

#include <array>
#include <cassert>

#include "weir/match/exchanged/exchanged_finder.h"
#include "weir/match/hashes/hash_finder.h"
#include "weir/match/pictures/picture_finder.h"
#include "weir/match/videos/video_finder.h"

namespace weir {

// Hashes come first, since the finder of pictures looks closely at the entries that they name.
std::span<const Finder* const> all_finders() {
  static const std::array<const Finder*, 4> kFinders{&hash_finder(), &picture_finder(),
                                                     &video_finder(), &exchanged_finder()};
  return kFinders;
}

Result<std::vector<Claims>> find_all(const Question& question) {
  std::vector<Claims> claims(question.items.size());
  for (const Finder* finder : all_finders()) {
    TRY(finder->find(question, claims));
    assert(claims.size() == question.items.size() && "a finder leaves the items as they are");
  }
  return claims;
}

}  // namespace weir
