// SPDX-License-Identifier: Apache-2.0
#include "weir/align/picture/smooth_field.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace weir {
namespace {

constexpr double kWidth = 512, kHeight = 384;
constexpr size_t kCells = 10;
constexpr double kStiffness = 0.02;

// `count` places all over the picture, displaced by by(place).
template <class By>
std::vector<SmoothField::Shift> shifts_of(size_t count, By by) {
  std::mt19937 random(1);
  const auto number = [&](double most) {
    return most * static_cast<double>(random()) / 4294967296.0;
  };
  std::vector<SmoothField::Shift> shifts;
  for (size_t i = 0; i < count; ++i) {
    const Point place{number(kWidth), number(kHeight)};
    shifts.push_back({place, by(place)});
  }
  return shifts;
}

SmoothField fitted(std::span<const SmoothField::Shift> shifts) {
  const auto field = SmoothField::fit(shifts, kWidth, kHeight, kCells, kStiffness);
  return field ? *field : SmoothField();
}

// The most by which two displacements differ, at places all over the picture.
template <class A, class B>
double apart(const A& a, const B& b) {
  double most = 0;
  for (double y = 8; y < kHeight; y += 16)
    for (double x = 8; x < kWidth; x += 16) {
      const Point p = a(Point{x, y}), q = b(Point{x, y});
      most = std::max(most, std::hypot(p.x - q.x, p.y - q.y));
    }
  return most;
}

Point waves(Point at) {
  return {6 * std::sin(at.y / 60), 5 * std::cos(at.x / 70)};
}

Point affine(Point at) {
  return {3 + 0.02 * at.x - 0.05 * at.y, -7 + 0.04 * at.x + 0.01 * at.y};
}

TEST(SmoothField, RecoversASmoothDisplacementToAFractionOfAPixel) {
  EXPECT_LT(apart(fitted(shifts_of(1'500, waves)), waves), 0.4);
}

TEST(SmoothField, IsHardlyMovedByShiftsThatErr) {
  std::mt19937 random(2);
  const auto err = [&] { return 2.0 * static_cast<double>(random()) / 4294967296.0 - 1; };
  const auto shaken = [&](Point at) {
    const Point by = waves(at);
    return Point{by.x + err(), by.y + err()};
  };
  EXPECT_LT(apart(fitted(shifts_of(1'500, shaken)), waves), 1);
}

TEST(SmoothField, AnAffineDisplacementIsRecoveredExactlyAndIsNoStrain) {
  const SmoothField field = fitted(shifts_of(200, affine));
  EXPECT_LT(apart(field, affine), 0.01);
  EXPECT_LT(field.strain(), 1e-4);
}

// What a sixteenth of the picture says, where it says something plain, is carried on to all of it.
TEST(SmoothField, GoesOnEvenlyWhereNoShiftSaysAnything) {
  const auto in_a_corner = [](Point at) { return Point{at.x / 4, at.y / 4}; };
  std::vector<SmoothField::Shift> shifts = shifts_of(200, waves);
  for (SmoothField::Shift& shift : shifts) {
    shift.place = in_a_corner(shift.place);
    shift.by = affine(shift.place);
  }
  EXPECT_LT(apart(fitted(shifts), affine), 1.5);  // of 25
}

TEST(SmoothField, StrainGrowsWithTheBend) {
  const auto strain = [](double strength) {
    return fitted(shifts_of(1'500,
                            [&](Point at) {
                              const Point by = waves(at);
                              return Point{strength * by.x, strength * by.y};
                            }))
        .strain();
  };
  // The steepest place of 6 sin(y / 60) changes by a tenth.
  EXPECT_NEAR(strain(1), 0.085, 0.02);
  EXPECT_NEAR(strain(3), 3 * strain(1), 1e-9);
  EXPECT_EQ(SmoothField().strain(), 0);
}

TEST(SmoothField, IsScaledWithItsPicture) {
  const SmoothField field = fitted(shifts_of(500, waves));
  const SmoothField larger = field.scaled(2, 3);
  for (double y = -20; y < kHeight + 40; y += 30)
    for (double x = -20; x < kWidth + 40; x += 30) {
      const Point by = field({x, y}), scaled = larger({2 * x, 3 * y});
      EXPECT_NEAR(scaled.x, 2 * by.x, 1e-9);
      EXPECT_NEAR(scaled.y, 3 * by.y, 1e-9);
    }
  EXPECT_NEAR(field.scaled(2, 2).strain(), field.strain(), 1e-12);
}

TEST(SmoothField, BeyondTheBorderTheDisplacementOfTheBorderGoesOn) {
  const SmoothField field = fitted(shifts_of(500, waves));
  for (const double far : {1.0, 300.0, 1e9}) {
    const Point left = field({-far, 100}), at_left = field({0, 100});
    EXPECT_EQ(left.x, at_left.x);
    EXPECT_EQ(left.y, at_left.y);
    const Point corner = field({kWidth + far, kHeight + far}), at_corner = field({kWidth, kHeight});
    EXPECT_NEAR(corner.x, at_corner.x, 1e-9);
    EXPECT_NEAR(corner.y, at_corner.y, 1e-9);
  }
}

TEST(SmoothField, NothingIsDisplacedByNone) {
  const SmoothField none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none({5, 7}).x, 0);
  EXPECT_TRUE(none.scaled(2, 2).empty());
}

TEST(SmoothField, FewOrOddShiftsGiveNothingOrACalmField) {
  const auto fit = [](const std::vector<SmoothField::Shift>& shifts, double width = kWidth,
                      double height = kHeight, size_t cells = kCells) {
    return SmoothField::fit(shifts, width, height, cells, kStiffness);
  };
  const auto shifts = shifts_of(20, waves);
  EXPECT_FALSE(fit({}));
  EXPECT_FALSE(fit({shifts[0], shifts[1]}));
  EXPECT_FALSE(fit(shifts, 0));
  EXPECT_FALSE(fit(shifts, kWidth, -1));
  EXPECT_FALSE(fit(shifts, std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(fit(shifts, kWidth, kHeight, 0));

  const auto is_calm = [](const std::optional<SmoothField>& field, double most) {
    return field && apart(*field, [](Point) { return Point{}; }) < most &&
           std::isfinite(field->strain());
  };
  // At most twice what any shift says. All at one place, by the same and by different ways.
  std::vector<SmoothField::Shift> same(5, {{100, 100}, {4, -3}});
  EXPECT_TRUE(is_calm(fit(same), 10));
  same[0].by = {-4, 3};
  EXPECT_TRUE(is_calm(fit(same), 10));
  // All on a line, outside of the picture, in a picture of one line.
  std::vector<SmoothField::Shift> line;
  for (int i = 0; i < 30; ++i) line.push_back({{17.0 * i, 200}, {0, 2}});
  EXPECT_TRUE(is_calm(fit(line), 4));
  std::vector<SmoothField::Shift> outside(7, {{-1e7, 1e7}, {1, 1}});
  EXPECT_TRUE(is_calm(fit(outside), 3));
  EXPECT_TRUE(is_calm(fit(line, 512, 1), 4));
}

}  // namespace
}  // namespace weir
