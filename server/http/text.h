// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/base/result.h"

namespace weir::http {

bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII letters

// "%41" becomes "A"; '+' becomes a blank if `plus_is_blank`, as in forms and queries.
// Errors: invalid for '%' without two hex digits, for a zero byte, and unless the result is UTF-8.
Result<std::string> percent_decode(std::string_view text, bool plus_is_blank);

// A number of decimal digits alone, at most `most`. Errors: invalid, naming `what`.
Result<int64_t> parse_number(std::string_view text, std::string_view what, int64_t most);

// A header field's value with parameters, such as `form-data; name="file"; filename="a.jpg"`.
struct HeaderValue {
  std::string value;                                            // lower case
  std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case
  std::optional<std::string> parameter(std::string_view name) const;
};
// Errors: invalid, for parameters that are not NAME=TOKEN or NAME="...", or a name given twice.
Result<HeaderValue> parse_header_value(std::string_view text);

}  // namespace weir::http
