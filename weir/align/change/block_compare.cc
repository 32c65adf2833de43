// SPDX-License-Identifier: Apache-2.0
#include "weir/align/change/block_compare.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "weir/align/change/tone_curve.h"
#include "weir/align/picture/transform.h"
#include "weir/base/wide.h"

namespace weir {

namespace {

// Constants: decision 0078 tries four blurs, and decision 0086 asks 48 blocks for a homography; the
// others were chosen by hand on the tune side of the accuracy bench, and not fitted.
constexpr size_t kSide = BlockMap::kSide;
constexpr double kLeastContrast = 4;    // levels; a block of less is flat
constexpr double kGuides = 0.6;         // a block that agrees so well tells where it lies
constexpr double kNoMove = 0.02;        // of correlation, by which another place must fit better,
constexpr double kNoMoveShare = 0.3;    // and besides, by this share of what the best fit lacks
constexpr size_t kForSimilarity = 8;    // so many blocks that tell correct a similarity,
constexpr size_t kForAffine = 16;       // so many an affine map,
constexpr size_t kForPerspective = 48;  // and so many a homography or a bend
constexpr double kWorthMoving = 0.3;    // pixels of the entry's plane, of mean displacement
constexpr int kCorrections = 3;         // rounds of correction
constexpr size_t kBendCells = 8;        // pieces of a bend that corrects
constexpr double kBendStiffness = 0.05;
constexpr double kMostStrain = 0.6;
constexpr float kLeastVisible = 0.9f;    // share of a pixel that must show
constexpr double kSurest = 0.9999;       // a higher correlation tells no more
constexpr float kTrustAnyway = 0.02f;    // in the tones of blocks that tell nothing
constexpr double kOtherTone = 0.35;      // share of the contrast, by which a pixel has another tone
constexpr double kLeastSeen = 24;        // pixels of a block that must not be hidden
constexpr double kAlwaysBlur = 0.7;      // of both: grain and the edges of pixels are no content
constexpr double kWorthBlurring = 1.02;  // times as much must be told after a stronger blur
// Blurs that are tried on the entry besides, to make it as soft as the item. The best is taken.
constexpr double kSoftness[] = {0, 1.0, 1.8, 3.0};

// Sums over a block, from which all else follows.
struct Sums {
  double entry = 0, item = 0, entry2 = 0, item2 = 0, both = 0;
  double count = kSide * kSide;

