// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/hash/features/feature_kernels.h"

// What the kernels of local_features() compute, as plainly as the arithmetic allows. The order of
// operations is part of the definition.
namespace weir::plain {

void blur_row(const FloatPlane& from, const std::vector<float>& weights, size_t y,
              FloatPlane& blurred, FloatPlane& change);

void add_extrema(const FloatPlane& below, const FloatPlane& here, const FloatPlane& above, size_t y,
                 float least, std::vector<uint32_t>& columns);

// Brightness between pixels; places outside the picture are moved to its edge.
float interpolated(const FloatPlane& plane, float x, float y);

// The angle of (x, y) in parts of `turn` a full circle, 0 <= angle <= turn: within 1e-5 of a turn.
float angle_of(float x, float y, float turn);

std::array<float, kDirections> directions(const FloatPlane& plane, const Patch& patch);

Cells cells(const FloatPlane& plane, const Patch& patch);

}  // namespace weir::plain
