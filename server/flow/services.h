// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/flow/current_snapshot.h"
#include "server/sandbox/decoder.h"
#include "server/store/store.h"
#include "weir/match/pictures/picture_match.h"

namespace weir {

// How sure a match must be to be claimed.
struct MatchSettings {
  // Of pictures, by their local features: how many false alarms a match may be expected to be.
  double expected_false_alarms = PictureMatchOptions{}.most_false_alarms;
  bool explain = false;  // whether matches say what their pixels were weighed by
};

// What the use cases stand on. Borrowed; all of it is safe to share between threads.
struct Services {
  Store& store;
  Decoder& decoder;
  CurrentSnapshot& snapshot;
  MatchSettings settings = {};
};

}  // namespace weir
