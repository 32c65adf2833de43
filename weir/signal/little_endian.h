// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

// Whole numbers as the codecs of this folder store them: the lowest byte first, on every machine.
// The caller has seen that there is room to write and that there are bytes to read.

template <class T>
void put(std::vector<uint8_t>& out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i)
    out.push_back(static_cast<uint8_t>(static_cast<uint64_t>(value) >> (8 * i)));
}

// Moves `to` behind what was written.
template <class T>
void put(uint8_t*& to, T value) {
  for (size_t i = 0; i < sizeof(T); ++i)
    *to++ = static_cast<uint8_t>(static_cast<uint64_t>(value) >> (8 * i));
}

// Takes a T off the front of `from`.
template <class T>
T take(std::span<const uint8_t>& from) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value |= uint64_t{from[i]} << (8 * i);
  from = from.subspan(sizeof(T));
  return static_cast<T>(value);
}

// Moves `at` behind what was read.
template <class T>
T take(const uint8_t*& at) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(T{*at++} << (8 * i));
  return value;
}

}  // namespace weir
