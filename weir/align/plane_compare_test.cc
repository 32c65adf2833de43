// SPDX-License-Identifier: Apache-2.0
#include "weir/align/plane_compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "weir/align/made_pictures_for_test.h"

namespace weir {
namespace {

using made::similarity;

// A grey value of the item at x, y of the entry's picture, from the scene's.
using Edit = double (*)(double grey, double x, double y, std::mt19937& random);

double untouched(double grey, double, double, std::mt19937&) {
  return grey;
}
double gamma(double grey, double, double, std::mt19937&) {
  return 255 * std::pow(grey / 255, 2.2);
}
double faint(double grey, double, double, std::mt19937&) {
  return 90 + grey / 4;
}
double noisy(double grey, double, double, std::mt19937& random) {
  return grey + made::uniform(random, -40, 40);
}
double eight_tones(double grey, double, double, std::mt19937&) {
  return std::floor(grey / 32) * 32 + 16;
}
double captioned(double grey, double x, double y, std::mt19937&) {
  if (y < 380) return grey;
  return y > 400 && y < 460 && std::fmod(x, 24) < 10 ? 0 : 255;
}
double stickered(double grey, double x, double y, std::mt19937&) {
  for (const Point& middle : {Point{120, 140}, Point{400, 100}, Point{300, 330}, Point{540, 300}}) {
    const double apart = std::hypot(x - middle.x, y - middle.y);
    if (apart < 60)
      return apart > 52 ? 0 : std::hypot(x - middle.x - 15, y - middle.y) < 9 ? 20 : 235;
  }
  return grey;
}

const char* edit_name(Edit edit) {
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
  item.plane = made::plane(width, height, 512, [&](double x, double y) {
    const Point p = back({x, y});
    if (p.x < 0 || p.y < 0 || p.x > 640 || p.y > 480) return 128 + 60 * std::sin(x / 9 + y / 23);
    return edit(scene(p.x, p.y), p.x, p.y, random);
  });
  return item;
}

template <class Grey>
PictureFeatures entry_showing(const Grey& scene) {
  PictureFeatures entry{640, 480, {}, {}};
  entry.plane = made::plane(640, 480, 160, scene);
  return entry;
}

SharedRegion judged(const PictureFeatures& item, const PictureFeatures& entry,
                    const PictureTransform& transform) {
  SharedRegion region;
  region.entry_to_item = transform;
  judge(compare_planes(item, entry, transform), item, entry, true, region);
  return region;
}

double overlap(const Rect& a, const Rect& b) {
  const auto part = [](uint32_t p, uint32_t size_p, uint32_t q, uint32_t size_q) {
    return std::max(0.0, std::min<double>(p + size_p, q + size_q) - std::max<double>(p, q));
  };
  const double both = part(a.x, a.width, b.x, b.width) * part(a.y, a.height, b.y, b.height);
  return both / (1.0 * a.width * a.height + 1.0 * b.width * b.height - both);
}

TEST(PlaneCompare, WhatIsDoneToAllOfAPictureLeavesItACopy) {
  for (const Edit edit : {untouched, gamma, faint, noisy, eight_tones})
    for (unsigned seed = 0; seed < 3; ++seed)
      for (const auto& transform : {similarity(1, 0, 0, 0), similarity(0.4, 0.2, 150, 80),
                                    similarity(1.8, 0, -300, -150), mirror(640)}) {
        const made::Scene scene(seed);
        const auto grey = [&](double x, double y) { return scene.at(x, y); };
        const SharedRegion region =
            judged(item_showing(transform, grey, edit), entry_showing(grey), transform);
        EXPECT_EQ(region.verdict, Verdict::kCopy)
            << edit_name(edit) << " " << seed << " " << region.agreeing << " " << region.differing;
        EXPECT_GT(region.agreeing, 0.75) << edit_name(edit);
      }
}

TEST(PlaneCompare, WhatIsPutOnTopLeavesItACopy) {
  for (const Edit edit : {captioned, stickered})
    for (unsigned seed = 0; seed < 10; ++seed) {
      const made::Scene scene(seed);
      const auto grey = [&](double x, double y) { return scene.at(x, y); };
      const auto transform = similarity(0.8, 0, 20, 10);
      const SharedRegion region =
          judged(item_showing(transform, grey, edit), entry_showing(grey), transform);
      EXPECT_EQ(region.verdict, Verdict::kCopy)
          << seed << " " << region.agreeing << " " << region.differing;
    }
}

// A wall with a little on it: what is put before it may be most of what there is to see.
TEST(PlaneCompare, AWallWithACaptionIsACopyAndOneWithSomethingBeforeItIsNot) {
  const made::Scene scene(2), other(9);
  const auto wall = [&](double x, double y) { return x < 230 && y < 190 ? scene.at(x, y) : 140.0; };
  const auto with_caption = [&](double x, double y) {
    if (y < 350) return wall(x, y);
    return std::fmod(y, 40) < 22 && std::fmod(x, 24) < 11 ? 20.0 : 250.0;
  };
  const auto with_crowd = [&](double x, double y) {
    return y > 330 + 25 * std::sin(x / 17) + 20 * std::sin(x / 41) ? other.at(x, y) : wall(x, y);
  };
  const PictureFeatures entry = entry_showing(wall);
  EXPECT_EQ(judged(item_showing({}, with_caption, untouched), entry, {}).verdict, Verdict::kCopy);
  EXPECT_NE(judged(item_showing({}, with_crowd, untouched), entry, {}).verdict, Verdict::kCopy);
}

// Stickers say nothing of what came or went, but such a copy is no surer than any altered one.
TEST(PlaneCompare, ACopyWithAStickerIsAltered) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed);
    const auto grey = [&](double x, double y) { return scene.at(x, y); };
    const auto with_sticker = [&](double x, double y) {
      return std::hypot(x - 300, y - 240) > 70  ? grey(x, y)
             : std::hypot(x - 280, y - 220) > 9 ? 235.0
                                                : 20.0;
    };
    const PictureFeatures entry = entry_showing(grey);
    const BlockMap map = compare_planes(item_showing({}, with_sticker, untouched), entry, {});
    EXPECT_GT(map.change.covers, 0.03) << seed;
    SharedRegion region;
    judge(map, item_showing({}, with_sticker, untouched), entry, true, region);
    EXPECT_EQ(region.verdict, Verdict::kCopy);
    EXPECT_TRUE(region.altered);
    region = judged(item_showing({}, grey, untouched), entry, {});
    EXPECT_FALSE(region.altered);
  }
}

