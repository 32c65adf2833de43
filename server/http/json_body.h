// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/flow/shapes.h"
#include "weir/base/result.h"

namespace weir::http {

// An object from a request's body. Its length was bounded as it arrived; nesting is bounded here,
// to 32. Errors: invalid, for what is not JSON, not UTF-8, nested deeper, or not an object.
Result<Json> parse_json_object(std::string_view text);

// Errors: invalid for a key that is not among `known`: a misspelt one would silently do nothing.
Status only_keys(const Json& object, std::initializer_list<std::string_view> known);

// The text under `key`, or nothing. Errors: invalid when it is something else than text.
Result<std::optional<std::string>> text_under(const Json& object, std::string_view key);
// The texts in the array under `key`, or none. Errors: invalid when it is something else.
Result<std::vector<std::string>> texts_under(const Json& object, std::string_view key);
// The labels under `key`, or none. Errors: invalid.
Result<Labels> labels_under(const Json& object, std::string_view key);
// The array under `key`; null when there is no such key. Errors: invalid when it is not an array,
// is empty or has more than `most` members.
Result<const Json*> array_under(const Json& object, std::string_view key, size_t most);

}  // namespace weir::http
