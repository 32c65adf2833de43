// SPDX-License-Identifier: Apache-2.0
#include "server/rules/sha256.h"

#include <openssl/evp.h>

#include <cassert>

namespace weir {

std::array<uint8_t, 32> sha256_of(std::span<const uint8_t> bytes) {
  // Looking the algorithm up by name costs more than hashing a hundred bytes, so it is kept.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<uint8_t, 32> digest{};
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm, nullptr);
  assert(done == 1 && "OpenSSL without SHA-256");
  return digest;
}

}  // namespace weir
