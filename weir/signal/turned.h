// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "weir/signal/signals.h"

namespace weir {

// The value of a pdq_turned signal: the eight hashes in the order of Dihedral, each as a pdq value;
// one byte, PicturePart; two bytes, little-endian, how many bits of it tell of the picture.
constexpr size_t kTurnedBytes = kDihedrals * 32 + 1 + 2;

// The pdq of the picture as it lies, as it is stored and exchanged.
Signal pdq_signal(const PictureHash& picture);

// Quality, region and time stand in the signal, as those of a pdq do.
Signal turned_signal(const PictureHash& picture);
// Precondition: the signal passed check_value().
PictureHash picture_of_turned(const Signal& signal);
// Errors: invalid. Precondition: kTurnedBytes long.
Status check_turned(std::span<const uint8_t> value);

// Those among the signals, in their order.
std::vector<PictureHash> pictures_turned(std::span<const Signal> signals);

}  // namespace weir
