// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace weir {

// What a caller can do about it, not where it happened.
enum class ErrorCode {
  kInvalid,      // the input or request is not of the form it must have
  kNotFound,     // no such thing
  kConflict,     // it exists already, or changed meanwhile
  kDenied,       // permission is missing
  kCorrupt,      // bytes that claim a format break its rules: truncated, damaged, hostile
  kLimit,        // a configured limit was reached; the message names it
  kUnavailable,  // a part that is needed is not there now: disk full, decoder down, shutting down
};

// The code's name in JSON, messages and metrics, such as "not_found".
std::string_view name_of(ErrorCode code);

struct Error {
  ErrorCode code;
  std::string message;  // a sentence that names the thing by id and the way out, never its content
};

// What is said of input that is not of the form it must have.
inline Error invalid(std::string message) {
  return {ErrorCode::kInvalid, std::move(message)};
}

// A value or an Error. Names follow std::expected, so that replacing it later is mechanical.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Precondition: has_value().
  T& value() & {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Precondition: !has_value().
  const Error& error() const& {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    assert(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  void value() const { assert(has_value()); }

  const Error& error() const& {
    assert(failed_);
    return error_;
  }
  Error&& error() && {
    assert(failed_);
    return std::move(error_);
  }

 private:
  Error error_{};
  bool failed_ = false;
};

// The result of a verb that gives nothing back: done, or why not.
using Status = Result<void>;

// The value of `expression`, or return its Error from the enclosing function. Once per statement;
// not in a coroutine (a statement expression cannot co_return).
#define TRY(expression)                                                    \
  ({                                                                       \
    auto weir_result_ = (expression);                                      \
    if (!weir_result_.has_value()) return std::move(weir_result_).error(); \
    std::move(weir_result_).value();                                       \
  })

}  // namespace weir
