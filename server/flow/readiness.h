// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/flow/services.h"

namespace weir {

// Whether what is asked can be answered, part by part.
struct Readiness {
  Status store;               // it answers
  Status snapshot;            // it stands level with the store
  bool has_decoders = false;  // a worker lives
  bool is_ready() const { return store && snapshot && has_decoders; }
};
Readiness readiness_of(Services& services);

}  // namespace weir