  double variance_of_entry() const { return std::max(0.0, entry2 - entry * entry / count); }
  double variance_of_item() const { return std::max(0.0, item2 - item * item / count); }
  double correlation() const {
    const double product = variance_of_entry() * variance_of_item();
    if (!(product > 1e-6)) return 0;
    return std::clamp((both - entry * item / count) / std::sqrt(product), -1.0, 1.0);
  }
  bool is_flat() const { return variance_of_entry() < count * kLeastContrast * kLeastContrast; }
};

// Four numbers that are worked on at once.
using Four = float __attribute__((vector_size(16)));
inline Four four_at(const float* from) {
  Four four;
  std::memcpy(&four, from, sizeof four);
  return four;
}

inline Sums sums_of(const Plane& entry, const Plane& item, size_t x, size_t y, int dx, int dy) {
  static_assert(kSide % 4 == 0);
  Four e{}, i{}, ee{}, ii{}, ei{};
  for (size_t r = 0; r < kSide; ++r) {
    const float* from = entry.row(y + r) + x;
    const float* to = item.row(y + r + static_cast<size_t>(dy)) + x + static_cast<size_t>(dx);
    for (size_t c = 0; c < kSide; c += 4) {
      const Four a = four_at(from + c) - 128, b = four_at(to + c) - 128;
      e += a, i += b, ee += a * a, ii += b * b, ei += a * b;
    }
  }
  const auto all = [](const Four& sums) { return sums[0] + sums[1] + sums[2] + sums[3]; };
  return {all(e), all(i), all(ee), all(ii), all(ei)};
}

// The place of the top of the parabola through three values, the middle one the largest.
float top_of(double before, double middle, double after) {
  const double curve = before + after - 2 * middle;
  return curve < -1e-6 ? static_cast<float>(std::clamp((before - after) / (2 * curve), -0.5, 0.5))
                       : 0;
}

WEIR_WIDE Block compare_block(const Plane& entry, const Plane& item, size_t x, size_t y) {
  double score[3][3];
  int best_x = 0, best_y = 0;
  Block block;
  for (int dy = -1; dy <= 1; ++dy)
    for (int dx = -1; dx <= 1; ++dx) {
      const Sums sums = sums_of(entry, item, x, y, dx, dy);
      score[dy + 1][dx + 1] = sums.correlation();
      if (score[dy + 1][dx + 1] > score[best_y + 1][best_x + 1]) best_x = dx, best_y = dy;
      if (dx == 0 && dy == 0) {
        block.entry_contrast = static_cast<float>(std::sqrt(sums.variance_of_entry() / sums.count));
        block.item_contrast = static_cast<float>(std::sqrt(sums.variance_of_item() / sums.count));
      }
    }
  const double best = score[best_y + 1][best_x + 1];
  block.agreement = static_cast<float>(best);
  // Along a straight edge or in noise another place fits as well by chance. That is no movement.
  if (best - score[1][1] <= kNoMove + kNoMoveShare * (1 - best)) best_x = best_y = 0;
  block.shift_x = static_cast<float>(best_x);
  block.shift_y = static_cast<float>(best_y);
  if (best_x == 0)
    block.shift_x += top_of(score[best_y + 1][0], score[best_y + 1][1], score[best_y + 1][2]);
  if (best_y == 0)
    block.shift_y += top_of(score[0][best_x + 1], score[1][best_x + 1], score[2][best_x + 1]);
  return block;
}

bool all_inside(const std::vector<uint8_t>& inside, size_t width, size_t height, size_t x,
                size_t y) {
  if (x < 1 || y < 1 || x + kSide + 1 > width || y + kSide + 1 > height) return false;
  for (size_t r = y - 1; r < y + kSide + 1; ++r)
    for (size_t c = x - 1; c < x + kSide + 1; ++c)
      if (!inside[r * width + c]) return false;
  return true;
}

}  // namespace

double information(double correlation) {
  const double r = std::clamp(correlation, 0.0, kSurest);
  return -0.5 * std::log(1 - r * r);
}

std::optional<float> agreement_beside(const Plane& entry, const Plane& item, const Mask& hidden,
                                      size_t x, size_t y) {
  Sums sums;
  sums.count = 0;
  for (size_t r = y; r < y + kSide; ++r)
    for (size_t c = x; c < x + kSide; ++c) {
      if (hidden[r * entry.width + c]) continue;
      const double a = entry.row(r)[c] - 128, b = item.row(r)[c] - 128;
      sums.count += 1;
      sums.entry += a, sums.item += b;
      sums.entry2 += a * a, sums.item2 += b * b, sums.both += a * b;
    }
  if (sums.count < kLeastSeen || sums.is_flat()) return std::nullopt;
  return static_cast<float>(sums.correlation());
}

Plane trust_in(const std::vector<Block>& blocks, size_t width, size_t height, const Mask& inside) {
  Plane trust{width, height, std::vector<float>(width * height, kTrustAnyway)};
  const size_t columns = width / kSide, left = width % kSide / 2, top = height % kSide / 2;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].state != Block::State::kCompared) continue;
    const float told = kTrustAnyway + static_cast<float>(information(blocks[i].agreement));
    for (size_t r = 0; r < kSide; ++r)
      std::fill_n(trust.row(top + i / columns * kSide + r) + left + i % columns * kSide, kSide,
                  told);
  }
  for (size_t i = 0; i < inside.size(); ++i)
    if (!inside[i]) trust.samples[i] = 0;
  return trust;
}

