// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "server/rules/log_leaf.h"
#include "weir/base/result.h"

namespace weir {

// One step of the total order of changes, for those who follow banks and entries.
struct Change {
  ChangeSeq seq;
  ChangeKind kind = ChangeKind::kEntryAdded;
  BankId bank;
  EntryId entry;  // zero for a change of the bank itself
};

// The log.
class Changes {
 public:
  virtual ~Changes() = default;

  virtual Result<ChangeSeq> last_change() = 0;  // cheap; zero in an empty store
  virtual Result<std::vector<Change>> changes_after(ChangeSeq seq, size_t most) = 0;
  virtual Result<int64_t> log_rows() = 0;  // so far
  // Recomputes the hash of every row from the records it speaks of. Gives the number of rows.
  // Errors: corrupt, naming the first row that is missing or differs.
  virtual Result<int64_t> check_log() = 0;
};

}  // namespace weir
