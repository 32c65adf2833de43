// SPDX-License-Identifier: Apache-2.0
//
// Written by bench/accuracy/fit.py; docs/evidence.md has it in words.
#pragma once

#include "weir/match/copy_odds.h"

namespace weir {

struct Knot {
  double at = 0;    // of the quantity
  double adds = 0;  // to the logarithm of the odds
};
struct TermCurve {
  Sense sense = Sense::kShared;
  std::array<Knot, 5> knots{};
};

constexpr double kBias = -13.26;
// Of pairs of unrelated pictures, the share that has anything in common.
constexpr double kSharedByUnrelated = 0.00044;
// Of these, the share whose odds exceed kTailFrom.
constexpr double kTailShare = 0.02;
constexpr double kTailFrom = 1.21;
// clang-format off
constexpr std::array<TermCurve, kTerms> kCurves{{
    // places
    {Sense::kShared, {{{2, 0}, {4, 0}, {5, 0}, {6.5, 0}, {8, 1.16}}}},
    // found
    {Sense::kShared, {{{0.05, 0}, {0.15, 3.93}, {0.3, 6.64}, {0.6, 7.26}, {0.9, 9.05}}}},
    // spread
    {Sense::kShared, {{{0.02, 0}, {0.1, 4.93}, {0.3, 6.79}, {0.6, 6.79}, {0.9, 6.79}}}},
    // blocks
    {Sense::kShared, {{{1, 0}, {3, 0}, {5, 0}, {6.5, 0}, {8, 0}}}},
    // agreeing
    {Sense::kShared, {{{0.3, 0}, {0.5, 0}, {0.7, 0}, {0.9, 0}, {1, 1.69}}}},
    // differing
    {Sense::kShared, {{{0, 0}, {0.02, 0}, {0.1, 0}, {0.3, -0.37}, {0.6, -1.74}}}},
    // partly
    {Sense::kShared, {{{0, 0}, {0.05, 0}, {0.15, 0}, {0.3, 0}, {0.5, 0}}}},
    // typical
    {Sense::kShared, {{{0.8, 0}, {1.5, 0}, {2, 0}, {2.4, 0.01}, {3, 0.01}}}},
    // exact
    {Sense::kShared, {{{1.6, 0}, {2.1, 0}, {2.4, 0}, {2.7, 1.15}, {3.2, 2.39}}}},
    // bulk
    {Sense::kShared, {{{0, 0}, {0.1, 1.86}, {0.25, 2.25}, {0.5, 2.25}, {0.8, 2.25}}}},
    // larger
    {Sense::kShared, {{{0.05, 0}, {0.15, 0}, {0.25, 0.55}, {0.4, 0.55}, {0.7, 0.55}}}},
    // item_share
    {Sense::kShared, {{{0.02, 0}, {0.1, 0.97}, {0.3, 1.95}, {0.6, 3.09}, {0.95, 3.09}}}},
    // entry_share
    {Sense::kShared, {{{0.02, 0}, {0.1, 0}, {0.3, 0}, {0.6, 0.03}, {0.95, 1.65}}}},
    // tones
    {Sense::kShared, {{{1, 0}, {2, 0}, {3, 0}, {3.7, 0.62}, {4.5, 1.37}}}},
    // noise
    {Sense::kShared, {{{0.04, 0}, {0.07, -4.46}, {0.1, -4.46}, {0.15, -4.46}, {0.3, -4.46}}}},
    // moved
    {Sense::kMoment, {{{0, 0}, {1, -0.66}, {2, -3.78}, {3.5, -5.5}, {5, -5.5}}}},
    // together
    {Sense::kMoment, {{{0, 0}, {1, -0.35}, {2, -1.5}, {3.5, -1.5}, {5, -1.5}}}},
    // moved_apart
    {Sense::kMoment, {{{0, 0}, {1, 0}, {2, 0}, {3.5, 0}, {5, 0}}}},
    // exchanged
    {Sense::kMoment, {{{0, 0}, {1.5, -0.21}, {3, -2.73}, {4.5, -2.73}, {6, -2.73}}}},
    // balance
    {Sense::kMoment, {{{0, 0}, {0.05, 0}, {0.12, 0}, {0.25, 0}, {0.5, 0}}}},
    // outlines
    {Sense::kMoment, {{{0, 0}, {0.08, -0.22}, {0.18, -0.33}, {0.3, -2.27}, {0.5, -2.27}}}},
    // newcomers
    {Sense::kMoment, {{{0, 0}, {0.02, -0.27}, {0.05, -0.27}, {0.1, -0.27}, {0.2, -0.27}}}},
    // changed
    {Sense::kShared, {{{0, 0}, {0.01, -2.17}, {0.04, -2.17}, {0.12, -2.17}, {0.4, -2.17}}}},
    // put_on
    {Sense::kShared, {{{0, 0}, {0.02, -0.33}, {0.06, 0.87}, {0.15, 1.22}, {0.4, -0.96}}}},
    // straight
    {Sense::kShared, {{{0, 0}, {0.1, 0}, {0.25, 0}, {0.4, 2.64}, {0.8, 3.18}}}},
    // beside
    {Sense::kShared, {{{0, 0}, {0.25, 0}, {0.6, 0}, {1, -0.31}, {2, -0.31}}}},
    // shifted
    {Sense::kMoment, {{{0, 0}, {0.06, 0}, {0.15, 0}, {0.3, 0}, {0.6, 0}}}},
    // strain
    {Sense::kShared, {{{0, 0}, {0.05, 0}, {0.15, 0}, {0.3, 0}, {0.6, 0}}}},
    // pieces
    {Sense::kShared, {{{0, 0}, {1, -1.82}, {1.6, -1.96}, {2.6, -2.08}, {3.6, -1.83}}}},
    // hash
    {Sense::kShared, {{{0, 1.57}, {10, 0.7}, {20, 0.49}, {31, 0.49}, {48, 0}}}},
}};
// clang-format on

}  // namespace weir
