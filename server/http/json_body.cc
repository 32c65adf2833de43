// SPDX-License-Identifier: Apache-2.0
#include "server/http/json_body.h"

#include <algorithm>

namespace weir::http {
namespace {

constexpr int kDepth = 32;  // the API's own shapes need five

// Counts brackets outside of strings, before a tree is built from them: nlohmann's parser takes any
// depth, and some of what is done with its trees recurses.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDepth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

std::string in_quotes(std::string_view key) {
  return "'" + std::string(key.substr(0, 64)) + "'";
}

}  // namespace

Result<Json> parse_json_object(std::string_view text) {
  if (is_too_deep(text)) return invalid("the JSON body is nested deeper than 32");
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return invalid("the body is not JSON in UTF-8");
  if (!json.is_object()) return invalid("the JSON body must be an object");
  return json;
}

Status only_keys(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string names;
    for (std::string_view name : known) names += (names.empty() ? "" : ", ") + std::string(name);
    return invalid("unknown key " + in_quotes(key) + "; " + names + " are known here");
  }
  return {};
}

Result<std::optional<std::string>> text_under(const Json& object, std::string_view key) {
  const auto at = object.find(key);
  if (at == object.end()) return std::optional<std::string>();
  if (!at->is_string()) return invalid(in_quotes(key) + " must be text");
  return std::optional(at->get<std::string>());
}

Result<std::vector<std::string>> texts_under(const Json& object, std::string_view key) {
  std::vector<std::string> texts;
  const auto at = object.find(key);
  if (at == object.end()) return texts;
  if (!at->is_array()) return invalid(in_quotes(key) + " must be an array of texts");
  for (const Json& member : *at) {
    if (!member.is_string()) return invalid(in_quotes(key) + " must be an array of texts");
    texts.push_back(member.get<std::string>());
  }
  return texts;
}

Result<Labels> labels_under(const Json& object, std::string_view key) {
  const auto at = object.find(key);
  if (at == object.end()) return Labels();
  return labels_from(*at);
}

Result<const Json*> array_under(const Json& object, std::string_view key, size_t most) {
  const auto at = object.find(key);
  if (at == object.end()) return static_cast<const Json*>(nullptr);
  if (!at->is_array() || at->empty())
    return invalid(in_quotes(key) + " must be an array, not empty");
  if (at->size() > most)
    return Error{ErrorCode::kLimit, in_quotes(key) + " has more than " + std::to_string(most) +
                                        " members; send them in several requests"};
  return &*at;
}

}  // namespace weir::http
