// SPDX-License-Identifier: Apache-2.0
//
// Says in words how a region was transformed, so that nobody has to read a matrix. The map is taken
// apart, at the middle of the region, into a mirror, a scale, a turn and a stretch. Each is named
// only where it is large enough to be seen.
//
// Example: "mirrored, scaled to 31 %, turned by 8 degrees clockwise".
// Counter-example: the words are for people, and no program should read them. They say nothing of a
// bend, nor of how the map differs towards the corners.
// Constants: the least changes worth a word were chosen by hand and not fitted.
#include <cmath>
#include <numbers>

#include "weir/align/picture/transform.h"

namespace weir {

namespace {

constexpr double kSameScale = 0.02;  // a scale this near to 1 is not worth a word
constexpr double kSameTurn = 1.5;    // degrees: neither is a turn of less,
constexpr double kSkewed = 1.08;     // nor one direction scaled by less than that against the other

// The angle by which the entry's x axis is turned in the item, -180 to 180 degrees.
double degrees(const PictureTransform& transform, const Point& at) {
  const Point from = transform(at), to = transform({at.x + 1, at.y});
  return std::atan2(to.y - from.y, to.x - from.x) * 180 / std::numbers::pi;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCopy:
      return "copy";
    case Verdict::kSameScene:
      return "same_scene";
    case Verdict::kUnclear:
      return "unclear";
    case Verdict::kElement:
      return "element";
  }
  return "unclear";
}

std::string in_words(const SharedRegion& region) {
  const Rect& box = region.entry_region;
  const Point middle{box.x + box.width / 2.0, box.y + box.height / 2.0};
  const Stretch here = stretch(region.entry_to_item, middle);
  const double scale = std::sqrt(here.most * here.least);
  if (!std::isfinite(scale)) return "in a way that cannot be told";

  std::string words;
  const auto add = [&](const std::string& word) { words += (words.empty() ? "" : ", ") + word; };
  // A mirrored picture is first turned over about its vertical middle line, and then turned.
  double turn = degrees(region.entry_to_item, middle);
  if (region.mirrored) {
    add("mirrored");
    turn = turn > 0 ? turn - 180 : turn + 180;
  }
  if (std::abs(scale - 1) > kSameScale)
    add("scaled to " + std::to_string(std::lround(scale * 100)) + " %");
  if (std::abs(turn) > kSameTurn) {
    const long whole = std::lround(std::abs(turn));
    add("turned by " + std::to_string(whole) + (whole == 1 ? " degree" : " degrees") +
        (whole == 180 ? ""
         : turn > 0   ? " clockwise"
                      : " anticlockwise"));
  }
  if (here.least > 0 && here.most / here.least > kSkewed) add("stretched or seen at an angle");
  return words.empty() ? "as it was" : words;
}

}  // namespace weir
