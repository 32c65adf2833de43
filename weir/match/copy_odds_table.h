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

constexpr double kBias = -11.3;
// Of pairs of unrelated pictures, the share that has anything in common.
constexpr double kSharedByUnrelated = 0.00038;
// Of these, the share with odds over kTailFrom; it falls by e with each kTailStep.
constexpr double kTailShare = 0.05;
constexpr double kTailFrom = 1.28;
constexpr double kTailStep = 0.65;
// clang-format off
constexpr std::array<TermCurve, kTerms> kCurves{{
    {Sense::kShared, {{{2, 0}, {4, 0.13}, {5, 0.13}, {6.5, 0.13}, {8, 0.64}}}},  // places
    {Sense::kShared, {{{0.05, 0}, {0.15, 3.6}, {0.3, 5.5}, {0.6, 6.67}, {0.9, 7.28}}}},  // found
    {Sense::kShared, {{{0.02, 0}, {0.1, 6.44}, {0.3, 7.41}, {0.6, 7.41}, {0.9, 7.41}}}},  // spread
    {Sense::kShared, {{{1, 0}, {3, 0.63}, {5, 0.63}, {6.5, 0.63}, {8, 0.63}}}},  // blocks
    {Sense::kShared, {{{0.3, 0}, {0.5, 0}, {0.7, 0}, {0.9, 0}, {1, 2.2}}}},  // agreeing
    {Sense::kShared, {{{0, 0}, {0.02, 0}, {0.1, 0}, {0.3, 0}, {0.6, -1.78}}}},  // differing
    {Sense::kShared, {{{0, 0}, {0.05, -1.69}, {0.15, -1.69}, {0.3, -1.69}, {0.5, -1.69}}}},  // partly
    {Sense::kShared, {{{0.8, 0}, {0.9, 0}, {0.95, 0}, {0.98, 0}, {1, 0.51}}}},  // typical
    {Sense::kShared, {{{0, 0}, {0.1, 1.58}, {0.25, 1.58}, {0.5, 1.58}, {0.8, 1.58}}}},  // bulk
    {Sense::kShared, {{{0.05, 0}, {0.15, 0}, {0.25, 1.31}, {0.4, 1.31}, {0.7, 1.31}}}},  // larger
    {Sense::kShared, {{{0.02, 0}, {0.1, 1.54}, {0.3, 1.64}, {0.6, 1.64}, {0.95, 1.64}}}},  // item_share
    {Sense::kShared, {{{0.02, 0}, {0.1, 0.17}, {0.3, 0.17}, {0.6, 0.17}, {0.95, 0.17}}}},  // entry_share
    {Sense::kShared, {{{1, 0}, {2, 1.29}, {3, 1.29}, {3.7, 1.29}, {4.5, 1.32}}}},  // tones
    {Sense::kShared, {{{0.04, 0}, {0.07, -4.94}, {0.1, -5.16}, {0.15, -5.16}, {0.3, -5.16}}}},  // noise
    {Sense::kMoment, {{{0, 0}, {1, -0.3}, {2, -3.02}, {3.5, -4.94}, {5, -4.94}}}},  // moved
    {Sense::kMoment, {{{0, 0}, {1, 0}, {2, -2.44}, {3.5, -2.44}, {5, -2.44}}}},  // together
    {Sense::kMoment, {{{0, 0}, {1, 0}, {2, 0}, {3.5, 0}, {5, 0}}}},  // moved_apart
    {Sense::kMoment, {{{0, 0}, {1.5, 0}, {3, -1.57}, {4.5, -1.57}, {6, -1.57}}}},  // exchanged
    {Sense::kMoment, {{{0, 0}, {0.05, 0}, {0.12, -0.81}, {0.25, -0.81}, {0.5, -0.81}}}},  // balance
    {Sense::kMoment, {{{0, 0}, {0.08, 0}, {0.18, -0.18}, {0.3, -1.62}, {0.5, -1.62}}}},  // outlines
    {Sense::kMoment, {{{0, 0}, {0.02, -0.76}, {0.05, -0.76}, {0.1, -0.76}, {0.2, -0.76}}}},  // newcomers
    {Sense::kShared, {{{0, 0}, {0.01, -3.09}, {0.04, -3.09}, {0.12, -3.09}, {0.4, -3.09}}}},  // changed
    {Sense::kShared, {{{0, 0}, {0.02, 0.08}, {0.06, 0.81}, {0.15, 2.44}, {0.4, 0.55}}}},  // put_on
    {Sense::kShared, {{{0, 0}, {0.1, 0}, {0.25, 0}, {0.4, 3.14}, {0.8, 3.52}}}},  // straight
    {Sense::kShared, {{{0, 0}, {0.25, 0}, {0.6, 0}, {1, 0}, {2, 0}}}},  // beside
    {Sense::kMoment, {{{0, 0}, {0.06, 0}, {0.15, 0}, {0.3, 0}, {0.6, 0}}}},  // shifted
    {Sense::kShared, {{{0, 0}, {0.05, 0}, {0.15, 0}, {0.3, 0}, {0.6, 0}}}},  // strain
    {Sense::kShared, {{{0, 0}, {1, -2.16}, {1.6, -3.95}, {2.6, -0.49}, {3.6, -1.47}}}},  // pieces
    {Sense::kShared, {{{0, 2.31}, {10, 0.93}, {20, 0.51}, {31, 0.51}, {48, 0}}}},  // hash
}};
// clang-format on

}  // namespace weir
