// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/base/result.h"

namespace weir::http {

// The named values of an address's query, or of a form, in the order they came.
class Query {
 public:
  // `text` is what follows the '?'. Errors: invalid (percent_decode(); more than 1,000 values).
  static Result<Query> parse(std::string_view text);

  void add(std::string name, std::string value);

  std::vector<std::string> all(std::string_view name) const;
  // The value, or nothing. Errors: invalid when the name is given more than once.
  Result<std::optional<std::string>> one(std::string_view name) const;
  // Errors: invalid for a name that is not among `known`: a misspelt one would silently do nothing.
  Status only(const std::vector<std::string_view>& known) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace weir::http
