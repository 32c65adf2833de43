// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/features/feature_plain.h"

#include <algorithm>
#include <cmath>

#include "weir/hash/features/feature_windows.h"

namespace weir::plain {
namespace {

size_t clamped(size_t at, ptrdiff_t offset, size_t size) {
  const ptrdiff_t moved = static_cast<ptrdiff_t>(at) + offset;
  return static_cast<size_t>(std::clamp(moved, ptrdiff_t{0}, static_cast<ptrdiff_t>(size) - 1));
}

// The weighted sum of samples from the centre outwards; at(k) is the one k away.
template <class At>
float weighted(const std::vector<float>& weights, const At& at) {
  float sum = weights[0] * at(0);
  for (size_t k = 1; k < weights.size(); ++k) {
    const ptrdiff_t away = static_cast<ptrdiff_t>(k);
    sum += weights[k] * (at(-away) + at(away));
  }
  return sum;
}

bool is_extremum(const FloatPlane* const (&planes)[3], size_t x, size_t y) {
  const float value = planes[1]->row(y)[x];
  bool is_greatest = true, is_least = true, is_before = true;
  for (size_t p = 0; p < 3; ++p)
    for (size_t row = y - 1; row <= y + 1; ++row)
      for (size_t column = x - 1; column <= x + 1; ++column) {
        if (p == 1 && row == y && column == x) {
          is_before = false;
          continue;
        }
        const float other = planes[p]->row(row)[column];
        is_greatest = is_greatest && (is_before ? value > other : value >= other);
        is_least = is_least && (is_before ? value < other : value <= other);
      }
  return is_greatest || is_least;
}

// The gradients of a patch: how strong, and in which direction in parts of `turn` a circle.
template <size_t kSide>
struct Gradients {
  Gradients(const FloatPlane& plane, const Patch& patch,
            const std::array<float, kSide * kSide>& window, float turn) {
    constexpr float kMiddle = (kSide + 1) / 2.0f;
    const float dx = patch.cosine * patch.step, dy = patch.sine * patch.step;
    const auto sample = [&](size_t column, size_t row) {  // of kSide + 2 each way
      const float u = static_cast<float>(column) - kMiddle;
      const float v = static_cast<float>(row) - kMiddle;
      return interpolated(plane, (patch.x - dy * v) + dx * u, (patch.y + dx * v) + dy * u);
    };
    for (size_t j = 0; j < kSide; ++j)
      for (size_t i = 0; i < kSide; ++i) {
        const float gx = sample(i + 2, j + 1) - sample(i, j + 1);
        const float gy = sample(i + 1, j + 2) - sample(i + 1, j);
        const size_t k = j * kSide + i;
        strength[k] = std::sqrt(gx * gx + gy * gy) * window[k];
        angle[k] = angle_of(gx, gy, turn);
      }
  }
  std::array<float, kSide * kSide> strength;
  std::array<float, kSide * kSide> angle;
};

}  // namespace

void blur_row(const FloatPlane& from, const std::vector<float>& weights, size_t y,
              FloatPlane& blurred, FloatPlane& change) {
  std::vector<float> row(from.width);
  for (size_t x = 0; x < from.width; ++x)
    row[x] = weighted(weights,
                      [&](ptrdiff_t away) { return from.row(clamped(y, away, from.height))[x]; });
  for (size_t x = 0; x < from.width; ++x) {
    blurred.row(y)[x] =
        weighted(weights, [&](ptrdiff_t away) { return row[clamped(x, away, from.width)]; });
    change.row(y)[x] = blurred.row(y)[x] - from.row(y)[x];
  }
}

void add_extrema(const FloatPlane& below, const FloatPlane& here, const FloatPlane& above, size_t y,
                 float least, std::vector<uint32_t>& columns) {
  for (size_t x = kExtremaMargin; x + kExtremaMargin < here.width; ++x)
    if (std::abs(here.row(y)[x]) > least && is_extremum({&below, &here, &above}, x, y))
      columns.push_back(static_cast<uint32_t>(x));
}

float interpolated(const FloatPlane& plane, float x, float y) {
  x = std::clamp(x, 0.0f, static_cast<float>(plane.width - 1));
  y = std::clamp(y, 0.0f, static_cast<float>(plane.height - 1));
  const size_t column = std::min(static_cast<size_t>(x), plane.width - 2);
  const size_t row = std::min(static_cast<size_t>(y), plane.height - 2);
  const float right = x - static_cast<float>(column), down = y - static_cast<float>(row);
  const float* top = plane.row(row) + column;
  const float* bottom = plane.row(row + 1) + column;
  const float upper = top[0] + right * (top[1] - top[0]);
  const float lower = bottom[0] + right * (bottom[1] - bottom[0]);
  return upper + down * (lower - upper);
}

float angle_of(float x, float y, float turn) {
  const float across = std::abs(x), along = std::abs(y);
  const float a = std::min(across, along) / (std::max(across, along) + 1e-30f);
  const float square = a * a;
  float sum = kArcTangent[4];
  for (size_t i = 4; i-- > 0;) sum = kArcTangent[i] + square * sum;
  float part = a * sum;
  if (along > across) part = 0.25f - part;
  if (x < 0.0f) part = 0.5f - part;
  if (y < 0.0f) part = 1.0f - part;
  return part * turn;
}

std::array<float, kDirections> directions(const FloatPlane& plane, const Patch& patch) {
  const Gradients<kDirectionSide> gradients(plane, patch, patch_windows().of_directions,
                                            kDirections);
  std::array<float, kDirections> sums{};
  for (size_t k = 0; k < gradients.angle.size(); ++k)
    sums[static_cast<size_t>(gradients.angle[k] + 0.5f) % kDirections] += gradients.strength[k];
  return sums;
}

Cells cells(const FloatPlane& plane, const Patch& patch) {
  const auto& share = patch_windows().share;
  const Gradients<kCellSide> gradients(plane, patch, patch_windows().of_cells, 8.0f);
  Cells sums{};
  for (size_t j = 0; j < kCellSide; ++j)
    for (size_t column = 0; column < kCellsOfSide; ++column)
      for (size_t direction = 0; direction < 8; ++direction) {
        float sum = 0;
        for (size_t i = 0; i < kCellSide; ++i) {
          if (share[column][i] == 0.0f) continue;
          const size_t k = j * kCellSide + i;
          const float away = std::abs(gradients.angle[k] - static_cast<float>(direction));
          const float near = std::max(0.0f, 1.0f - std::min(away, 8.0f - away));
          sum += share[column][i] * (near * gradients.strength[k]);
        }
        for (size_t row = 0; row < kCellsOfSide; ++row)
          if (share[row][j] != 0.0f)
            sums[(row * kCellsOfSide + column) * 8 + direction] += share[row][j] * sum;
      }
  return sums;
}

}  // namespace weir::plain
