// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/flow/current_snapshot.h"
#include "server/sandbox/decoder.h"
#include "server/store/store.h"

namespace weir {

// What the use cases stand on. Borrowed; all of it is safe to share between threads.
struct Services {
  Store& store;
  Decoder& decoder;
  CurrentSnapshot& snapshot;
};

}  // namespace weir
