// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "server/store/sqlite/sqlite.h"
#include "weir/base/result.h"

namespace weir::sqlite {

// Steps that lead from an empty file to the present schema: step i takes version i to i + 1. A step
// that was ever released never changes; docs/formats/store.md describes where they lead.
std::span<const char* const> schema_steps();

// Takes the file to the last version, each step whole or not at all, beside other processes that
// may try the same. The connection's file may be empty. Errors: invalid when a newer program wrote
// the file; corrupt when it is some other program's; and those of the connection.
Status migrate(Connection& connection, std::span<const char* const> steps);

}  // namespace weir::sqlite
