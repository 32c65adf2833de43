// SPDX-License-Identifier: Apache-2.0
#include "server/http/text.h"

#include <charconv>
#include <cstdint>

#include "weir/base/utf8.h"

namespace weir::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes a quoted string, from its opening quote on, off the front of `text`. Only \" and \\ are
// read as escapes: some clients send whole Windows paths, with single backslashes, between the
// quotes.
Result<std::string> take_quoted(std::string_view& text) {
  std::string result;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return result;
    }
    const bool escape =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
    if (escape) ++i;
    result += text[i];
  }
  return Error{ErrorCode::kInvalid, "a header parameter's closing quote is missing"};
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_blank) {
      c = ' ';
    } else if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return Error{ErrorCode::kInvalid, "'%' in the address needs two hex digits after it"};
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == 0) return Error{ErrorCode::kInvalid, "the address has a zero byte"};
    result += c;
  }
  if (!is_utf8(result)) return Error{ErrorCode::kInvalid, "the address is not UTF-8"};
  return result;
}

Result<int64_t> parse_number(std::string_view text, std::string_view what, int64_t most) {
  int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc() && end == text.data() + text.size();
  if (!whole || number < 0 || number > most || text.front() == '-')
    return Error{ErrorCode::kInvalid,
                 std::string(what) + " must be a number from 0 to " + std::to_string(most)};
  return number;
}

std::optional<std::string> HeaderValue::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  return std::nullopt;
}

Result<HeaderValue> parse_header_value(std::string_view text) {
  const size_t semicolon = text.find(';');
  HeaderValue result{lower(trim(text.substr(0, semicolon))), {}};
  text = semicolon == text.npos ? std::string_view() : text.substr(semicolon);
  while (!text.empty()) {
    if (text.front() != ';')
      return Error{ErrorCode::kInvalid, "a header parameter must be followed by ';'"};
    text = trim(text.substr(1));
    if (text.empty()) break;
    const size_t equals = text.find_first_of("=;");
    if (equals == text.npos || equals == 0 || text[equals] == ';')
      return Error{ErrorCode::kInvalid, "a header parameter must be NAME=VALUE"};
    const std::string name = lower(trim(text.substr(0, equals)));
    text = trim(text.substr(equals + 1));
    std::string value;
    if (!text.empty() && text.front() == '"') {
      value = TRY(take_quoted(text));
    } else {
      const size_t end = text.find(';');
      value = trim(text.substr(0, end));
      text = end == text.npos ? std::string_view() : text.substr(end);
    }
    text = trim(text);
    if (result.parameter(name))
      return Error{ErrorCode::kInvalid, "header parameter '" + name + "' is given twice"};
    result.parameters.emplace_back(name, std::move(value));
  }
  return result;
}

}  // namespace weir::http