BlockComparison::BlockComparison(const Plane& known, const SeenItem& seen,
                                 PictureTransform to_shown, SmoothField bend)
    : known_(known),
      shown_(seen.plane),
      visible_(seen.visible),
      shown_pixels_(static_cast<double>(seen.plane.width) * static_cast<double>(seen.plane.height)),
      laid_{to_shown, {}, std::move(bend), {}, {}, {}} {
  if (!visible_.empty())
    shown_pixels_ =
        std::max(1.0, std::accumulate(visible_.samples.begin(), visible_.samples.end(), 0.0));
  columns_ = known.width / kSide;
  left_ = known.width % kSide / 2;  // what is left over is shared by both sides
  top_ = known.height % kSide / 2;
  laid_.blocks.resize(columns_ * (known.height / kSide));
  warp();
}

Point BlockComparison::middle_of(size_t block) const {
  return {static_cast<double>(left_ + block % columns_ * kSide) + kSide / 2.0,
          static_cast<double>(top_ + block / columns_ * kSide) + kSide / 2.0};
}

// Calls does(middle, displacement) for each block that tells where it lies.
template <class Does>
void BlockComparison::for_each_guide(Does does) const {
  for (size_t i = 0; i < laid_.blocks.size(); ++i)
    if (laid_.blocks[i].state == Block::State::kCompared && laid_.blocks[i].agreement >= kGuides)
      does(middle_of(i), Point{laid_.blocks[i].shift_x, laid_.blocks[i].shift_y});
}

// Calls does(i, x, y) for each block i that is wholly in the item, x, y being its corner.
template <class Does>
void BlockComparison::for_each_inside(Does does) const {
  for (size_t i = 0; i < laid_.blocks.size(); ++i) {
    const size_t x = left_ + i % columns_ * kSide, y = top_ + i / columns_ * kSide;
    if (all_inside(laid_.inside, known_.width, known_.height, x, y)) does(i, x, y);
  }
}

void BlockComparison::warp() {
  Warped seen = warped(shown_, laid_.to_shown, known_.width, known_.height, laid_.bend);
  laid_.inside = std::move(seen.inside);
  laid_.soft_item = blurred(seen.plane, kAlwaysBlur);
  if (visible_.empty()) return;
  // What was filled in is no picture, so nothing is compared there.
  const Plane visible =
      warped(visible_, laid_.to_shown, known_.width, known_.height, laid_.bend).plane;
  for (size_t i = 0; i < laid_.inside.size(); ++i)
    if (visible.samples[i] < kLeastVisible) laid_.inside[i] = 0;
}

std::pair<Plane, double> BlockComparison::softened(double least) const {
  double best = -1;
  std::pair<Plane, double> out;
  for (const double softness : kSoftness) {
    const double blur = std::hypot(kAlwaysBlur, softness, least);
    Plane soft = blurred(known_, blur);
    double sum = 0, count = 0;
    for_each_inside([&](size_t, size_t x, size_t y) {
      const Sums sums = sums_of(soft, laid_.soft_item, x, y, 0, 0);
      if (sums.is_flat()) return;
      sum += information(sums.correlation()), count += 1;
    });
    // A little softer must be a little better, or flat blocks would decide.
    const double mean = count > 0 ? sum / count : 0;
    if (mean < best * kWorthBlurring) continue;
    best = mean;
    out = {std::move(soft), blur};
  }
  return out;
}

double BlockComparison::compare_blocks() {
  std::fill(laid_.blocks.begin(), laid_.blocks.end(), Block());
  double sum = 0;
  for_each_inside([&](size_t i, size_t x, size_t y) {
    Block& block = laid_.blocks[i] = compare_block(*soft_entry_, laid_.soft_item, x, y);
    block.state =
        block.entry_contrast < kLeastContrast ? Block::State::kFlat : Block::State::kCompared;
    if (block.state == Block::State::kCompared) sum += information(block.agreement);
  });
  return sum;
}

