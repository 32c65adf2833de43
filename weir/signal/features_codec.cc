// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/features_codec.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>

#include "weir/signal/little_endian.h"

namespace weir {
namespace {

constexpr uint8_t kFeaturesVersion = 1;   // 2 had colours after the plane
constexpr uint8_t kVersionWithShown = 3;  // of items: what shows of the plane stands after it
constexpr size_t kFeaturesHeadBytes = 1 + 4 + 4 + 2 + 2 + 2;
constexpr size_t kFeatureBytes = 4 * 4 + 128;

float take_float(const uint8_t*& at) {
  return std::bit_cast<float>(take<uint32_t>(at));
}

bool is_plausible(const LocalFeature& feature, const PictureFeatures& picture) {
  const float side = static_cast<float>(std::max(picture.width, picture.height));
  // NaN fails every comparison.
  return feature.x >= 0 && feature.x <= static_cast<float>(picture.width) && feature.y >= 0 &&
         feature.y <= static_cast<float>(picture.height) && feature.scale > 0 &&
         feature.scale <= side && feature.angle >= 0 && feature.angle <= 6.2831855F;
}

}  // namespace

size_t encoded_features_bytes(const PictureFeatures& picture) {
  return kFeaturesHeadBytes + picture.features.size() * kFeatureBytes +
         picture.plane.samples.size() + picture.shown.samples.size();
}

std::vector<uint8_t> encode_features(const PictureFeatures& picture) {
  assert(picture.features.size() <= kMostFeatures && picture.plane.channels == 1);
  assert(picture.plane.width <= kMostPlaneSide && picture.plane.height <= kMostPlaneSide);
  const std::vector<uint8_t>& shown = picture.shown.samples;
  assert(shown.empty() || shown.size() == picture.plane.samples.size());
  std::vector<uint8_t> out;
  out.reserve(encoded_features_bytes(picture));
  put(out, shown.empty() ? kFeaturesVersion : kVersionWithShown);
  put(out, picture.width);
  put(out, picture.height);
  put(out, static_cast<uint16_t>(picture.features.size()));
  put(out, static_cast<uint16_t>(picture.plane.width));
  put(out, static_cast<uint16_t>(picture.plane.height));
  for (const LocalFeature& feature : picture.features) {
    for (const float value : {feature.x, feature.y, feature.scale, feature.angle})
      put(out, std::bit_cast<uint32_t>(value));
    out.insert(out.end(), feature.descriptor.begin(), feature.descriptor.end());
  }
  out.insert(out.end(), picture.plane.samples.begin(), picture.plane.samples.end());
  out.insert(out.end(), shown.begin(), shown.end());
  return out;
}

Result<PictureFeatures> decode_features(std::span<const uint8_t> bytes) {
  const Error damaged{ErrorCode::kCorrupt, "the local features of a picture are damaged"};
  if (bytes.size() < kFeaturesHeadBytes ||
      (bytes[0] != kFeaturesVersion && bytes[0] != kVersionWithShown))
    return damaged;
  const uint8_t* at = bytes.data() + 1;
  PictureFeatures picture;
  picture.width = take<uint32_t>(at);
  picture.height = take<uint32_t>(at);
  const size_t count = take<uint16_t>(at);
  picture.plane.width = take<uint16_t>(at);
  picture.plane.height = take<uint16_t>(at);
  const size_t samples = size_t{picture.plane.width} * picture.plane.height;
  const size_t shown = bytes[0] == kVersionWithShown ? samples : 0;
  if (count > kMostFeatures || picture.plane.width > kMostPlaneSide ||
      picture.plane.height > kMostPlaneSide ||
      bytes.size() != kFeaturesHeadBytes + count * kFeatureBytes + samples + shown)
    return damaged;
  // One way to write each: without samples there is nothing that could be shown.
  if (bytes[0] == kVersionWithShown && samples == 0) return damaged;
  picture.features.resize(count);
  for (LocalFeature& feature : picture.features) {
    feature.x = take_float(at);
    feature.y = take_float(at);
    feature.scale = take_float(at);
    feature.angle = take_float(at);
    std::memcpy(feature.descriptor.data(), at, feature.descriptor.size());
    at += feature.descriptor.size();
    if (!is_plausible(feature, picture)) return damaged;
  }
  picture.plane.samples.assign(at, at + samples);
  at += samples;
  if (shown == 0) return picture;
  const auto is_either = [](uint8_t one) { return one == 0 || one == 255; };
  if (!std::all_of(at, at + shown, is_either)) return damaged;
  picture.shown = {{at, at + shown}, picture.plane.width, picture.plane.height, 1};
  return picture;
}

std::pair<uint32_t, uint32_t> features_size(std::span<const uint8_t> bytes) {
  assert(bytes.size() >= kFeaturesHeadBytes);
  const uint8_t* at = bytes.data() + 1;
  const auto width = take<uint32_t>(at);
  return {width, take<uint32_t>(at)};
}

}  // namespace weir
