// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "server/store/store.h"
#include "weir/base/clock.h"

namespace weir {

// The store in one SQLite file (write-ahead log, synchronous=full), created or migrated forward as
// needed; docs/formats/store.md. `clock` outlives the store.
// Errors: denied, unavailable, corrupt (not such a file), invalid (written by a newer version).
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, const Clock& clock);

}  // namespace weir