void BlockComparison::compare(const Plane& soft_entry) {
  soft_entry_ = &soft_entry;
  double agreement = compare_blocks();
  for (int round = 0; round < kCorrections; ++round) {
    Laid before = laid_;
    if (!(laid_.bend.empty() ? correct_map() : correct_bend()) && !correct_bend()) break;
    warp();
    const double after = compare_blocks();
    if (after <= agreement) {
      laid_ = std::move(before);
      break;
    }
    agreement = after;
  }
  compare_tones();
}

// Sets for each block how many of its pixels have another tone than the tone curve says.
void BlockComparison::compare_tones() {
  const size_t width = known_.width, height = known_.height;
  const ToneCurve curve(*soft_entry_, laid_.soft_item,
                        trust_in(laid_.blocks, width, height, laid_.inside));
  Plane toned = *soft_entry_;
  double sum = 0, squares = 0, count = 0;
  for (size_t i = 0; i < laid_.inside.size(); ++i) {
    if (!laid_.inside[i]) continue;
    const double tone = toned.samples[i] = curve(toned.samples[i]);
    sum += tone, squares += tone * tone, count += 1;
  }
  const double contrast = std::sqrt(std::max(0.0, squares - sum * sum / count) / count);
  for_each_inside([&](size_t i, size_t x, size_t y) {
    float changed = 0;
    for (size_t r = y; r < y + kSide; ++r)
      for (size_t c = x; c < x + kSide; ++c)
        changed += std::abs(toned.row(r)[c] - laid_.soft_item.row(r)[c]) > kOtherTone * contrast;
    laid_.blocks[i].changed = changed / (kSide * kSide);
  });
}

// Corrects the map by the displacements of the blocks. False when these are small, or too few
// blocks tell.
bool BlockComparison::correct_map() {
  std::vector<PointPair> pairs;
  double away = 0;
  for_each_guide([&](Point middle, Point by) {
    pairs.push_back({{middle.x + by.x, middle.y + by.y}, middle});
    away += std::hypot(by.x, by.y);
  });
  if (pairs.size() < kForSimilarity || away < kWorthMoving * static_cast<double>(pairs.size()))
    return false;
  const auto kind = pairs.size() < kForAffine        ? TransformKind::kSimilarity
                    : pairs.size() < kForPerspective ? TransformKind::kAffine
                                                     : TransformKind::kHomography;
  auto found = fit(kind, pairs);
  if (!found) return false;
  std::erase_if(pairs, [&](const PointPair& pair) {
    const Point to = (*found)(pair.entry);
    return std::hypot(to.x - pair.item.x, to.y - pair.item.y) > 1;
  });
  found = fit(kind, pairs);
  if (!found) return false;
  laid_.to_shown = compose(*found, laid_.to_shown);
  laid_.corrected = compose(*found, laid_.corrected);
  return true;
}

// Corrects the bend, where blocks are displaced as their neighbours are. False as above, or when
// the bend would pull too unevenly.
bool BlockComparison::correct_bend() {
  std::vector<SmoothField::Shift> shifts;
  double away = 0;
  for_each_guide([&](Point middle, Point by) {
    const Point before = laid_.bend(middle);
    shifts.push_back({middle, {before.x + by.x, before.y + by.y}});
    away += std::hypot(by.x, by.y);
  });
  if (shifts.size() < kForPerspective || away < kWorthMoving * static_cast<double>(shifts.size()))
    return false;
  auto field = SmoothField::fit(shifts, static_cast<double>(known_.width),
                                static_cast<double>(known_.height), kBendCells, kBendStiffness);
  if (!field || field->strain() > kMostStrain) return false;
  laid_.bend = std::move(*field);
  return true;
}

Point BlockComparison::in_item(size_t block) const {
  const Point middle = middle_of(block), by = laid_.bend(middle);
  const Point at = laid_.to_shown({middle.x + by.x, middle.y + by.y});
  return {at.x / static_cast<double>(shown_.width), at.y / static_cast<double>(shown_.height)};
}

double BlockComparison::item_share(size_t block) const {
  const Stretch here = stretch(laid_.to_shown, middle_of(block));
  return here.most * here.least * kSide * kSide / shown_pixels_;
}

}  // namespace weir
