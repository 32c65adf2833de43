// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <numbers>
#include <optional>
#include <random>
#include <utility>

#include "weir/base/pixels.h"
#include "weir/hash/features/local_features.h"
#include "weir/match/pictures/picture_match.h"
#include "weir/signal/picture_features.h"

// Pictures that come from a seed, edits of them, and a bank of their features.
namespace weir::made {

// Grey pixels; what is outside of the picture is read as its nearest edge.
inline double level(const Pixels& picture, double x, double y) {
  const double px = std::clamp(x - 0.5, 0.0, picture.width - 1.001);
  const double py = std::clamp(y - 0.5, 0.0, picture.height - 1.001);
  const auto column = static_cast<size_t>(px), row = static_cast<size_t>(py);
  const double right = px - static_cast<double>(column), down = py - static_cast<double>(row);
  const uint8_t* upper = picture.samples.data() + row * picture.width + column;
  const uint8_t* lower = upper + picture.width;
  return (1 - down) * ((1 - right) * upper[0] + right * upper[1]) +
         down * ((1 - right) * lower[0] + right * lower[1]);
}

// A picture whose pixels are looked up elsewhere: nine samples of each, in pixels of the new one.
template <class Grey>  // double(double x, double y)
Pixels drawn(uint32_t width, uint32_t height, const Grey& grey) {
  Pixels out{{}, width, height, 1};
  out.samples.reserve(size_t{width} * height);
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x) {
      double sum = 0;
      for (const double down : {1 / 6.0, 3 / 6.0, 5 / 6.0})
        for (const double right : {1 / 6.0, 3 / 6.0, 5 / 6.0}) sum += grey(x + right, y + down);
      out.samples.push_back(static_cast<uint8_t>(std::clamp(std::lround(sum / 9), 0L, 255L)));
    }
  return out;
}

// Draws a scene; see scene().
inline Pixels drawn_scene(unsigned seed, uint32_t width, uint32_t height) {
  std::mt19937 random(seed);
  const auto number = [&](double from, double to) {
    return from + (to - from) * (static_cast<double>(random()) / 4294967296.0);
  };
  std::vector<double> levels(size_t{width} * height, number(60, 200));
  std::vector<double> across(width), soft(width);
  for (int i = 0; i < 400; ++i) {
    const double x = number(0, width), y = number(0, height), size = std::exp2(number(1.5, 5.5));
    const double wide = size * number(0.6, 1.6), strength = number(-70, 70);
    const uint32_t kind = random() % 3;
    const double reach = kind == 2 ? 2.5 : 1;
    const auto first = [&](double middle, double half) {
      return static_cast<size_t>(std::max(0.0, middle - reach * half));
    };
    const auto square = [](double off) { return off * off; };
    size_t end = first(x, wide);
    for (; end < width && static_cast<double>(end) < x + reach * wide; ++end) {
      across[end] = square((static_cast<double>(end) + 0.5 - x) / wide);
      if (kind == 2) soft[end] = std::exp(-across[end]);
    }
    for (size_t r = first(y, size); r < height && static_cast<double>(r) < y + reach * size; ++r) {
      const double down = square((static_cast<double>(r) + 0.5 - y) / size);
      const double soft_down = kind == 2 ? std::exp(-down) : 0;
      for (size_t c = first(x, wide); c < end; ++c) {
        const double share = kind == 0   ? (across[c] + down < 1 ? 1 : 0)
                             : kind == 1 ? 1
                                         : soft[c] * soft_down;
        levels[r * width + c] += share * strength;
      }
    }
  }
  Pixels out{{}, width, height, 1};
  for (const double one : levels)
    out.samples.push_back(static_cast<uint8_t>(std::clamp(one, 0.0, 255.0)));
  return out;
}

// Disks, boxes and soft spots of many sizes, the same for the same seed. Kept, since tests ask for
// the same one again and again.
inline const Pixels& scene(unsigned seed, uint32_t width = 480, uint32_t height = 360) {
  static std::map<std::array<uint32_t, 3>, Pixels> known;
  auto found = known.find({seed, width, height});
  if (found == known.end())
    found = known.emplace(std::array{seed, width, height}, drawn_scene(seed, width, height)).first;
  return found->second;
}

