// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/digest.h"

#include <openssl/evp.h>

#include <cassert>
#include <utility>

namespace weir {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context start(const char* algorithm) {
  Context context(EVP_MD_CTX_new());
  // Only fails without memory, or where policy forbids MD5: then no digest of ours is worth
  // anything.
  const bool started =
      context && EVP_DigestInit_ex(context.get(), EVP_get_digestbyname(algorithm), nullptr) == 1;
  assert(started);
  return context;
}

}  // namespace

struct DigestStream::State {
  std::vector<std::pair<SignalKind, Context>> digests;
};

DigestStream::DigestStream(std::span<const SignalKind> kinds) : state_(std::make_unique<State>()) {
  for (const SignalKind kind : kinds)
    if (is_digest(kind)) state_->digests.emplace_back(kind, start(row_of(kind).digest));
}

DigestStream::~DigestStream() = default;

void DigestStream::update(std::span<const uint8_t> bytes) {
  for (const auto& [kind, context] : state_->digests)
    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
}

std::vector<Signal> DigestStream::finish() {
  std::vector<Signal> signals;
  for (const auto& [kind, context] : state_->digests) {
    Signal& signal = signals.emplace_back();
    signal.kind = kind;
    signal.value.resize(value_bytes(kind));
    EVP_DigestFinal_ex(context.get(), signal.value.data(), nullptr);
  }
  return signals;
}

std::vector<uint8_t> digest_of(SignalKind kind, std::span<const uint8_t> bytes) {
  assert(is_digest(kind));
  DigestStream stream({&kind, 1});
  stream.update(bytes);
  return std::move(stream.finish().front().value);
}

}  // namespace weir
