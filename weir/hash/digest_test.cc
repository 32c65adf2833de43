// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/digest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string_view>

#include "weir/base/hex.h"

namespace weir {
namespace {

constexpr SignalKind kSha256 = SignalKind::kSha256, kMd5 = SignalKind::kMd5;

std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// FIPS 180-4's examples, as NIST publishes them for SHA-256, and the test suite of RFC 1321.
TEST(Digest, EqualsThePublishedValues) {
  const auto sha256 = [](std::string_view text) {
    return to_hex(digest_of(kSha256, bytes_of(text)));
  };
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");

  // FIPS 180-4's examples for SHA-1.
  const auto sha1 = [](std::string_view text) {
    return to_hex(digest_of(SignalKind::kSha1, bytes_of(text)));
  };
  EXPECT_EQ(sha1(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(sha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(sha1(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");

  const auto md5 = [](std::string_view text) { return to_hex(digest_of(kMd5, bytes_of(text))); };
  EXPECT_EQ(md5(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5("a"), "0cc175b9c0f1b6a831c399e269772661");
  EXPECT_EQ(md5("abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(md5("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(md5("abcdefghijklmnopqrstuvwxyz"), "c3fcd3d76192e4007dfb496cca67e13b");
  EXPECT_EQ(md5("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
            "d174ab98d277d9f5a5611c2c9f419d9f");
  EXPECT_EQ(md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890"),
            "57edf4a22be3c955ac49da2e2107b67a");
}

RC_GTEST_PROP(Digest, IsTheSameInAnyChunks, (const std::vector<std::vector<uint8_t>>& chunks)) {
  DigestStream stream(digest_kinds());
  std::vector<uint8_t> all;
  for (const auto& chunk : chunks) {
    stream.update(chunk);
    all.insert(all.end(), chunk.begin(), chunk.end());
  }
  const std::vector<Signal> in_chunks = stream.finish();
  RC_ASSERT(in_chunks.size() == digest_kinds().size());
  for (const Signal& signal : in_chunks) RC_ASSERT(signal.value == digest_of(signal.kind, all));
}

TEST(Digest, ComputesOnlyDigestsThatAreAskedFor) {
  DigestStream stream(std::vector{SignalKind::kPdq, kMd5});
  stream.update(bytes_of("abc"));
  const std::vector<Signal> found = stream.finish();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, kMd5);
  EXPECT_EQ(found[0].value, digest_of(kMd5, bytes_of("abc")));
}

}  // namespace
}  // namespace weir