// Somebody in the middle of the picture, as an outline.
bool in_figure(double x, double y) {
  const double across = std::abs(x - 320), half = 40 + 20 * std::sin(y / 31) + (y - 200) / 10;
  return (y > 190 && y < 420 && across < half) || std::hypot(across, y - 150) < 45;
}

// The same of many tones.
double with_figure(const made::Scene& scene, const made::Scene& tones, double x, double y) {
  return in_figure(x, y) ? std::clamp(tones.at(x, y) * 1.3 - 40, 0.0, 255.0) : scene.at(x, y);
}

// Who came into the picture is somebody, unless its colours are a sticker's.
TEST(PlaneCompare, ColoursTellStickersFromNewcomers) {
  int copies_in_grey = 0, copies_in_pale = 0, copies_in_strong = 0;
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed), tones(seed + 1'000);
    const auto shown = [&](double x, double y) { return with_figure(scene, tones, x, y); };
    PictureFeatures item = item_showing({}, shown, untouched);
    const PictureFeatures entry = entry_showing([&](double x, double y) { return scene.at(x, y); });
    copies_in_grey += judged(item, entry, {}).verdict == Verdict::kCopy;
    const auto copies_in = [&](std::array<double, 3> tint) {
      item.colours = {{}, 256, 192, 3};
      for (uint32_t y = 0; y < 192; ++y)
        for (uint32_t x = 0; x < 256; ++x)
          for (const double factor : tint)
            item.colours.samples.push_back(
                static_cast<uint8_t>(in_figure(x * 2.5, y * 2.5) ? 200 * factor : 120));
      return judged(item, entry, {}).verdict == Verdict::kCopy;
    };
    copies_in_pale += copies_in({1, 0.85, 0.75});
    copies_in_strong += copies_in({1, 0.8, 0.1});
  }
  EXPECT_LE(copies_in_grey, 3);
  EXPECT_EQ(copies_in_pale, copies_in_grey);
  EXPECT_GE(copies_in_strong, 8);
}

