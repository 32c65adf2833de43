// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/rules/bank.h"
#include "weir/base/result.h"

namespace weir {

// What is to be different about a bank; the rest stays.
struct BankChange {
  std::optional<std::string> description = {};
  std::optional<State> state = {};
};

class Banks {
 public:
  virtual ~Banks() = default;

  // Errors: conflict when the name is taken; invalid.
  virtual Result<Bank> create_bank(const Bank& bank) = 0;
  virtual Result<Bank> find_bank(std::string_view name) = 0;  // Errors: not_found
  virtual Result<std::vector<Bank>> list_banks() = 0;         // by name, retired ones too
  // All of the change or none of it; what is so already is no change. Errors: not_found, invalid.
  virtual Result<Bank> change_bank(std::string_view name, const BankChange& change) = 0;
};

}  // namespace weir
