// SPDX-License-Identifier: Apache-2.0
#include "weir/base/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace weir {
namespace {

// The definition, by code point: what a decoder of plain bit patterns reads must be what an encoder
// of the shortest form writes back.
std::string encode(uint32_t c) {
  std::string out;
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 63));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 63));
    out += static_cast<char>(0x80 | ((c >> 6) & 63));
  }
  out += static_cast<char>(0x80 | (c & 63));
  return out;
}

TEST(Utf8, TakesEveryCodePointButSurrogatesAndNothingAboveTheLast) {
  for (uint32_t c = 0; c < 0x120000; ++c) {
    const bool allowed = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
    ASSERT_EQ(is_utf8(encode(c)), allowed) << c;
  }
}

TEST(Utf8, RefusesOverlongTruncatedAndStrayBytes) {
  for (const std::string_view bad : {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF",
                                     "\xF0\x8F\xBF\xBF", "\x80", "\xE2\x82", "a\xFF", "\xF5\x80"})
    EXPECT_FALSE(is_utf8(bad)) << printable(bad);
}

TEST(Utf8, PrintableEscapesControlsAndDirectionMarks) {
  EXPECT_EQ(printable("a\x1b[31m\n\x7f"), "a\\x1b[31m\\x0a\\x7f");
  EXPECT_EQ(printable("\xE2\x80\xAEgpj"), "\\xe2\\x80\\xaegpj");
  EXPECT_EQ(printable("\xC2\x85"), "\\xc2\\x85");
  EXPECT_EQ(printable("Gr\xC3\xBC\xC3\x9F"
                      "e \xE2\x82\xAC"),
            "Gr\xC3\xBC\xC3\x9F"
            "e \xE2\x82\xAC");
}

TEST(Utf8, ToUtf8KeepsWhatIsWellFormed) {
  EXPECT_EQ(to_utf8("a\n\xE2\x82\xAC"), "a\n\xE2\x82\xAC");
  EXPECT_EQ(to_utf8("a\xFF\xE2\x82"), "a\\xff\\xe2\\x82");
}

RC_GTEST_PROP(Utf8, AnyBytesBecomeWellFormedAndOnlyBadOnesChange, (const std::string& bytes)) {
  RC_ASSERT(is_utf8(to_utf8(bytes)));
  RC_ASSERT(is_utf8(printable(bytes)));
  RC_ASSERT((to_utf8(bytes) == bytes) == is_utf8(bytes));
}

}  // namespace
}  // namespace weir
