// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace weir {

// SHA-256 (FIPS 180-4) and MD5 (RFC 1321) of one stream of bytes, together or alone.
struct Digests {
  std::array<uint8_t, 32> sha256{};
  std::array<uint8_t, 16> md5{};
};

class DigestStream {
 public:
  explicit DigestStream(bool with_md5 = true);
  ~DigestStream();
  void update(std::span<const uint8_t> bytes);
  Digests finish();  // once; md5 stays zero when it was not asked for

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digests digests(std::span<const uint8_t> bytes);

}  // namespace weir
