// SPDX-License-Identifier: Apache-2.0
//
// Written by bench/accuracy/fit.py; docs/evidence.md has it in words.
#pragma once

#include "weir/match/copy_odds.h"

namespace weir {

// What is added at a value of a term, to the logarithms of both odds.
struct Knot {
  double at = 0;
  CopyOdds::Added adds;
};
using TermCurve = std::array<Knot, 5>;

constexpr CopyOdds::Added kStart{-10.51, 5.65};
// Of pairs of unrelated pictures, the share that has anything in common.
constexpr double kSharedByUnrelated = 0.0004;
// Of these, the share whose odds exceed kTailFrom.
constexpr double kTailShare = 0.02;
constexpr double kTailFrom = -0.22;
// clang-format off
constexpr std::array<TermCurve, kTerms> kCurves{{
    // places
    {{{2, {0, 0}}, {4, {0, 0.66}}, {5, {0, 0.66}}, {6.5, {0, 0.66}}, {8, {0, 2.07}}}},
    // found
    {{{0.05, {0, 0}}, {0.15, {1.28, 0}}, {0.3, {3.37, 0}}, {0.6, {5.26, 0}}, {0.9, {7.96, 0}}}},
    // spread
    {{{0.02, {0, 0}}, {0.1, {1.48, 2.37}}, {0.3, {3.11, 2.37}}, {0.6, {4.42, 2.37}}, {0.9, {4.42, 2.37}}}},
    // differing
    {{{0, {0, 0}}, {0.02, {0, -1.19}}, {0.1, {0, -1.77}}, {0.3, {0, -1.77}}, {0.6, {0, -1.94}}}},
    // exact
    {{{1.2, {0, 0}}, {1.8, {0, 0}}, {2.3, {0.02, 0}}, {2.8, {1.97, 0}}, {3.3, {2.85, 0}}}},
    // bulk
    {{{0, {0, 0}}, {0.1, {0, 0}}, {0.25, {0, 0.05}}, {0.5, {0, 0.05}}, {0.8, {0, 0.56}}}},
    // item_share
    {{{0.02, {0, 0}}, {0.1, {0, 0}}, {0.3, {1.08, 0}}, {0.6, {3.89, 0}}, {0.95, {4.01, 0}}}},
    // entry_share
    {{{0.02, {0, 0}}, {0.1, {0, 0}}, {0.3, {0.04, 0}}, {0.6, {2.09, 0}}, {0.95, {2.64, 0}}}},
    // tones
    {{{1, {0, 0}}, {2, {0, 0}}, {3, {0, 0}}, {3.7, {0.86, 0}}, {4.5, {1.77, 0}}}},
    // noise
    {{{0.03, {0, 0}}, {0.08, {0, -4.94}}, {0.16, {0, -4.94}}, {0.3, {0, -4.94}}, {0.6, {0, -4.94}}}},
    // moved
    {{{0, {0, 0}}, {0.5, {0, -0.77}}, {1, {0, -0.77}}, {1.5, {0, -2.45}}, {2.5, {0, -4.06}}}},
    // exchanged
    {{{0, {0, 0}}, {1.5, {0, -1.84}}, {3, {0, -2.51}}, {4.5, {0, -2.78}}, {6, {0, -2.86}}}},
    // changed
    {{{0, {0, 0}}, {0.03, {-0.84, -3.27}}, {0.1, {-1.36, -3.27}}, {0.25, {-1.36, -3.27}}, {0.5, {-1.36, -3.27}}}},
    // over
    {{{0, {0, 0}}, {0.25, {0, 0.23}}, {0.5, {0, 1.1}}, {0.75, {0, 1.69}}, {1, {0, 3.53}}}},
    // straight
    {{{0, {0, 0}}, {0.1, {0, 0.25}}, {0.25, {0, 1.57}}, {0.4, {0, 3.72}}, {0.8, {0, 4.49}}}},
    // pieces
    {{{0, {0, 0}}, {1, {-2.09, 0}}, {1.6, {-2.91, 0}}, {2.6, {-3.08, 0}}, {3.6, {-3.08, 0}}}},
    // hash
    {{{0, {1.87, 1.92}}, {10, {1.87, 0.85}}, {20, {1.69, 0.03}}, {31, {0.91, 0.03}}, {48, {0, 0}}}},
}};
// clang-format on

}  // namespace weir
