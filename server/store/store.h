// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/store/banks.h"
#include "server/store/changes.h"
#include "server/store/entries.h"
#include "server/store/jobs.h"
#include "server/store/signals.h"

namespace weir {

// Durable records, in verbs of the domain, by noun. What returns success has reached the disk.
// Every change writes the record, its row in the log and its follow-up job in one transaction: all,
// or none. All calls are safe from any thread and beside other processes on the same home.
// Errors common to all: unavailable (disk full, database locked too long), corrupt.
class Store : public Banks, public Entries, public Signals, public Changes, public Jobs {};

}  // namespace weir
