// SPDX-License-Identifier: Apache-2.0
#include "server/http/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "server/http/query.h"
#include "weir/base/utf8.h"

namespace weir::http {
namespace {

std::string decoded(std::string_view text) {
  auto result = percent_decode(text, true);
  return result ? *result : "refused";
}

RC_GTEST_PROP(PercentDecoding, UndoesEncodingOfAnyUtf8, (std::string text)) {
  text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  std::string encoded;
  for (const unsigned char c : text) {
    constexpr char kDigits[] = "0123456789aBcDeF";
    encoded += {'%', kDigits[c >> 4], kDigits[c & 15]};
  }
  RC_ASSERT(decoded(encoded) == (is_utf8(text) ? text : "refused"));
}

TEST(PercentDecoding, RefusesWhatIsNotEncoded) {
  EXPECT_EQ(decoded("a+b%20c"), "a b c");
  EXPECT_EQ(*percent_decode("a+b", false), "a+b");
  for (const char* bad : {"%", "%4", "%4g", "a%", "%00", "%ff", "%c3", "%-1", "% 1"})
    EXPECT_EQ(decoded(bad), "refused") << bad;
}

TEST(Numbers, AreDigitsWithinTheirBounds) {
  EXPECT_EQ(*parse_number("0", "n", 10), 0);
  EXPECT_EQ(*parse_number("10", "n", 10), 10);
  for (const char* bad :
       {"", "11", "-1", "+1", " 1", "1 ", "1.0", "0x1", "99999999999999999999", "-0"})
    EXPECT_FALSE(parse_number(bad, "n", 10)) << bad;
}

TEST(HeaderValues, HaveTheirParametersReadOnce) {
  const auto value = parse_header_value("  Text/HTML ; Charset = utf-8;x=\"a;\\\"b\" ;");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->value, "text/html");
  EXPECT_EQ(value->parameter("charset"), "utf-8");
  EXPECT_EQ(value->parameter("x"), "a;\"b");
  EXPECT_EQ(value->parameter("y"), std::nullopt);
  EXPECT_EQ(parse_header_value("")->value, "");
  for (const char* bad : {"a; b", "a; =b", "a; b=\"c", "a; b=\"c\" d", "a; b=1; B=2"})
    EXPECT_FALSE(parse_header_value(bad)) << bad;
}

TEST(Query, KeepsOrderAndRepeats) {
  const auto query = Query::parse("bank=A&bank=B%26C&&x&y=");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->all("bank"), (std::vector<std::string>{"A", "B&C"}));
  EXPECT_FALSE(query->one("bank"));
  EXPECT_EQ(**query->one("x"), "");
  EXPECT_EQ(*query->one("z"), std::nullopt);
  EXPECT_TRUE(query->only({"bank", "x", "y"}));
  EXPECT_FALSE(query->only({"bank", "x"}));
  EXPECT_TRUE(Query::parse("")->only({}));
}

TEST(Query, RefusesTooMuchAndTheUndecodable) {
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "a=1&";
  EXPECT_FALSE(Query::parse(many));
  EXPECT_FALSE(Query::parse("a=%zz"));
  EXPECT_FALSE(Query::parse("%ff=1"));
}

}  // namespace
}  // namespace weir::http