inline Pixels resized(const Pixels& picture, uint32_t width, uint32_t height) {
  const double x_step = double{1} * picture.width / width;
  const double y_step = double{1} * picture.height / height;
  return drawn(width, height,
               [&](double x, double y) { return level(picture, x * x_step, y * y_step); });
}

inline Pixels cropped(const Pixels& picture, const Rect& part) {
  Pixels out{{}, part.width, part.height, 1};
  for (uint32_t y = 0; y < part.height; ++y) {
    const uint8_t* row = picture.view().row(part.y + y) + part.x;
    out.samples.insert(out.samples.end(), row, row + part.width);
  }
  return out;
}

inline Pixels mirrored(Pixels picture) {
  for (uint32_t y = 0; y < picture.height; ++y) {
    const auto row = picture.samples.begin() + std::ptrdiff_t{y} * picture.width;
    std::reverse(row, row + picture.width);
  }
  return picture;
}

// Precondition: `what` fits in there.
inline Pixels with(Pixels onto, const Pixels& what, uint32_t x, uint32_t y) {
  for (uint32_t row = 0; row < what.height; ++row)
    std::copy_n(what.view().row(row), what.width,
                onto.samples.begin() + std::ptrdiff_t{y + row} * onto.width + x);
  return onto;
}

// Turned about its middle, the size kept, with grey corners.
// A room, and a thing of many details that stands at x, y.
inline Pixels room_with_a_thing(uint32_t x, uint32_t y) {
  return with(scene(17), cropped(scene(90), {100, 80, 150, 120}), x, y);
}

// As a camera in a dim room has it: each picture with a grain of its own.
inline Pixels grainy(Pixels picture, unsigned seed) {
  std::mt19937 random(seed);
  for (uint8_t& sample : picture.samples)
    sample = static_cast<uint8_t>(
        std::clamp(sample + std::uniform_real_distribution<>(-30, 30)(random), 0.0, 255.0));
  return picture;
}

inline Pixels turned(const Pixels& picture, double degrees) {
  const double a = std::cos(degrees * std::numbers::pi / 180);
  const double b = std::sin(degrees * std::numbers::pi / 180);
  const double middle_x = picture.width / 2.0, middle_y = picture.height / 2.0;
  return drawn(picture.width, picture.height, [&](double x, double y) {
    const double dx = x - middle_x, dy = y - middle_y;
    const double from_x = a * dx + b * dy + middle_x, from_y = a * dy - b * dx + middle_y;
    const bool is_inside =
        from_x >= 0 && from_y >= 0 && from_x < picture.width && from_y < picture.height;
    return is_inside ? level(picture, from_x, from_y) : 90.0;
  });
}

inline PictureFeatures entry_features(const Pixels& picture) {
  return local_features(picture.view(), kEntryFeatures);
}
inline PictureFeatures item_features(const Pixels& picture) {
  return local_features(picture.view(), kItemFeatures);
}

// Known pictures as a store and its index hold them.
class PictureBank {
 public:
  PictureBank() = default;
  // The scenes of the seeds 1 to `most`, under their seeds.
  explicit PictureBank(unsigned most) {
    for (unsigned seed = 1; seed <= most; ++seed) add(seed, scene(seed));
  }
  void add(int64_t entry, const Pixels& picture, bool is_benign = false) {
    add(entry, entry_features(picture), is_benign);
  }
  void add(int64_t entry, PictureFeatures features, bool is_benign = false) {
    index_.add(feature_rows(static_cast<uint32_t>(entry), features));
    pictures_[EntryId{entry}] = {std::move(features), is_benign};
  }
  // The entry goes, its rows in the index stay: what a search may meet while another program works.
  void forget(int64_t entry) { pictures_.erase(EntryId{entry}); }

  KnownPictures known() const {
    return [this](EntryId entry) -> Result<std::optional<KnownPicture>> {
      const auto found = pictures_.find(entry);
      if (found == pictures_.end()) return std::optional<KnownPicture>();
      return std::optional(found->second);
    };
  }
  std::vector<PictureMatch> match(const PictureFeatures& item) const {
    auto found = match_picture(item, index_, known());
    return found ? std::move(*found) : std::vector<PictureMatch>{};
  }
  std::vector<PictureMatch> match(const Pixels& item) const { return match(item_features(item)); }

  LiveFeatureIndex& index() { return index_; }

 private:
  LiveFeatureIndex index_;
  std::map<EntryId, KnownPicture> pictures_;
};

}  // namespace weir::made
