// SPDX-License-Identifier: Apache-2.0
#include "server/flow/readiness.h"

namespace weir {

Readiness readiness_of(Services& services) {
  const auto change = services.store.last_change();
  return {change ? Status() : Status(change.error()), services.snapshot.catch_up(),
          services.decoder.workers() > 0};
}

}  // namespace weir
