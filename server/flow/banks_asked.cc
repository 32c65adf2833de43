// SPDX-License-Identifier: Apache-2.0
#include "server/flow/banks_asked.h"

namespace weir {

Result<BanksAsked> banks_asked(std::span<const std::string> names, Store& store) {
  BanksAsked asked;
  const std::vector<Bank> banks = TRY(store.list_banks());
  for (const Bank& bank : banks) {
    if (bank.state == State::kRetired) continue;
    if (bank.kind == BankKind::kBenign) asked.benign.insert(bank.id);
    if (bank.kind == BankKind::kKnown && names.empty()) asked.known.insert(bank.id);
  }
  for (const std::string& name : names) {
    const Bank bank = TRY(store.find_bank(name));
    if (bank.state == State::kRetired)
      return Error{ErrorCode::kConflict,
                   "bank " + name + " is retired; it is kept, but matched no more"};
    if (bank.kind == BankKind::kBenign)
      return Error{ErrorCode::kConflict,
                   "bank " + name + " holds harmless material, which is never reported as a match"};
    asked.known.insert(bank.id);
  }
  return asked;
}

}  // namespace weir
