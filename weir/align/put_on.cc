// SPDX-License-Identifier: Apache-2.0
#include "weir/align/put_on.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace weir {

namespace {

// Chosen on the tune side's copies, on scenes with cut-outs and on cameras (decision 0088).
constexpr float kStrong = 45;     // levels from grey, in the plane of Cb and Cr
constexpr double kOften = 0.002;  // of what is the same, that has a colour near: the picture's own
constexpr double kLeastShare = 0.4;  // of a part, when all of it counts as put on
constexpr size_t kLeastPart = 30;    // pixels; less is what recoding does to an edge
constexpr int kAround = 2;           // pixels, at which it still shows

// The colours that are met, by how often; neighbours in the plane of Cb and Cr are one colour.
class Palette {
 public:
  void add(float blue, float red) {
    count_[cell(blue) * kCells + cell(red)] += 1;
    all_ += 1;
  }
  bool has(float blue, float red) const {
    const size_t b = cell(blue), r = cell(red);
    size_t near = 0;
    for (size_t i = b - (b > 0); i <= std::min(b + 1, kCells - 1); ++i)
      for (size_t k = r - (r > 0); k <= std::min(r + 1, kCells - 1); ++k)
        near += count_[i * kCells + k];
    return static_cast<double>(near) >= kOften * static_cast<double>(all_);
  }

 private:
  static constexpr size_t kCells = 24;
  static size_t cell(float chroma) {
    const float at = (chroma + 128) * static_cast<float>(kCells) / 256;
    return static_cast<size_t>(std::clamp(at, 0.0f, static_cast<float>(kCells) - 1));
  }
  std::array<size_t, kCells * kCells> count_{};
  size_t all_ = 0;
};

// 1 where the colour is strong, and nowhere where `same` is 1. All 0 without colours.
Mask foreign_colours(const Chroma& item, const Mask& same) {
  Mask foreign(same.size());
  if (item.blue.empty()) return foreign;
  Palette palette;
  for (size_t i = 0; i < same.size(); ++i)
    if (same[i]) palette.add(item.blue.samples[i], item.red.samples[i]);
  for (size_t i = 0; i < same.size(); ++i) {
    const float blue = item.blue.samples[i], red = item.red.samples[i];
    const bool strong = blue * blue + red * red >= kStrong * kStrong;
    foreign[i] = strong && !palette.has(blue, red);
  }
  return foreign;
}

}  // namespace

Chroma chroma_in_frame(const Pixels& colours, const PictureTransform& to_picture,
                       size_t plane_width, size_t plane_height, size_t width, size_t height) {
  const size_t pixels = size_t{colours.width} * colours.height;
  if (colours.channels != 3 || pixels == 0 || colours.samples.size() != 3 * pixels) return {};
  Plane blue{colours.width, colours.height, std::vector<float>(pixels)}, red = blue;
  for (size_t i = 0; i < pixels; ++i) {
    const uint8_t* rgb = colours.samples.data() + 3 * i;
    blue.samples[i] = -0.168736f * rgb[0] - 0.331264f * rgb[1] + 0.5f * rgb[2];
    red.samples[i] = 0.5f * rgb[0] - 0.418688f * rgb[1] - 0.081312f * rgb[2];
  }
  const double x = static_cast<double>(colours.width) / static_cast<double>(plane_width);
  const double y = static_cast<double>(colours.height) / static_cast<double>(plane_height);
  const PictureTransform to_colours = compose(to_picture, {{x, 0, 0, 0, y, 0, 0, 0, 1}});
  const auto in_frame = [&](Plane& plane) {
    PictureTransform to_plane = to_colours;
    coarsen(plane, to_plane, width, height);
    return warped(plane, to_plane, width, height).plane;
  };
  return {in_frame(blue), in_frame(red)};
}

Mask put_on_parts(const Mask& changed, const Mask& agrees, const Chroma& item, size_t width,
                  size_t height) {
  const Mask whole = closed(changed, width, height);
  Mask same = grown(whole, kAround, width, height);
  for (size_t i = 0; i < same.size(); ++i) same[i] = agrees[i] && !same[i];
  const Mask foreign = foreign_colours(item, same);
  Mask left = whole, out(whole.size());
  for (size_t first = 0; first < left.size(); ++first) {
    if (!left[first]) continue;
    const std::vector<size_t> part = taken_part(left, first, width, height);
    if (part.size() < kLeastPart) continue;
    const auto put_on = std::count_if(part.begin(), part.end(),
                                      [&](size_t at) { return foreign[at] || agrees[at]; });
    if (static_cast<double>(put_on) < kLeastShare * static_cast<double>(part.size())) continue;
    for (const size_t at : part) out[at] = 1;
  }
  return grown(std::move(out), kAround, width, height);
}

}  // namespace weir
