// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace weir {

// Ids are types of their own, so that two of them cannot be swapped in a call. Zero is no id.
struct BankId {
  int64_t value = 0;
  friend auto operator<=>(const BankId&, const BankId&) = default;
};

// At most 2^32 - 1, so that an index row can carry it in four bytes.
struct EntryId {
  int64_t value = 0;
  friend auto operator<=>(const EntryId&, const EntryId&) = default;
};

struct JobId {
  int64_t value = 0;
  friend auto operator<=>(const JobId&, const JobId&) = default;
};

// The place of a change in the store's one total order of changes to banks and entries, from 1.
struct ChangeSeq {
  int64_t value = 0;
  friend auto operator<=>(const ChangeSeq&, const ChangeSeq&) = default;
};

}  // namespace weir
