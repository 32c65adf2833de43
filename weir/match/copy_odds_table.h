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

constexpr double kBias = -13.63;
// Of pairs of unrelated pictures, the share that has anything in common.
constexpr double kSharedByUnrelated = 0.00045;
// Of these, the share whose odds exceed kTailFrom.
constexpr double kTailShare = 0.02;
constexpr double kTailFrom = 1.60;
// clang-format off
constexpr std::array<TermCurve, kTerms> kCurves{{
    // places
    {Sense::kShared, {{{2, 0}, {4, 0.34}, {5, 0.34}, {6.5, 0.34}, {8, 1.35}}}},
    // found
    {Sense::kShared, {{{0.05, 0}, {0.15, 4.05}, {0.3, 6.67}, {0.6, 7.15}, {0.9, 9.13}}}},
    // spread
    {Sense::kShared, {{{0.02, 0}, {0.1, 5.03}, {0.3, 6.62}, {0.6, 6.62}, {0.9, 6.62}}}},
    // blocks
    {Sense::kShared, {{{1, 0}, {3, 0}, {5, 0}, {6.5, 0}, {8, 0}}}},
    // agreeing
    {Sense::kShared, {{{0.3, 0}, {0.5, 0}, {0.7, 0}, {0.9, 0}, {1, 1.33}}}},
    // differing
    {Sense::kShared, {{{0, 0}, {0.02, 0}, {0.1, 0}, {0.3, -0.06}, {0.6, -2.06}}}},
    // partly
    {Sense::kShared, {{{0, 0}, {0.05, -0.5}, {0.15, -0.5}, {0.3, -0.5}, {0.5, -0.5}}}},
    // typical
    {Sense::kShared, {{{0.8, 0}, {1.5, 0}, {2, 0}, {2.4, 0}, {3, 0}}}},
    // exact
    {Sense::kShared, {{{1.6, 0}, {2.1, 0}, {2.4, 0}, {2.7, 1.29}, {3.2, 2.66}}}},
    // bulk
    {Sense::kShared, {{{0, 0}, {0.1, 1.94}, {0.25, 1.94}, {0.5, 1.94}, {0.8, 1.94}}}},
    // larger
    {Sense::kShared, {{{0.05, 0}, {0.15, 0}, {0.25, 0.49}, {0.4, 0.49}, {0.7, 0.49}}}},
    // item_share
    {Sense::kShared, {{{0.02, 0}, {0.1, 0.76}, {0.3, 1.82}, {0.6, 2.91}, {0.95, 2.91}}}},
    // entry_share
    {Sense::kShared, {{{0.02, 0}, {0.1, 0}, {0.3, 0}, {0.6, 0}, {0.95, 1.56}}}},
    // tones
    {Sense::kShared, {{{1, 0}, {2, 0}, {3, 0}, {3.7, 0.76}, {4.5, 1.44}}}},
    // noise
    {Sense::kShared, {{{0.04, 0}, {0.07, -3.31}, {0.1, -3.31}, {0.15, -3.31}, {0.3, -3.31}}}},
    // moved
    {Sense::kMoment, {{{0, 0}, {1, -0.66}, {2, -3.75}, {3.5, -6.29}, {5, -6.29}}}},
    // together
    {Sense::kMoment, {{{0, 0}, {1, -0.17}, {2, -1.95}, {3.5, -1.95}, {5, -1.95}}}},
    // moved_apart
    {Sense::kMoment, {{{0, 0}, {1, 0}, {2, 0}, {3.5, 0}, {5, 0}}}},
    // exchanged
    {Sense::kMoment, {{{0, 0}, {1.5, -1.04}, {3, -2.4}, {4.5, -2.4}, {6, -2.4}}}},
    // balance
    {Sense::kMoment, {{{0, 0}, {0.05, 0}, {0.12, -0.41}, {0.25, -0.41}, {0.5, -0.41}}}},
    // outlines
    {Sense::kMoment, {{{0, 0}, {0.08, 0}, {0.18, -0.22}, {0.3, -2.07}, {0.5, -2.07}}}},
    // newcomers
    {Sense::kMoment, {{{0, 0}, {0.02, -0.34}, {0.05, -0.34}, {0.1, -0.34}, {0.2, -0.34}}}},
    // changed
    {Sense::kShared, {{{0, 0}, {0.01, -2.25}, {0.04, -2.25}, {0.12, -2.25}, {0.4, -2.25}}}},
    // put_on
    {Sense::kShared, {{{0, 0}, {0.02, -0.2}, {0.06, 0.78}, {0.15, 0.79}, {0.4, -0.91}}}},
    // straight
    {Sense::kShared, {{{0, 0}, {0.1, 0}, {0.25, 0}, {0.4, 2.73}, {0.8, 2.73}}}},
    // beside
    {Sense::kShared, {{{0, 0}, {0.25, 0}, {0.6, 0}, {1, -0.12}, {2, -0.12}}}},
    // shifted
    {Sense::kMoment, {{{0, 0}, {0.06, 0}, {0.15, 0}, {0.3, 0}, {0.6, 0}}}},
    // strain
    {Sense::kShared, {{{0, 0}, {0.05, 0}, {0.15, 0}, {0.3, 0}, {0.6, 0}}}},
    // pieces
    {Sense::kShared, {{{0, 0}, {1, -2.31}, {1.6, -1.67}, {2.6, -2.28}, {3.6, -1.98}}}},
    // hash
    {Sense::kShared, {{{0, 1.59}, {10, 0.61}, {20, 0.44}, {31, 0.44}, {48, 0}}}},
}};
// clang-format on

}  // namespace weir