// In how many of ten scenes into which the figure came the item is called a copy; `put_on` gives
// the tone of what an editor put on at x, y, if anything.
template <class PutOn>
int copies_with_figure(const PutOn& put_on) {
  int copies = 0;
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed), tones(seed + 1'000);
    const auto shown = [&](double x, double y) {
      const std::optional<double> tone = put_on(scene, x, y);
      return tone ? *tone : with_figure(scene, tones, x, y);
    };
    const PictureFeatures entry = entry_showing([&](double x, double y) { return scene.at(x, y); });
    copies += judged(item_showing({}, shown, untouched), entry, {}).verdict == Verdict::kCopy;
  }
  return copies;
}

// Beside stickers that cover more than it does, a figure is one more of them.
TEST(PlaneCompare, AFigureTellsOnlyBesideSmallerStickers) {
  const auto copies_beside = [](double radius) {
    return copies_with_figure([=](const made::Scene&, double x, double y) -> std::optional<double> {
      const double middle = x < 320 ? 110 : 530;
      if (std::hypot(x - middle, y - 240) < radius) return 235;
      return std::nullopt;
    });
  };
  EXPECT_LE(copies_beside(30), 3);
  EXPECT_GE(copies_beside(85), 7);
}

// Nor does one tell anything where most outlines of what changed are level or upright ones, as
// those of a band that an editor put beside it are.
TEST(PlaneCompare, AFigureTellsNothingBesideAPastedBand) {
  const auto copies_beside = [](double width) {
    return copies_with_figure(
        [=](const made::Scene& scene, double x, double) -> std::optional<double> {
          if (std::abs(x - 160) >= width / 2) return std::nullopt;
          return scene.at(160, 240) < 128 ? 250 : 5;
        });
  };
  EXPECT_LE(copies_beside(0), 3);
  EXPECT_GE(copies_beside(60), 8);
}

// Somebody stood in one place when the entry was taken and in another when the item was.
TEST(PlaneCompare, SomebodyWhoMovedMakesItAnotherPictureOfTheScene) {
  int copies = 0, scenes = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const made::Scene scene(seed), clothes(seed + 1'000);
    const auto with_somebody_at = [&](double middle) {
      return [&, middle](double x, double y) {
        const double across = std::abs(x - middle);
        // Nobody is a rectangle; what is one looks pasted (decision 0078).
        const double half = 45 + 18 * std::sin(y / 31) + (y - 200) / 10;
        const bool somebody = (y > 190 && across < half) || std::hypot(across, y - 150) < 45;
        return somebody ? std::clamp(clothes.at(x - middle + 320, y) * 0.8 - 20, 0.0, 255.0)
                        : scene.at(x, y);
      };
    };
    const SharedRegion region = judged(item_showing({}, with_somebody_at(200), noisy),
                                       entry_showing(with_somebody_at(430)), {});
    copies += region.verdict == Verdict::kCopy;
    scenes += region.verdict == Verdict::kSameScene;
  }
  EXPECT_GE(scenes, 18);
  EXPECT_LE(copies, 1);
}

TEST(PlaneCompare, OtherContentIsNoCopy) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed), other(seed + 500);
    const SharedRegion region =
        judged(item_showing(
                   {}, [&](double x, double y) { return other.at(x, y); }, untouched),
               entry_showing([&](double x, double y) { return scene.at(x, y); }), {});
    EXPECT_NE(region.verdict, Verdict::kCopy) << seed;
    EXPECT_LT(region.agreeing, 0.3);
  }
}

