// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "weir/signal/signals.h"

namespace weir {

// Digests of one stream of bytes: those of the kinds that the table calls one, such as SHA-256
// (FIPS 180-4) and MD5 (RFC 1321).
class DigestStream {
 public:
  // Kinds that are no digest are passed over.
  explicit DigestStream(std::span<const SignalKind> kinds);
  ~DigestStream();
  void update(std::span<const uint8_t> bytes);
  std::vector<Signal> finish();  // once; in the order of the kinds

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The value of one digest. Precondition: is_digest(kind).
std::vector<uint8_t> digest_of(SignalKind kind, std::span<const uint8_t> bytes);

}  // namespace weir
