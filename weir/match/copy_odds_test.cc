// SPDX-License-Identifier: Apache-2.0
#include "weir/match/copy_odds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "weir/align/made_comparisons_for_test.h"
#include "weir/match/copy_odds_table.h"

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

constexpr double kLikely = 2.5;  // odds of a copy, as a logarithm

double odds_of(const PictureFeatures& item, const PictureFeatures& entry,
               const PictureTransform& transform) {
  return copy_odds(made::compared(item, entry, transform).terms).log_odds;
}

// Somebody in the middle of the picture, as an outline.
bool in_figure(double x, double y) {
  const double across = std::abs(x - 320), half = 40 + 20 * std::sin(y / 31) + (y - 200) / 10;
  return (y > 190 && y < 420 && across < half) || std::hypot(across, y - 150) < 45;
}

// The same of many tones.
double with_figure(const made::Scene& scene, const made::Scene& tones, double x, double y) {
  return in_figure(x, y) ? std::clamp(tones.at(x, y) * 1.3 - 40, 0.0, 255.0) : scene.at(x, y);
}

// Of ten scenes into which the figure came: how much looks like somebody who came, and in how many
// the item is called a copy. `put_on` gives the tone of what an editor put on at x, y, if anything.
struct WithFigure {
  double newcomers = 0;
  int copies = 0;
};
template <class PutOn>
WithFigure scenes_with_figure(const PutOn& put_on) {
  WithFigure out;
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed), tones(seed + 1'000);
    const auto shown = [&](double x, double y) {
      const std::optional<double> tone = put_on(scene, x, y);
      return tone ? *tone : with_figure(scene, tones, x, y);
    };
    const PictureFeatures entry = entry_showing([&](double x, double y) { return scene.at(x, y); });
    const Terms terms = made::compared(item_showing({}, shown, untouched), entry, {}).terms;
    out.newcomers += terms[Term::kNewcomers];
    out.copies += copy_odds(terms).log_odds >= kLikely;
  }
  return out;
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

// What the term adds when it is `value`.
double added(Term term, double value) {
  Terms terms;
  terms[term] = value;
  return copy_odds(terms).added[static_cast<size_t>(term)];
}

// What the term adds, from below its first knot to above its last.
std::vector<double> along(Term term) {
  const double first = curve_of(term).knots.front().at, last = curve_of(term).knots.back().at;
  std::vector<double> adds;
  for (int i = -10; i <= 110; ++i) adds.push_back(added(term, first + i / 100.0 * (last - first)));
  return adds;
}

// However the curves are fitted: more of what copies have never speaks against a copy.
TEST(CopyOdds, WhatCopiesHaveMoreOfOnlyRaisesTheOdds) {
  for (const Term term : {Term::kPlaces, Term::kFound, Term::kSpread, Term::kBlocks,
                          Term::kAgreeing, Term::kTypical, Term::kExact, Term::kBulk, Term::kLarger,
                          Term::kItemShare, Term::kEntryShare, Term::kTones, Term::kStraight}) {
    const std::vector<double> adds = along(term);
    EXPECT_TRUE(std::is_sorted(adds.begin(), adds.end())) << name_of(term);
  }
}

TEST(CopyOdds, WhatOtherPicturesHaveMoreOfOnlyLowersTheOdds) {
  for (const Term term :
       {Term::kDiffering, Term::kPartly, Term::kNoise, Term::kMoved, Term::kTogether,
        Term::kMovedApart, Term::kExchanged, Term::kBalance, Term::kOutlines, Term::kNewcomers,
        Term::kChanged, Term::kBeside, Term::kShifted, Term::kStrain, Term::kHash}) {
    const std::vector<double> adds = along(term);
    EXPECT_TRUE(std::is_sorted(adds.rbegin(), adds.rend())) << name_of(term);
  }
}

TEST(CopyOdds, ACurveGoesThroughItsKnotsAndIsLevelBeyondThem) {
  for (size_t i = 0; i < kTerms; ++i) {
    const auto term = static_cast<Term>(i);
    const auto& knots = curve_of(term).knots;
    for (size_t k = 0; k < knots.size(); ++k) {
      EXPECT_NEAR(added(term, knots[k].at), knots[k].adds, 1e-9) << name_of(term);
      if (k == 0) continue;
      ASSERT_LT(knots[k - 1].at, knots[k].at) << name_of(term);
      EXPECT_NEAR(added(term, (knots[k - 1].at + knots[k].at) / 2),
                  (knots[k - 1].adds + knots[k].adds) / 2, 1e-9)
          << name_of(term);
    }
    for (const double far : {0.001, 1.0, 1e300}) {
      EXPECT_EQ(added(term, knots.front().at - far), knots.front().adds) << name_of(term);
      EXPECT_EQ(added(term, knots.back().at + far), knots.back().adds) << name_of(term);
    }
    EXPECT_EQ(added(term, std::nan("")), knots.front().adds) << name_of(term);
  }
}

