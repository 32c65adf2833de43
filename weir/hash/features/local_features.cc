// SPDX-License-Identifier: Apache-2.0
//
// SIFT after Lowe (IJCV 2004), with RootSIFT descriptors. What differs from the paper, and why, is
// decision 0072.
#include "weir/hash/features/local_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "weir/hash/features/feature_kernels.h"
#include "weir/hash/features/feature_spread.h"
#include "weir/hash/features/scale_space.h"
#include "weir/hash/picture/shown_share.h"

namespace weir {
namespace {

// The plane in which features are looked for is larger than options.side, so that spots of less
// than 1.6 pixels are found as well: twice, but not beyond a long side that costs too much.
constexpr double kEnlarged = 2.0;
constexpr double kLongestSide = 1200;
constexpr double kMostEnlarged = 2.0;   // against the picture itself: nothing new lies in between
constexpr double kSigmaOfPixels = 0.5;  // the blur that a picture is assumed to have
// Levels of 255. Real spots go on below it, but so do those that JPEG at quality 75 makes of a sky,
// and rounding to 8 bits.
constexpr float kLeastContrast = 0.25f;

constexpr float kWindowOfDirections = 9.0f / kDirectionSide;  // sigmas a sample: 4.5 to each side
constexpr float kWindowOfCells = 15.0f / kCellSide;           // five cells of 3 sigmas
constexpr float kDescribed = 6;        // sigmas to each side of a spot: four cells of three
constexpr float kLeastShown = 0.5f;    // of what is described
constexpr float kMostOfLength = 0.2f;  // one direction of one cell, of the descriptor
constexpr float kTurn = 2 * std::numbers::pi_v<float>;

// Sides of the plane that a picture is looked at in: `side` is the longer one.
struct Sides {
  Sides(const PixelView& picture, double side) {
    const double longer = std::max(picture.width, picture.height);
    const auto shrunk = [&](uint32_t from) {
      return static_cast<size_t>(std::max(1L, std::lround(from * side / longer)));
    };
    width = shrunk(picture.width);
    height = shrunk(picture.height);
  }
  size_t width;
  size_t height;
};

// Into 0 <= angle < 2 pi, from less than a turn away.
float wrapped(float angle) {
  if (angle < 0) angle += kTurn;
  return angle < kTurn ? angle : angle - kTurn;
}

// The main direction around a spot in radians: the strongest of the smoothed ones, between it and
// its neighbours.
float angle_at(const FloatPlane& plane, const Spot& spot) {
  std::array<float, kDirections> sums =
      directions(plane, {spot.x, spot.y, 1, 0, spot.sigma * kWindowOfDirections});
  const auto around = [](const std::array<float, kDirections>& values, size_t k, size_t offset) {
    return values[(k + kDirections + offset - 2) % kDirections];
  };
  for (int pass = 0; pass < 2; ++pass) {
    const auto before = sums;
    for (size_t k = 0; k < kDirections; ++k)
      sums[k] = (around(before, k, 0) + around(before, k, 4)) * (1.0f / 16) +
                (around(before, k, 1) + around(before, k, 3)) * (4.0f / 16) +
                before[k] * (6.0f / 16);
  }
  const auto k = static_cast<size_t>(std::max_element(sums.begin(), sums.end()) - sums.begin());
  const float left = around(sums, k, 1), right = around(sums, k, 3);
  const float bend = left - 2 * sums[k] + right;
  const float offset = bend < 0 ? (left - right) / bend / 2 : 0.0f;
  return wrapped((static_cast<float>(k) + offset) * (kTurn / kDirections));
}

// RootSIFT: to length 1, no part above 0.2, then the root of each part's share of the sum.
std::array<uint8_t, 128> descriptor_of(Cells cells) {
  float square = 0;
  for (const float value : cells) square += value * value;
  const float most = kMostOfLength * std::sqrt(square);
  float sum = 0;
  for (float& value : cells) sum += value = std::min(value, most);
  const float scale = 1.0f / std::max(sum, 1e-30f);
  std::array<uint8_t, 128> descriptor;
  for (size_t i = 0; i < cells.size(); ++i)
    descriptor[i] =
        static_cast<uint8_t>(std::min(255.0f, std::sqrt(cells[i] * scale) * 512 + 0.5f));
  return descriptor;
}

// What is filled has no spots of its own.
template <class PlaceOf>
void leave_out_filled(std::vector<Spot>& spots, const PlaceOf& place_of, const ShownShare& shown) {
  std::erase_if(spots, [&](const Spot& spot) {
    const LocalFeature place = place_of(spot);
    return shown.around(place.x, place.y, kDescribed * place.scale) <= kLeastShown;
  });
}

// Which pixels of a smaller picture for the most show; no samples when all do.
Pixels shrunk_shown(const PixelView& shown, const Sides& sides) {
  Pixels small =
      resized_pixels(resized_grey(shown, sides.width, sides.height), sides.width, sides.height);
  for (uint8_t& sample : small.samples) sample = sample >= 128 ? 255 : 0;
  return std::ranges::count(small.samples, 0) > 0 ? small : Pixels();
}

const FloatPlane& plane_of(const ScaleSpace& space, const Spot& spot) {
  return space.octaves[spot.octave].planes[spot.plane];
}

// Turns and describes the spots `ranked`; places[i] is where spot i lies in the picture. They are
// worked off in the order in which they lie in memory: planes are far larger than the caches, and
// neighbours share what has been read.
std::vector<LocalFeature> described(const ScaleSpace& space, const std::vector<size_t>& ranked,
                                    const std::vector<LocalFeature>& places) {
  std::vector<size_t> order(ranked.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return ranked[a] < ranked[b]; });
  std::vector<LocalFeature> features(ranked.size());
  for (const size_t i : order) {
    const Spot& spot = space.spots[ranked[i]];
    const FloatPlane& plane = plane_of(space, spot);
    const float angle = angle_at(plane, spot);
    features[i] = places[ranked[i]];
    features[i].angle = angle;
    features[i].descriptor = descriptor_of(cells(
        plane, {spot.x, spot.y, std::cos(angle), std::sin(angle), spot.sigma * kWindowOfCells}));
  }
  return features;
}

}  // namespace

