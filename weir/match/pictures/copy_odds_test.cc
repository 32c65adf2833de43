// SPDX-License-Identifier: Apache-2.0
#include "weir/match/pictures/copy_odds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "weir/align/change/made_comparisons_for_test.h"
#include "weir/match/pictures/copy_odds_table.h"

namespace weir {
namespace {

using made::captioned;
using made::Edit;
using made::eight_tones;
using made::entry_showing;
using made::faint;
using made::gamma;
using made::item_showing;
using made::noisy;
using made::similarity;
using made::stickered;
using made::untouched;

constexpr double kLikely = 1;  // odds of a copy, as a logarithm

double odds_of(const PictureFeatures& item, const PictureFeatures& entry,
               const PictureTransform& transform) {
  return copy_odds(made::compared(item, entry, transform).terms).log_odds;
}

// The scene with somebody at `middle`, of the tones of other pictures' clothes.
double with_somebody(const made::Scene& scene, const made::Scene& clothes, double middle, double x,
                     double y) {
  const double across = std::abs(x - middle);
  // Nobody is a rectangle; what is one looks pasted (decision 0078).
  const double half = 45 + 18 * std::sin(y / 31) + (y - 200) / 10;
  const bool somebody = (y > 190 && across < half) || std::hypot(across, y - 150) < 45;
  return somebody ? std::clamp(clothes.at(x - middle + 320, y) * 0.8 - 20, 0.0, 255.0)
                  : scene.at(x, y);
}

// Of an item that shows somebody in another place than the entry does.
CopyOdds odds_of_somebody_who_moved(unsigned seed, Edit edit) {
  const made::Scene scene(seed), clothes(seed + 1'000);
  const auto at = [&](double middle) {
    return [&, middle](double x, double y) { return with_somebody(scene, clothes, middle, x, y); };
  };
  return copy_odds(
      made::compared(item_showing({}, at(200), edit), entry_showing(at(430)), {}).terms);
}

// Of an item that shows the entry, somebody in it, edited.
CopyOdds odds_of_the_same(unsigned seed, Edit edit) {
  const made::Scene scene(seed), clothes(seed + 1'000);
  const auto grey = [&](double x, double y) { return with_somebody(scene, clothes, 430, x, y); };
  return copy_odds(made::compared(item_showing({}, grey, edit), entry_showing(grey), {}).terms);
}

const TermCurve& curve_of(Term term) {
  return kCurves[static_cast<size_t>(term)];
}

using Question = double CopyOdds::Added::*;
constexpr Question kQuestions[] = {&CopyOdds::Added::element, &CopyOdds::Added::moment};

// What the term adds when it is `value`.
CopyOdds::Added added(Term term, double value) {
  Terms terms;
  terms[term] = value;
  return copy_odds(terms).added[static_cast<size_t>(term)];
}

// What the term adds, from below its first knot to above its last.
std::vector<double> along(Term term, Question question) {
  const double first = curve_of(term).front().at, last = curve_of(term).back().at;
  std::vector<double> adds;
  for (int i = -10; i <= 110; ++i)
    adds.push_back(added(term, first + i / 100.0 * (last - first)).*question);
  return adds;
}

// However the curves are fitted: more of what copies have never speaks against a copy.
TEST(CopyOdds, WhatCopiesHaveMoreOfOnlyRaisesTheOdds) {
  for (const Term term : {Term::kPlaces, Term::kFound, Term::kSpread, Term::kExact, Term::kBulk,
                          Term::kTones, Term::kOver, Term::kStraight})
    for (const Question question : kQuestions) {
      const std::vector<double> adds = along(term, question);
      EXPECT_TRUE(std::is_sorted(adds.begin(), adds.end())) << name_of(term);
    }
}

// The more of a picture is there, the less is it an element in common; but an editor crops, and a
// camera that stands still shows all of the scene again.
TEST(CopyOdds, HowMuchIsShownTellsFromAnElementAndNotFromAnotherMoment) {
  for (const Term term : {Term::kItemShare, Term::kEntryShare}) {
    const std::vector<double> element = along(term, &CopyOdds::Added::element);
    const std::vector<double> moment = along(term, &CopyOdds::Added::moment);
    EXPECT_TRUE(std::is_sorted(element.begin(), element.end())) << name_of(term);
    EXPECT_TRUE(std::is_sorted(moment.rbegin(), moment.rend())) << name_of(term);
  }
}

TEST(CopyOdds, WhatOtherPicturesHaveMoreOfOnlyLowersTheOdds) {
  for (const Term term : {Term::kDiffering, Term::kNoise, Term::kMoved, Term::kExchanged,
                          Term::kChanged, Term::kPieces, Term::kHash})
    for (const Question question : kQuestions) {
      const std::vector<double> adds = along(term, question);
      EXPECT_TRUE(std::is_sorted(adds.rbegin(), adds.rend())) << name_of(term);
    }
}

TEST(CopyOdds, ACurveGoesThroughItsKnotsAndIsLevelBeyondThem) {
  for (size_t i = 0; i < kTerms; ++i)
    for (const Question question : kQuestions) {
      const auto term = static_cast<Term>(i);
      const TermCurve& curve = curve_of(term);
      for (size_t k = 0; k < curve.size(); ++k) {
        const double here = curve[k].adds.*question;
        EXPECT_NEAR(added(term, curve[k].at).*question, here, 1e-9) << name_of(term);
        if (k == 0) continue;
        ASSERT_LT(curve[k - 1].at, curve[k].at) << name_of(term);
        EXPECT_NEAR(added(term, (curve[k - 1].at + curve[k].at) / 2).*question,
                    (curve[k - 1].adds.*question + here) / 2, 1e-9)
            << name_of(term);
      }
      const double first = curve.front().adds.*question, last = curve.back().adds.*question;
      for (const double far : {0.001, 1.0, 1e300}) {
        EXPECT_EQ(added(term, curve.front().at - far).*question, first) << name_of(term);
        EXPECT_EQ(added(term, curve.back().at + far).*question, last) << name_of(term);
      }
      EXPECT_EQ(added(term, std::nan("")).*question, first) << name_of(term);
    }
}

// Of both questions each is a sum, and a copy is as likely as the odds against both allow.
TEST(CopyOdds, AreTheSumOfWhatTermsAdd) {
  for (size_t from = 0; from < 5; ++from) {
    Terms terms;
    for (size_t i = 0; i < kTerms; ++i)
      terms.values[i] = curve_of(static_cast<Term>(i))[(i + from) % 5].at;
    const CopyOdds odds = copy_odds(terms);
    CopyOdds::Added sum = kStart;
    for (const CopyOdds::Added& one : odds.added)
      sum.element += one.element, sum.moment += one.moment;
    EXPECT_NEAR(odds.element, sum.element, 1e-9);
    EXPECT_NEAR(odds.moment, sum.moment, 1e-9);
    EXPECT_NEAR(odds.log_odds, -std::log(std::exp(-sum.element) + std::exp(-sum.moment)), 1e-9);
  }
}

TEST(CopyOdds, TermsAreToldByWhatTheyAdd) {
  Terms terms;
  for (size_t i = 0; i < kTerms; ++i) terms.values[i] = curve_of(static_cast<Term>(i))[i % 5].at;
  const CopyOdds odds = copy_odds(terms);
  double before = 1e9;
  std::set<Term> told;
  for (const Term term : by_weight(odds)) {
    const CopyOdds::Added& one = odds.added[static_cast<size_t>(term)];
    const double weight = std::max(std::abs(one.element), std::abs(one.moment));
    EXPECT_LE(weight, before) << name_of(term);
    before = weight;
    told.insert(term);
  }
  EXPECT_EQ(told.size(), kTerms);
}

TEST(CopyOdds, UnrelatedPicturesAreTheRarerTheHigherTheOdds) {
  double before = 1e300;
  for (double log_odds = -20; log_odds < 60; log_odds += 0.5) {
    CopyOdds odds;
    odds.log_odds = log_odds;
    const double expected = expected_of_unrelated(odds, 1'000);
    EXPECT_LE(expected, before);
    EXPECT_GT(expected, 0);
    EXPECT_DOUBLE_EQ(expected_of_unrelated(odds, 3'000), 3 * expected);
    before = expected;
  }
}

TEST(CopyOdds, AsManyUnrelatedPicturesAreExpectedAsExamplesHad) {
  CopyOdds odds;
  for (const Beyond& seen : kUnrelatedBeyond) {
    odds.log_odds = seen.odds;
    EXPECT_NEAR(expected_of_unrelated(odds, 1), seen.share * kSharedByUnrelated, 1e-12);
  }
  odds.log_odds = -1e9;
  EXPECT_EQ(expected_of_unrelated(odds, 1e6), sharing_of_unrelated(1e6));
  // Beyond the examples ten times the odds are ten times fewer.
  odds.log_odds = 20;
  const double surer = expected_of_unrelated(odds, 1e6);
  odds.log_odds -= std::log(10);
  EXPECT_NEAR(expected_of_unrelated(odds, 1e6) / surer, 10, 1e-6);
}

TEST(CopyOdds, WhatIsDoneToAllOfAPictureLeavesItACopy) {
  for (const Edit edit : {untouched, gamma, faint, noisy})
    for (unsigned seed = 0; seed < 3; ++seed)
      for (const auto& transform : {similarity(1, 0, 0, 0), similarity(0.4, 0.2, 150, 80),
                                    similarity(1.8, 0, -300, -150), mirror(640)}) {
        const made::Scene scene(seed);
        const auto grey = [&](double x, double y) { return scene.at(x, y); };
        const double odds =
            odds_of(item_showing(transform, grey, edit), entry_showing(grey), transform);
        EXPECT_GE(odds, kLikely) << made::edit_name(edit) << " " << seed;
      }
}

// Eight tones are fewer than any edit leaves that the curves were fitted to. They are not taken for
// another moment all the same.
TEST(CopyOdds, OfEightTonesAPictureIsNearerACopyThanAnotherMomentIs) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    const CopyOdds same = odds_of_the_same(seed, eight_tones);
    EXPECT_GT(same.moment, -3) << seed;
    EXPECT_GT(same.log_odds, odds_of_somebody_who_moved(seed, eight_tones).log_odds + 1) << seed;
  }
}

TEST(CopyOdds, WhatIsPutOnTopLeavesItACopy) {
  for (const Edit edit : {captioned, stickered})
    for (unsigned seed = 0; seed < 10; ++seed) {
      const made::Scene scene(seed);
      const auto grey = [&](double x, double y) { return scene.at(x, y); };
      const auto transform = similarity(0.8, 0, 20, 10);
      const double odds =
          odds_of(item_showing(transform, grey, edit), entry_showing(grey), transform);
      EXPECT_GE(odds, kLikely) << seed;
    }
}

// A wall with a little on it: what is put before it may be most of what there is to see.
TEST(CopyOdds, AWallWithACaptionIsACopy) {
  const made::Scene scene(2);
  const auto wall = [&](double x, double y) { return x < 230 && y < 190 ? scene.at(x, y) : 140.0; };
  const auto with_caption = [&](double x, double y) {
    if (y < 350) return wall(x, y);
    return std::fmod(y, 40) < 22 && std::fmod(x, 24) < 11 ? 20.0 : 250.0;
  };
  EXPECT_GE(odds_of(item_showing({}, with_caption, untouched), entry_showing(wall), {}), kLikely);
}

// Somebody stood in one place when the entry was taken and in another when the item was.
TEST(CopyOdds, SomebodyWhoMovedSpeaksOfAnotherMoment) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const CopyOdds moved = odds_of_somebody_who_moved(seed, noisy);
    const CopyOdds same = odds_of_the_same(seed, noisy);
    EXPECT_LT(moved.log_odds, same.log_odds - 3) << seed;
    EXPECT_LT(moved.moment, same.moment - 4) << seed;
    EXPECT_LT(moved.moment, moved.element) << seed;
  }
}

// Of unrelated pictures a few spots agree by chance, in one corner.
TEST(CopyOdds, OtherContentIsNoCopy) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed), other(seed + 500);
    const auto shown = [&](double x, double y) { return other.at(x, y); };
    const auto known = [&](double x, double y) { return scene.at(x, y); };
    const Terms terms =
        made::compared(item_showing({}, shown, untouched), entry_showing(known), {}, 8, 0.1).terms;
    EXPECT_LT(copy_odds(terms).log_odds, 0) << seed;
  }
}

}  // namespace
}  // namespace weir
