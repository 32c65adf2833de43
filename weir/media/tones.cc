// SPDX-License-Identifier: Apache-2.0
#include "weir/media/tones.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string_view>

namespace weir::media {
namespace {

constexpr double kOfScreens = 2.2;
// A power that is off by less is near enough: between the curves of old and new screens (1.8 and
// 2.4) a hash moves by few bits. Chosen by hand; light itself is off by 2.2.
constexpr double kNear = 1.35;

using Curve = std::function<double(double stored)>;  // light, both 0 to 1

// What a screen is sent for so much light (IEC 61966-2-1).
double on_screen(double light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

// The power that a curve is like, told in the middle.
double power_of(const Curve& curve) {
  return std::log(std::clamp(curve(0.5), 1e-6, 0.999)) / std::log(0.5);
}

Tones tones_of(const Curve& curve) {
  const double off = power_of(curve) / kOfScreens;
  if (!(off < 1 / kNear || off > kNear)) return {};
  Tones tones(kTones);
  for (size_t i = 0; i < kTones; ++i) {
    const double light = curve(static_cast<double>(i) / (kTones - 1));
    tones[i] = static_cast<uint8_t>(std::lround(255 * on_screen(std::clamp(light, 0.0, 1.0))));
  }
  return tones;
}

// A profile's bytes; reading beyond the end gives zeros.
class Profile {
 public:
  explicit Profile(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  uint32_t at(size_t place, size_t size) const {
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i)
      value = value << 8 | (place + i < bytes_.size() ? bytes_[place + i] : 0u);
    return value;
  }
  double fixed(size_t place) const {
    return static_cast<double>(static_cast<int32_t>(at(place, 4))) / 65'536;
  }
  bool has(size_t place, std::string_view text) const {
    for (size_t i = 0; i < text.size(); ++i)
      if (at(place + i, 1) != static_cast<uint8_t>(text[i])) return false;
    return true;
  }
  size_t size() const { return bytes_.size(); }

 private:
  std::span<const uint8_t> bytes_;
};

// 10.15 parametricCurveType.
std::optional<Curve> parametric(const Profile& profile, size_t at) {
  const uint32_t type = profile.at(at + 8, 2);
  if (type > 4) return std::nullopt;
  const auto number = [&](size_t i) { return profile.fixed(at + 12 + 4 * i); };
  const double g = number(0);
  const double a = type > 0 ? number(1) : 1, b = type > 0 ? number(2) : 0;
  const double c = type == 2 || type >= 3 ? number(3) : 0, d = type >= 3 ? number(4) : 0;
  const double e = type == 4 ? number(5) : 0, f = type == 4 ? number(6) : 0;
  if (!(a > 0) || !(g > 0)) return std::nullopt;
  return Curve([=](double x) {
    const auto power = [&] { return std::pow(std::max(a * x + b, 0.0), g); };
    switch (type) {
      case 1:
        return x >= -b / a ? power() : 0;
      case 2:
        return x >= -b / a ? power() + c : c;
      case 3:
        return x >= d ? power() : c * x;
      case 4:
        return x >= d ? power() + e : c * x + f;
      default:
        return std::pow(x, g);
    }
  });
}

// 10.6 curveType: a power, or a table.
std::optional<Curve> sampled(const Profile& profile, size_t at) {
  const uint32_t count = profile.at(at + 8, 4);
  if (count == 0) return Curve([](double x) { return x; });
  if (count == 1) {
    const double power = profile.at(at + 12, 2) / 256.0;
    if (power <= 0) return std::nullopt;
    return Curve([=](double x) { return std::pow(x, power); });
  }
  if (count > 65'536 || at + 12 + 2 * size_t{count} > profile.size()) return std::nullopt;
  std::vector<double> light(count);
  for (uint32_t i = 0; i < count; ++i) light[i] = profile.at(at + 12 + 2 * size_t{i}, 2) / 65'535.0;
  return Curve([light = std::move(light)](double x) {
    const double place = x * static_cast<double>(light.size() - 1);
    const auto below = std::min(static_cast<size_t>(place), light.size() - 2);
    const double share = place - static_cast<double>(below);
    return light[below] * (1 - share) + light[below + 1] * share;
  });
}

std::optional<Curve> curve_of(const Profile& profile) {
  constexpr size_t kHead = 128;
  if (!profile.has(16, "RGB ") && !profile.has(16, "GRAY")) return std::nullopt;
  const uint32_t tags = std::min<uint32_t>(profile.at(kHead, 4), 100);
  for (uint32_t i = 0; i < tags; ++i) {
    const size_t tag = kHead + 4 + 12 * size_t{i};
    if (!profile.has(tag, "gTRC") && !profile.has(tag, "kTRC")) continue;
    const size_t at = profile.at(tag + 4, 4);
    if (profile.has(at, "curv")) return sampled(profile, at);
    if (profile.has(at, "para")) return parametric(profile, at);
  }
  return std::nullopt;
}

}  // namespace

Tones tones_of_power(double power) {
  if (!(power > 0.1 && power < 10)) return {};
  return tones_of([=](double stored) { return std::pow(stored, power); });
}

Tones tones_of_icc(std::span<const uint8_t> profile) {
  const std::optional<Curve> curve = curve_of(Profile(profile));
  return curve ? tones_of(*curve) : Tones();
}

void show(const Tones& tones, Pixels& pixels) {
  if (tones.empty()) return;
  for (uint8_t& sample : pixels.samples) sample = tones[size_t{257} * sample];
}

}  // namespace weir::media
