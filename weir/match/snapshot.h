// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/base/ids.h"
#include "weir/index/features/feature_index.h"
#include "weir/index/hamming/live_hamming_index.h"
#include "weir/match/exchanged/vpdq_match.h"
#include "weir/match/videos/video_match.h"

namespace weir {

// All that is searched, as it stood at one place in the order of changes. Nothing changes it: a
// query takes one and asks nothing else, so that an entry which is being changed is seen as it was
// or as it will be, and never as missing.
//
// Example: the labels of an entry change, and its picture is indexed anew. A query that began
// before goes on seeing the old rows, one that begins after sees the new ones.
//
// Counter-example: a snapshot does not hold the entries themselves. Their pictures, tracks and
// banks are asked of whoever keeps the entries (KnownEntries), as they are now; an entry that was
// retired since is then left out.
struct Snapshot {
  ChangeSeq change;         // the last one that it holds
  HammingEdition hashes;    // PDQ of pictures; the key of a row is the entry's id
  FeatureEdition pictures;  // local features of pictures, by the same key
  // These three are of videos. They are empty until they are asked for once (decision 0116).
  VideoEdition videos;
  VpdqEdition vpdq;
  TmkEdition tmk;
};

}  // namespace weir
