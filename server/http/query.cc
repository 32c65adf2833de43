// SPDX-License-Identifier: Apache-2.0
#include "server/http/query.h"

#include <algorithm>

#include "server/http/text.h"

namespace weir::http {
namespace {

constexpr size_t kMostValues = 1000;  // chosen: a thousand banks is beyond any real question

}  // namespace

Result<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    if (query.values_.size() == kMostValues)
      return Error{ErrorCode::kInvalid, "the address has more than 1000 values"};
    const size_t equals = std::min(pair.find('='), pair.size());
    std::string name = TRY(percent_decode(pair.substr(0, equals), true));
    std::string value = TRY(percent_decode(pair.substr(std::min(equals + 1, pair.size())), true));
    query.add(std::move(name), std::move(value));
  }
  return query;
}

void Query::add(std::string name, std::string value) {
  values_.emplace_back(std::move(name), std::move(value));
}

std::vector<std::string> Query::all(std::string_view name) const {
  std::vector<std::string> result;
  for (const auto& [key, value] : values_)
    if (key == name) result.push_back(value);
  return result;
}

Result<std::optional<std::string>> Query::one(std::string_view name) const {
  std::vector<std::string> values = all(name);
  if (values.size() > 1)
    return Error{ErrorCode::kInvalid, "'" + std::string(name) + "' is given more than once"};
  if (values.empty()) return std::optional<std::string>();
  return std::optional<std::string>(std::move(values.front()));
}

Status Query::only(const std::vector<std::string_view>& known) const {
  for (const auto& [key, value] : values_) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string names;
    for (std::string_view name : known) names += (names.empty() ? "" : ", ") + std::string(name);
    return Error{ErrorCode::kInvalid,
                 "unknown parameter '" + key.substr(0, 64) + "'; " +
                     (names.empty() ? "none is taken here" : names + " are known")};
  }
  return {};
}

}  // namespace weir::http
