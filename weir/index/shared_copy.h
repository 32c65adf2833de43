// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

namespace weir {

// A value of one owner that others may go on looking at as it was: it is copied when it changes,
// but only if it was shared since the last copy, so that many changes in a row cost one copy. One
// thread at a time may call what is not const.
template <class T>
class SharedCopy {
 public:
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

  // The value of this moment; later changes do not touch it.
  std::shared_ptr<const T> share() {
    is_shared_ = true;
    return value_;
  }
  T& to_change() {
    if (std::exchange(is_shared_, false)) value_ = std::make_shared<T>(*value_);
    return *value_;
  }

 private:
  std::shared_ptr<T> value_ = std::make_shared<T>();
  bool is_shared_ = false;
};

}  // namespace weir
