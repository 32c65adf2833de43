// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <random>

#include "weir/align/change/plane_compare.h"
#include "weir/align/picture/made_pictures_for_test.h"
#include "weir/align/picture/measure.h"

namespace weir::made {

// Items that show a scene, edited, through a transform; and what a comparison measures of them.

// A grey value of the item at x, y of the entry's picture, from the scene's.
using Edit = double (*)(double grey, double x, double y, std::mt19937& random);

inline double untouched(double grey, double, double, std::mt19937&) {
  return grey;
}
inline double gamma(double grey, double, double, std::mt19937&) {
  return 255 * std::pow(grey / 255, 2.2);
}
inline double faint(double grey, double, double, std::mt19937&) {
  return 90 + grey / 4;
}
inline double noisy(double grey, double, double, std::mt19937& random) {
  return grey + uniform(random, -40, 40);
}
inline double eight_tones(double grey, double, double, std::mt19937&) {
  return std::floor(grey / 32) * 32 + 16;
}
inline double captioned(double grey, double x, double y, std::mt19937&) {
  if (y < 380) return grey;
  return y > 400 && y < 460 && std::fmod(x, 24) < 10 ? 0 : 255;
}
inline double stickered(double grey, double x, double y, std::mt19937&) {
  for (const Point& middle : {Point{120, 140}, Point{400, 100}, Point{300, 330}, Point{540, 300}}) {
    const double apart = std::hypot(x - middle.x, y - middle.y);
    if (apart < 60)
      return apart > 52 ? 0 : std::hypot(x - middle.x - 15, y - middle.y) < 9 ? 20 : 235;
  }
  return grey;
}

inline const char* edit_name(Edit edit) {
  return edit == untouched ? "untouched"
         : edit == gamma   ? "gamma"
         : edit == faint   ? "faint"
         : edit == noisy   ? "noisy"
                           : "eight tones";
}

// The item shows scene(x, y), edited, through the transform.
template <class Grey>
PictureFeatures item_showing(const PictureTransform& entry_to_item, const Grey& scene, Edit edit,
                             uint32_t width = 640, uint32_t height = 480) {
  std::mt19937 random(3);
  const PictureTransform back = *inverse(entry_to_item);
  PictureFeatures item{width, height, {}, {}};
  item.plane = plane(width, height, 512, [&](double x, double y) {
    const Point p = back({x, y});
    if (p.x < 0 || p.y < 0 || p.x > 640 || p.y > 480) return 128 + 60 * std::sin(x / 9 + y / 23);
    return edit(scene(p.x, p.y), p.x, p.y, random);
  });
  return item;
}

template <class Grey>
PictureFeatures entry_showing(const Grey& scene) {
  PictureFeatures entry{640, 480, {}, {}};
  entry.plane = plane(640, 480, 160, scene);
  return entry;
}

struct Compared {
  SharedRegion region;
  Terms terms;
};

// `places` are taken to be found again: of all that look alike, and of the picture, this share.
inline Compared compared(const PictureFeatures& item, const PictureFeatures& entry,
                         const PictureTransform& transform, double places = 200,
                         double share = 0.9) {
  Compared out;
  out.region.entry_to_item = transform;
  const RegionMap to_item{transform, {}};
  const BlockMap map = compare_planes(item, entry, {&to_item, 1});
  describe(map, 0, item, entry, out.region);
  out.terms = measured({&out.region, 1}, map, item, entry);
  out.terms[Term::kPlaces] = std::log2(1 + places);
  out.terms[Term::kFound] = share;
  out.terms[Term::kSpread] = share;
  return out;
}

}  // namespace weir::made
