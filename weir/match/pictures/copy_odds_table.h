// SPDX-License-Identifier: Apache-2.0
//
// Written by bench/accuracy/fit.py; docs/evidence.md has it in words.
#pragma once

#include "weir/match/pictures/copy_odds.h"

namespace weir {

// What is added at a value of a term, to the logarithms of both odds.
struct Knot {
  double at = 0;
  CopyOdds::Added adds;
};
using TermCurve = std::array<Knot, 5>;

constexpr CopyOdds::Added kStart{-10.9, 2.11};
// Of pairs of unrelated pictures, the share that has anything in common.
constexpr double kSharedByUnrelated = 0.00038;
// Of these, the shares whose odds are more than that.
struct Beyond {
  double odds = 0;
  double share = 0;
};
constexpr std::array<Beyond, 2> kUnrelatedBeyond{{{-7.51, 0.5}, {-1.85, 0.05}}};
// clang-format off
constexpr std::array<TermCurve, kTerms> kCurves{{
    // places
    {{
        {2, {0, 0}},
        {4, {0, 0}},
        {5, {0, 0}},
        {6.5, {0, 0}},
        {8, {0, 1.47}},
    }},
    // found
    {{
        {0.05, {0, 0}},
        {0.15, {1.41, 0}},
        {0.3, {2.93, 0}},
        {0.6, {5.97, 0}},
        {0.9, {7.93, 0}},
    }},
    // spread
    {{
        {0.02, {0, 0}},
        {0.1, {1.32, 3.32}},
        {0.3, {3.84, 4.32}},
        {0.6, {5.47, 4.32}},
        {0.9, {5.47, 4.32}},
    }},
    // differing
    {{
        {0, {0, 0}},
        {0.02, {0, -2.35}},
        {0.1, {0, -2.49}},
        {0.3, {0, -3.83}},
        {0.6, {0, -4.92}},
    }},
    // exact
    {{
        {1.2, {0, 0}},
        {1.8, {0, 0}},
        {2.3, {0, 0}},
        {2.8, {2.95, 0}},
        {3.3, {5.23, 0}},
    }},
    // bulk
    {{
        {0, {0, 0}},
        {0.1, {0, 0}},
        {0.25, {0, 0}},
        {0.5, {0, 0}},
        {0.8, {0, 1.02}},
    }},
    // item_share
    {{
        {0.02, {0, 0}},
        {0.1, {0, 0}},
        {0.3, {1.38, 0}},
        {0.6, {3.47, -1.98}},
        {0.95, {4.16, -2.9}},
    }},
    // entry_share
    {{
        {0.02, {0, 0}},
        {0.1, {0, 0}},
        {0.3, {0.01, 0}},
        {0.6, {0.76, -0.24}},
        {0.95, {1.2, -0.24}},
    }},
    // tones
    {{
        {1, {0, 0}},
        {2, {0, 0}},
        {3, {0, 0}},
        {3.7, {1.18, 0}},
        {4.5, {1.4, 0}},
    }},
    // noise
    {{
        {0.03, {0, 0}},
        {0.08, {0, -1.53}},
        {0.16, {0, -1.53}},
        {0.3, {0, -1.53}},
        {0.6, {0, -1.53}},
    }},
    // moved
    {{
        {0, {0, 0}},
        {0.5, {0, -1.02}},
        {1, {0, -1.57}},
        {1.5, {0, -1.67}},
        {2.5, {0, -3.53}},
    }},
    // exchanged
    {{
        {0, {0, 0}},
        {1.5, {0, -0.61}},
        {3, {0, -3.11}},
        {4.5, {0, -3.11}},
        {6, {0, -3.35}},
    }},
    // outlines
    {{
        {0, {0, 0}},
        {0.08, {0, 0}},
        {0.18, {0, -0.36}},
        {0.3, {0, -1.3}},
        {0.5, {0, -1.3}},
    }},
    // changed
    {{
        {0, {0, 0}},
        {0.03, {-0.81, -0.86}},
        {0.1, {-1.71, -0.86}},
        {0.25, {-2.31, -0.86}},
        {0.5, {-3.65, -1.04}},
    }},
    // over
    {{
        {0, {0, 0}},
        {0.25, {0, 0}},
        {0.5, {0, 0.48}},
        {0.75, {0, 1}},
        {1, {0, 1.67}},
    }},
    // straight
    {{
        {0, {0, 0}},
        {0.1, {0, 0}},
        {0.25, {0, 0.44}},
        {0.4, {0, 3.53}},
        {0.8, {0, 4.93}},
    }},
    // pieces
    {{
        {0, {0, 0}},
        {1, {-2, 0}},
        {1.6, {-3.15, 0}},
        {2.6, {-3.79, 0}},
        {3.6, {-4, 0}},
    }},
    // hash
    {{
        {0, {2.34, 2.18}},
        {10, {2.34, 0.42}},
        {20, {2.11, 0}},
        {31, {1.27, 0}},
        {48, {0, 0}},
    }},
}};
// clang-format on

}  // namespace weir
