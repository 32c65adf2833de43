// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <span>
#include <string>

#include "server/store/store.h"

namespace weir {

// The banks that were asked for, all active ones when none is named, and in any case the benign
// ones.
struct BanksAsked {
  std::set<BankId> known;
  std::set<BankId> benign;
  bool contains(BankId bank) const { return known.contains(bank) || benign.contains(bank); }
};

// Errors: not_found; conflict for a bank that is retired or benign.
Result<BanksAsked> banks_asked(std::span<const std::string> names, Store& store);

}  // namespace weir