PictureFeatures local_features(const PixelView& picture, const FeatureOptions& options,
                               const PixelView& shown) {
  PictureFeatures result{picture.width, picture.height, {}, {}};
  const double longer = std::max(picture.width, picture.height);
  if (picture.width == 0 || picture.height == 0) return result;
  const Sides small(picture, std::min<double>(options.plane_side, longer));
  const double side = std::min(options.side * kEnlarged, kLongestSide);
  const Sides sides(picture, std::min(side, kMostEnlarged * longer));
  FloatPlane grey = resized_grey(picture, sides.width, sides.height);
  result.plane = sides.width >= small.width && sides.width <= picture.width
                     ? resized_pixels(grey, small.width, small.height)
                     : resized_pixels(resized_grey(picture, small.width, small.height), small.width,
                                      small.height);
  if (shown.width > 0) result.shown = shrunk_shown(shown, small);

  const double scale_x = static_cast<double>(picture.width) / static_cast<double>(sides.width);
  const double scale_y = static_cast<double>(picture.height) / static_cast<double>(sides.height);
  const double scale = std::sqrt(scale_x * scale_y);
  const double sigma = kSigmaOfPixels * std::max(1.0, 1 / scale);
  ScaleSpace space = scale_space(std::move(grey), sigma, kLeastContrast);
  const auto place_of = [&](const Spot& spot) {
    const double step = std::exp2(static_cast<double>(spot.octave));
    LocalFeature place;
    place.x = static_cast<float>((spot.x * step + 0.5) * scale_x);
    place.y = static_cast<float>((spot.y * step + 0.5) * scale_y);
    place.scale = static_cast<float>(spot.sigma * step * scale);
    return place;
  };
  if (shown.width > 0) leave_out_filled(space.spots, place_of, ShownShare(shown));

  std::vector<LocalFeature> places;
  std::vector<Candidate> candidates;
  for (const Spot& spot : space.spots) {
    const LocalFeature place = place_of(spot);
    places.push_back(place);
    candidates.push_back({static_cast<float>(place.x / longer),
                          static_cast<float>(place.y / longer), place.scale, spot.contrast});
  }
  result.features = described(space, spread(candidates, options.most), places);
  return result;
}

LocalFeature mirrored(const LocalFeature& feature) {
  LocalFeature result = feature;
  result.angle = wrapped(kTurn / 2 - feature.angle);
  for (size_t row = 0; row < 4; ++row)
    for (size_t column = 0; column < 4; ++column)
      for (size_t direction = 0; direction < 8; ++direction)
        result.descriptor[((3 - row) * 4 + column) * 8 + (8 - direction) % 8] =
            feature.descriptor[(row * 4 + column) * 8 + direction];
  return result;
}

}  // namespace weir
