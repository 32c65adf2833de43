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

constexpr double kBias = -12.31;
// Of pairs of unrelated pictures, the share that has anything in common.
constexpr double kSharedByUnrelated = 0.00045;
// Of these, the share with odds over kTailFrom; it falls by e with each kTailStep.
constexpr double kTailShare = 0.1;
constexpr double kTailFrom = -1.26;
constexpr double kTailStep = 2.29;
// clang-format off
constexpr std::array<TermCurve, kTerms> kCurves{{
    // places
    {Sense::kShared, {{{2, 0}, {4, 0.92}, {5, 0.92}, {6.5, 0.92}, {8, 2.78}}}},
    // found
    {Sense::kShared, {{{0.05, 0}, {0.15, 3.81}, {0.3, 5.15}, {0.6, 6.32}, {0.9, 7.48}}}},
    // spread
    {Sense::kShared, {{{0.02, 0}, {0.1, 5.89}, {0.3, 6.92}, {0.6, 6.92}, {0.9, 6.92}}}},
    // blocks
    {Sense::kShared, {{{1, 0}, {3, 0}, {5, 0}, {6.5, 0}, {8, 0}}}},
    // agreeing
    {Sense::kShared, {{{0.3, 0}, {0.5, 0}, {0.7, 0}, {0.9, 0}, {1, 3.13}}}},
    // differing
    {Sense::kShared, {{{0, 0}, {0.02, 0}, {0.1, 0}, {0.3, 0}, {0.6, -1.51}}}},
    // partly
    {Sense::kShared, {{{0, 0}, {0.05, -1.42}, {0.15, -1.42}, {0.3, -1.42}, {0.5, -1.42}}}},
    // typical
    {Sense::kShared, {{{0.8, 0}, {1.5, 0}, {2, 0}, {2.4, 0}, {3, 0}}}},
    // exact
    {Sense::kShared, {{{1.6, 0}, {2.1, 0}, {2.4, 0}, {2.7, 1.11}, {3.2, 3.46}}}},
    // bulk
    {Sense::kShared, {{{0, 0}, {0.1, 3}, {0.25, 3}, {0.5, 3}, {0.8, 3}}}},
    // larger
    {Sense::kShared, {{{0.05, 0}, {0.15, 0}, {0.25, 0.17}, {0.4, 0.24}, {0.7, 0.24}}}},
    // item_share
    {Sense::kShared, {{{0.02, 0}, {0.1, 1}, {0.3, 2.39}, {0.6, 2.39}, {0.95, 2.39}}}},
    // entry_share
    {Sense::kShared, {{{0.02, 0}, {0.1, 0}, {0.3, 0}, {0.6, 0}, {0.95, 1.27}}}},
    // tones
    {Sense::kShared, {{{1, 0}, {2, 0}, {3, 0.1}, {3.7, 0.98}, {4.5, 2.15}}}},
    // noise
    {Sense::kShared, {{{0.04, 0}, {0.07, -4.36}, {0.1, -4.36}, {0.15, -4.36}, {0.3, -4.36}}}},
    // moved
    {Sense::kMoment, {{{0, 0}, {1, -0.43}, {2, -4.29}, {3.5, -7.7}, {5, -7.7}}}},
    // together
    {Sense::kMoment, {{{0, 0}, {1, 0}, {2, -2.44}, {3.5, -2.44}, {5, -2.44}}}},
    // moved_apart
    {Sense::kMoment, {{{0, 0}, {1, 0}, {2, 0}, {3.5, 0}, {5, 0}}}},
    // exchanged
    {Sense::kMoment, {{{0, 0}, {1.5, -1.51}, {3, -2.2}, {4.5, -2.2}, {6, -2.2}}}},
    // balance
    {Sense::kMoment, {{{0, 0}, {0.05, 0}, {0.12, -1.15}, {0.25, -1.15}, {0.5, -1.15}}}},
    // outlines
    {Sense::kMoment, {{{0, 0}, {0.08, 0}, {0.18, -0.32}, {0.3, -2.56}, {0.5, -2.56}}}},
    // newcomers
    {Sense::kMoment, {{{0, 0}, {0.02, -0.49}, {0.05, -0.49}, {0.1, -0.49}, {0.2, -0.49}}}},
    // changed
    {Sense::kShared, {{{0, 0}, {0.01, -3.05}, {0.04, -3.05}, {0.12, -3.05}, {0.4, -3.05}}}},
    // put_on
    {Sense::kShared, {{{0, 0}, {0.02, -0.48}, {0.06, 0.85}, {0.15, 1.51}, {0.4, -0.32}}}},
    // straight
    {Sense::kShared, {{{0, 0}, {0.1, 0}, {0.25, 0}, {0.4, 3.14}, {0.8, 3.14}}}},
    // beside
    {Sense::kShared, {{{0, 0}, {0.25, 0}, {0.6, 0}, {1, 0}, {2, 0}}}},
    // shifted
    {Sense::kMoment, {{{0, 0}, {0.06, 0}, {0.15, 0}, {0.3, 0}, {0.6, 0}}}},
    // strain
    {Sense::kShared, {{{0, 0}, {0.05, 0}, {0.15, 0}, {0.3, 0}, {0.6, 0}}}},
    // pieces
    {Sense::kShared, {{{0, 0}, {1, -3}, {1.6, -1.91}, {2.6, -1.59}, {3.6, -1.15}}}},
    // hash
    {Sense::kShared, {{{0, 2.4}, {10, 0.37}, {20, 0.19}, {31, 0.19}, {48, 0}}}},
}};
// clang-format on

}  // namespace weir