TEST(PlaneCompare, TheRegionIsWhatIsShown) {
  int found = 0;
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed);
    const auto grey = [&](double x, double y) { return scene.at(x, y); };
    const PictureFeatures entry = entry_showing(grey);

    const auto small = similarity(0.5, 0, 200, 100);  // picture in picture
    const SharedRegion inset = judged(item_showing(small, grey, untouched), entry, small);
    EXPECT_GT(overlap(inset.item_region, {200, 100, 320, 240}), 0.95);
    EXPECT_GT(overlap(inset.entry_region, {0, 0, 640, 480}), 0.95);

    const auto large = similarity(2, 0, -400, -300);  // a crop
    const SharedRegion crop = judged(item_showing(large, grey, untouched), entry, large);
    EXPECT_GT(overlap(crop.item_region, {0, 0, 640, 480}), 0.95);
    EXPECT_GT(overlap(crop.entry_region, {200, 150, 320, 240}), 0.95);

    // A part of the entry, pasted into another picture: the rest of its outline shows that one.
    // Told to a block, of which there are 20 in a line.
    const made::Scene other(seed + 100);
    PictureFeatures item = item_showing({}, grey, untouched);
    item.plane = made::plane(640, 480, 512, [&](double x, double y) {
      return x > 160 && x < 480 && y > 120 && y < 400 ? scene.at(x, y) : other.at(x, y);
    });
    const SharedRegion part = judged(item, entry, {});
    found += overlap(part.item_region, {160, 120, 320, 280}) > 0.4;  // 0.29 is all of the item
  }
  EXPECT_GE(found, 8);
}

// The transform that features give may err by a pixel or two of the item.
TEST(PlaneCompare, ASmallErrorOfTheTransformIsMadeGood) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    const made::Scene scene(seed);
    const auto grey = [&](double x, double y) { return scene.at(x, y); };
    const PictureFeatures item = item_showing(similarity(1, 0, 0, 0), grey, untouched);
    const SharedRegion region =
        judged(item, entry_showing(grey), similarity(1.006, 0.004, 2.5, -2));
    EXPECT_GT(region.agreeing, 0.95) << seed;
    EXPECT_EQ(region.verdict, Verdict::kCopy);
  }
}

// A screen filmed at an angle, of which only the affine transform that fits best is known. Features
// at its sides lie beside the place that this says, but nothing has moved.
TEST(PlaneCompare, APerspectiveThatTheTransformLacksIsNoMovement) {
  const made::Scene scene(5);
  const auto grey = [&](double x, double y) { return scene.at(x, y); };
  const PictureFeatures entry = entry_showing(grey);
  const PictureTransform shown{{0.95, 0.01, 8, 0, 0.95, 7, 7e-5, 5e-5, 1}};
  const PictureFeatures item = item_showing(shown, grey, untouched);
  std::vector<PointPair> pairs;
  for (double y = 40; y < 460; y += 20)
    for (double x = 40; x < 620; x += 20) pairs.push_back({shown({x, y}), {x, y}});
  const PictureTransform rough = *fit(TransformKind::kAffine, pairs);
  const PictureTransform back = *inverse(rough);
  std::vector<DisplacedSpot> spots;
  for (const PointPair& pair : pairs) spots.push_back({pair.entry, back(pair.item)});

  const BlockMap map = compare_planes(item, entry, rough, spots);
  EXPECT_EQ(map.change.moved.places, 0u);
  for (const Block& block : map.blocks) {
    if (block.state != Block::State::kCompared || block.agreement < kAgreeingBlock) continue;
    EXPECT_LT(std::hypot(block.shift_x, block.shift_y), 0.75);
  }
}

TEST(PlaneCompare, TooLittleToCompareIsUnclear) {
  const auto flat = [](double, double) { return 77.0; };
  EXPECT_EQ(judged(item_showing({}, flat, untouched), entry_showing(flat), {}).verdict,
            Verdict::kUnclear);
  const made::Scene scene(1);
  const auto grey = [&](double x, double y) { return scene.at(x, y); };
  const auto off = similarity(1, 0, 630, 470);  // a corner of the entry is all that is in the item
  EXPECT_EQ(judged(item_showing(off, grey, untouched), entry_showing(grey), off).verdict,
            Verdict::kUnclear);
  const PictureFeatures none{640, 480, {}, {}};
  EXPECT_EQ(judged(none, entry_showing(grey), {}).verdict, Verdict::kUnclear);
  EXPECT_EQ(judged(none, entry_showing(grey), {}).item_region, (Rect{0, 0, 640, 480}));
}

}  // namespace
}  // namespace weir
