// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/signals.h"

#include <cassert>

#include "weir/base/hex.h"

namespace weir {
std::string value_hex(const Signal& signal) {
  return to_hex(signal.value);
}

Result<Signal> parse_signal(SignalKind kind, std::string_view hex) {
  Signal signal{.kind = kind, .value = {}, .quality = {}, .region = {}, .time = {}};
  const size_t bytes = value_bytes(kind);
  signal.value.resize(bytes > 0 ? bytes : hex.size() / 2);
  Status parsed = parse_hex(hex, signal.value);
  if (parsed) parsed = check_value(kind, signal.value);
  if (!parsed)
    return Error{ErrorCode::kInvalid,
                 "not a " + std::string(name_of(kind)) + " value: " + parsed.error().message};
  return signal;
}

bool is_matchable(const Signal& signal) {
  return signal.kind != SignalKind::kPdq || signal.quality.value_or(100) >= kPdqMatchableQuality;
}

Hash256 as_hash256(const Signal& signal) {
  assert(signal.value.size() == 32);
  return hash256_from_bytes(std::span<const uint8_t, 32>(signal.value.data(), 32));
}

std::string_view name_of(Dihedral dihedral) {
  constexpr std::array<std::string_view, kDihedrals> kNames{"original",  "rotate90",  "rotate180",
                                                            "rotate270", "flipx",     "flipy",
                                                            "flipplus1", "flipminus1"};
  return kNames[static_cast<size_t>(dihedral)];
}

}  // namespace weir