TEST(CopyOdds, AreTheSumOfWhatTermsAdd) {
  Terms terms;
  for (size_t i = 0; i < kTerms; ++i)
    terms.values[i] = curve_of(static_cast<Term>(i)).knots[i % 5].at;
  const CopyOdds odds = copy_odds(terms);
  double sum = kBias, moment = 0;
  for (size_t i = 0; i < kTerms; ++i) {
    sum += odds.added[i];
    if (sense_of(static_cast<Term>(i)) == Sense::kMoment) moment += std::min(0.0, odds.added[i]);
  }
  EXPECT_NEAR(odds.log_odds, sum, 1e-9);
  EXPECT_NEAR(odds.moment, moment, 1e-9);
  EXPECT_EQ(sense_of(Term::kMoved), Sense::kMoment);
  EXPECT_EQ(sense_of(Term::kAgreeing), Sense::kShared);
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
TEST(CopyOdds, AWallWithACaptionIsLikelierACopyThanOneWithSomethingBeforeIt) {
  const made::Scene scene(2), other(9);
  const auto wall = [&](double x, double y) { return x < 230 && y < 190 ? scene.at(x, y) : 140.0; };
  const auto with_caption = [&](double x, double y) {
    if (y < 350) return wall(x, y);
    return std::fmod(y, 40) < 22 && std::fmod(x, 24) < 11 ? 20.0 : 250.0;
  };
  const auto with_crowd = [&](double x, double y) {
    return y > 330 + 25 * std::sin(x / 17) + 20 * std::sin(x / 41) ? other.at(x, y) : wall(x, y);
  };
  const PictureFeatures entry = entry_showing(wall);
  const double captioned = odds_of(item_showing({}, with_caption, untouched), entry, {});
  EXPECT_GE(captioned, kLikely);
  EXPECT_GT(captioned, odds_of(item_showing({}, with_crowd, untouched), entry, {}) + 1);
}

// Who came into the picture is somebody, unless its colours are a sticker's.
TEST(CopyOdds, ColoursTellStickersFromNewcomers) {
  int raised = 0;
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed), tones(seed + 1'000);
    const auto shown = [&](double x, double y) { return with_figure(scene, tones, x, y); };
    PictureFeatures item = item_showing({}, shown, untouched);
    const PictureFeatures entry = entry_showing([&](double x, double y) { return scene.at(x, y); });
    const double in_grey = odds_of(item, entry, {});
    const auto odds_in = [&](std::array<double, 3> tint) {
      item.colours = {{}, 256, 192, 3};
      for (uint32_t y = 0; y < 192; ++y)
        for (uint32_t x = 0; x < 256; ++x)
          for (const double factor : tint)
            item.colours.samples.push_back(
                static_cast<uint8_t>(in_figure(x * 2.5, y * 2.5) ? 200 * factor : 120));
      return odds_of(item, entry, {});
    };
    EXPECT_DOUBLE_EQ(odds_in({1, 0.85, 0.75}), in_grey) << seed;
    const double in_strong = odds_in({1, 0.8, 0.1});
    EXPECT_GE(in_strong, in_grey) << seed;
    EXPECT_GE(in_strong, kLikely) << seed;
    raised += in_strong > in_grey + 1;
  }
  EXPECT_GE(raised, 8);
}

// Beside stickers that cover more than it does, a figure is one more of them.
TEST(CopyOdds, AFigureTellsOnlyBesideSmallerStickers) {
  const auto beside = [](double radius) {
    return scenes_with_figure([=](const made::Scene&, double x, double y) -> std::optional<double> {
      const double middle = x < 320 ? 110 : 530;
      if (std::hypot(x - middle, y - 240) < radius) return 235;
      return std::nullopt;
    });
  };
  const WithFigure small = beside(30), large = beside(85);
  EXPECT_GT(small.newcomers, 4 * large.newcomers);
  EXPECT_GE(large.copies, 7);
}

// Nor does one tell anything where most outlines of what changed are level or upright ones, as
// those of a band that an editor put beside it are.
TEST(CopyOdds, AFigureTellsNothingBesideAPastedBand) {
  const auto beside = [](double width) {
    return scenes_with_figure(
        [=](const made::Scene& scene, double x, double) -> std::optional<double> {
          if (std::abs(x - 160) >= width / 2) return std::nullopt;
          return scene.at(160, 240) < 128 ? 250 : 5;
        });
  };
  const WithFigure alone = beside(0), banded = beside(60);
  EXPECT_GT(alone.newcomers, 4 * banded.newcomers);
  EXPECT_GE(banded.copies, 8);
}

// Somebody stood in one place when the entry was taken and in another when the item was.
TEST(CopyOdds, SomebodyWhoMovedSpeaksOfAnotherMoment) {
  int moments = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const CopyOdds moved = odds_of_somebody_who_moved(seed, noisy);
    const CopyOdds same = odds_of_the_same(seed, noisy);
    EXPECT_LT(moved.log_odds, same.log_odds - 3) << seed;
    EXPECT_EQ(same.moment, 0) << seed;
    moments += moved.moment < -1;
  }
  EXPECT_GE(moments, 18);
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
