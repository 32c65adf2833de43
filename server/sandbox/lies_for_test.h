// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

namespace weir {

// What hostile_decode can be told to lie about, as "LIE name".
inline constexpr std::array kLies{
    "random",
    "random tail",
    "longer than the room",
    "nothing",
    "short message",
    "long message",
    "another version",
    "progress of nothing",
    "a kind unasked",
    "a digest of its own",
    "vpdq out of order",
    "frames too near",
    "more frames than asked",
    "two tracks",
    "a track of another size",
    "too many features",
    "features that are no numbers",
    "a region outside",
    "too many hashes",
    "a preview unasked",
    "another length",
    "a picture beyond the limits",
    "dies",
    "aborts",
};

// Lies that are told when there is no file: the answer before them is right.
inline constexpr std::array kIdleLies{
    "idle: dies",
    "idle: answers again",
    "idle: burns a processor",
};

}  // namespace weir
