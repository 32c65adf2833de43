// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/digest.h"

#include <openssl/evp.h>

#include <cassert>

namespace weir {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context start(const EVP_MD* algorithm) {
  Context context(EVP_MD_CTX_new());
  // Only fails without memory, or where policy forbids MD5: then no digest of ours is worth
  // anything.
  const bool started = context && EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1;
  assert(started);
  return context;
}

}  // namespace

struct DigestStream::State {
  Context sha256;
  Context md5;  // empty when it was not asked for
};

DigestStream::DigestStream(bool with_md5)
    : state_(std::make_unique<State>(
          State{start(EVP_sha256()), with_md5 ? start(EVP_md5()) : nullptr})) {}

DigestStream::~DigestStream() = default;

void DigestStream::update(std::span<const uint8_t> bytes) {
  EVP_DigestUpdate(state_->sha256.get(), bytes.data(), bytes.size());
  if (state_->md5) EVP_DigestUpdate(state_->md5.get(), bytes.data(), bytes.size());
}

Digests DigestStream::finish() {
  Digests digests;
  EVP_DigestFinal_ex(state_->sha256.get(), digests.sha256.data(), nullptr);
  if (state_->md5) EVP_DigestFinal_ex(state_->md5.get(), digests.md5.data(), nullptr);
  return digests;
}

Digests digests(std::span<const uint8_t> bytes) {
  DigestStream stream;
  stream.update(bytes);
  return stream.finish();
}

}  // namespace weir
