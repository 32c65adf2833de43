// SPDX-License-Identifier: Apache-2.0
#include "weir/index/hamming/slot_plan.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>

namespace weir {
namespace {

// Costs of one step, fitted to runs of 100 thousand, 1 and 10 million rows on one core with AVX-512
// and 32 MiB of third-level cache. Only their proportions matter, and those little: near the
// crossing both ways cost the same.
struct StepCosts {
  double probe_ns;      // one bucket looked up
  double candidate_ns;  // one row checked
};
constexpr StepCosts kNear{9, 4};  // the index being in the cache
constexpr StepCosts kFar{15, 8};  // the index being in memory
constexpr double kCacheBytes = 32e6;
constexpr double kScanNs = 0.1;  // one row compared with one query
constexpr double kReadNs = 1;    // one row read and split into columns, once for all queries

constexpr Distance kDesignRadius{31};  // PDQ's usual radius

// Below this a scan takes a few microseconds, and the slots would not pay for their memory.
constexpr uint64_t kLeastRowsForSlots = 40'000;

// More rows than this to a bucket, and too many buckets outgrow their nibble.
constexpr double kMostRowsPerBucket = 4;

double choose(double n, double k) {
  double product = 1;
  for (double i = 1; i <= k; ++i) product *= (n - k + i) / i;
  return product;
}

const StepCosts& step_costs(uint64_t rows) {
  return static_cast<double>(rows) * 100 < kCacheBytes ? kNear : kFar;
}

}  // namespace

SlotWidths even_slots(uint32_t slots) {
  assert(slots >= 10 && slots <= SlotWidths::kMostSlots);
  SlotWidths widths;
  widths.slots = slots;
  for (uint32_t i = 0; i < slots; ++i)
    widths.bits[i] = static_cast<uint8_t>(256 / slots + (i < 256 % slots));
  return widths;
}

double bytes_per_row(const SlotWidths& widths, uint64_t rows) {
  double bytes = 32 + 4;  // hash and key
  for (uint32_t i = 0; i < widths.slots; ++i)
    bytes += 4 + std::ldexp(1.0, widths.bits[i]) / static_cast<double>(rows);
  return bytes;
}

SlotWidths choose_slots(uint64_t rows) {
  SlotWidths best;
  if (rows < kLeastRowsForSlots) return best;
  double best_ns = scan_query_ns(rows, kDesignRadius, 1);
  for (uint32_t slots = 10; slots <= 20; ++slots) {
    const SlotWidths widths = even_slots(slots);
    const double buckets = std::ldexp(1.0, widths.bits[slots - 1]);
    if (static_cast<double>(rows) > kMostRowsPerBucket * buckets && slots > 10) continue;
    if (bytes_per_row(widths, rows) > kMostBytesPerRow) continue;
    const auto plan = plan_slots(widths, rows, kDesignRadius, best_ns);
    if (!plan || plan->query_ns >= best_ns) continue;
    best_ns = plan->query_ns;
    best = widths;
  }
  return best;
}

Status check_slots(const SlotWidths& widths) {
  const Error error{ErrorCode::kCorrupt, "the slots of an index do not cover 256 bits"};
  if (widths.slots > SlotWidths::kMostSlots) return error;
  uint32_t sum = 0;
  for (uint32_t i = 0; i < SlotWidths::kMostSlots; ++i) {
    const uint32_t bits = widths.bits[i];
    if (i >= widths.slots && bits != 0) return error;
    if (i < widths.slots && (bits < SlotWidths::kLeastBits || bits > SlotWidths::kMostBits))
      return error;
    sum += bits;
  }
  if (widths.slots > 0 && sum != 256) return error;
  return {};
}

// Each step widens the slot in which one more bit of radius costs least. The cost of a step grows
// with the radius as long as it is below half the width, so taking the cheapest each time is best
// overall.
std::optional<SlotPlan> plan_slots(const SlotWidths& widths, uint64_t rows, Distance radius,
                                   double most_ns) {
  assert(widths.slots > 0);
  SlotPlan plan;
  plan.radius.fill(-1);
  const StepCosts costs = step_costs(rows);
  const double all_ns = costs.candidate_ns * static_cast<double>(rows);
  std::array<double, SlotWidths::kMostSlots> step_ns;  // of the next step of each slot
  const auto price = [&](uint32_t slot) {
    const uint32_t bits = widths.bits[slot];
    const int ones = plan.radius[slot] + 1;
    if (ones > static_cast<int>(bits)) return double{INFINITY};  // every value is probed already
    const double each_ns = costs.probe_ns + all_ns / static_cast<double>(uint64_t{1} << bits);
    return choose(bits, ones) * each_ns;
  };
  for (uint32_t slot = 0; slot < widths.slots; ++slot) step_ns[slot] = price(slot);

  for (uint32_t step = 0; step < radius.bits + 1u; ++step) {
    const auto* const cheapest = std::min_element(step_ns.data(), step_ns.data() + widths.slots);
    plan.query_ns += *cheapest;
    if (plan.query_ns > most_ns) return std::nullopt;
    const auto slot = static_cast<uint32_t>(cheapest - step_ns.data());
    ++plan.radius[slot];
    step_ns[slot] = price(slot);
  }
  return plan;
}

double scan_query_ns(uint64_t rows, Distance radius, size_t queries) {
  const double all = static_cast<double>(rows);
  const double read = all * kReadNs / static_cast<double>(queries);
  // From about 45 bits on the first half of a hash no longer settles most vectors.
  const double compare = all * kScanNs * (radius.bits < 45 ? 1 : 2);
  return read + compare;
}

}  // namespace weir
