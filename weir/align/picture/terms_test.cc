// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/terms.h"

#include <gtest/gtest.h>

#include <set>

namespace weir {
namespace {

TEST(Terms, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kTerms; ++i) {
    const std::string_view name = name_of(static_cast<Term>(i));
    EXPECT_FALSE(name.empty()) << i;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(name_of(Term::kPlaces), "places");
  EXPECT_EQ(name_of(Term::kItemShare), "item_share");
  EXPECT_EQ(name_of(Term::kHash), "hash");
}

}  // namespace
}  // namespace weir
