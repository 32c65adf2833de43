// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "weir/base/hash256.h"
#include "weir/base/result.h"

namespace weir {

// Multi-index hashing with uneven slots, and why it misses nothing.
//
// The 256 bits are cut into m slots. For each slot a table leads from a value of its bits to the
// rows that have it. To find all rows within R bits of a query, slot i is probed with every value
// at most r_i bits from the query's (r_i = -1: not at all), and what is found there is checked in
// full.
//
// Let the radii be such that  sum (r_i + 1) >= R + 1.  Suppose a row x within R were found in no
// slot: then in each slot it differs from the query in at least r_i + 1 bits. The slots share no
// bit and cover all of them, so x differs in at least sum (r_i + 1) >= R + 1 bits, against the
// assumption. Nothing is asked of the data; equal or clustered rows only make some buckets longer.
//
// Splitting R + 1 unevenly matters: 11 slots of 23 or 24 bits serve R = 31 with ten radii of 2 and
// one of 1, where equal radii would need 3 x 11 = 33. (Norouzi, Punjani, Fleet, "Fast exact search
// in Hamming space with multi-index hashing", TPAMI 2014, is the case of equal radii.)

// Where the slots lie. Slot i has bits[i] bits and starts where slot i - 1 ends.
struct SlotWidths {
  static constexpr uint32_t kMostSlots = 32;
  static constexpr uint32_t kLeastBits = 3;  // one group of buckets
  static constexpr uint32_t kMostBits = 28;

  uint32_t slots = 0;  // none: the index is scanned
  std::array<uint8_t, kMostSlots> bits{};

  friend bool operator==(const SlotWidths&, const SlotWidths&) = default;
};

// `slots` slots as even as can be, wider ones first. Precondition: 10 <= slots <= 32.
SlotWidths even_slots(uint32_t slots);

// The slots that find neighbours within the usual PDQ radius soonest among `rows` rows without
// taking more than kMostBytesPerRow; none where a scan is as fast.
constexpr double kMostBytesPerRow = 125;
SlotWidths choose_slots(uint64_t rows);

// The bytes that an index of these slots takes for each of its rows, all included.
double bytes_per_row(const SlotWidths& widths, uint64_t rows);

// Errors: corrupt unless the slots are within the limits above and cover the 256 bits.
Status check_slots(const SlotWidths& widths);

// How to serve one radius.
struct SlotPlan {
  std::array<int8_t, SlotWidths::kMostSlots> radius{};  // -1: this slot is not probed
  double query_ns = 0;                                  // expected, from measured costs
};

// The cheapest radii that miss nothing; nothing if they cost more than `most_ns` a query.
// Precondition: widths.slots > 0.
std::optional<SlotPlan> plan_slots(const SlotWidths& widths, uint64_t rows, Distance radius,
                                   double most_ns);

// Expected time of a scan of row-wise hashes, for one of so many queries at once.
double scan_query_ns(uint64_t rows, Distance radius, size_t queries);

// The value of slot bits [first, first + bits) of a hash.
inline uint32_t slot_value(const Hash256& hash, uint32_t first, uint32_t bits) {
  const uint32_t word = first / 64;
  const uint32_t shift = first % 64;
  uint64_t value = hash.words[word] >> shift;
  if (shift + bits > 64) value |= hash.words[word + 1] << (64 - shift);
  return static_cast<uint32_t>(value & ((uint64_t{1} << bits) - 1));
}

}  // namespace weir
