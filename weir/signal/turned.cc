// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/turned.h"

#include <cassert>

namespace weir {
namespace {

constexpr size_t kPartAt = kDihedrals * 32;

int information_in(std::span<const uint8_t> value) {
  return value[kPartAt + 1] | value[kPartAt + 2] << 8;
}

Signal signal_of(SignalKind kind, const PictureHash& picture) {
  Signal signal;
  signal.kind = kind;
  signal.quality = picture.quality;
  signal.region = picture.region;
  if (picture.time.count() != 0) signal.time = picture.time;
  return signal;
}

}  // namespace

Signal pdq_signal(const PictureHash& picture) {
  const auto bytes = to_bytes(picture.dihedral[0]);
  Signal signal = signal_of(SignalKind::kPdq, picture);
  signal.value.assign(bytes.begin(), bytes.end());
  return signal;
}

Signal turned_signal(const PictureHash& picture) {
  Signal signal = signal_of(SignalKind::kPdqTurned, picture);
  signal.value.reserve(kTurnedBytes);
  for (const Hash256& hash : picture.dihedral) {
    const auto bytes = to_bytes(hash);
    signal.value.insert(signal.value.end(), bytes.begin(), bytes.end());
  }
  signal.value.push_back(static_cast<uint8_t>(picture.part));
  signal.value.push_back(static_cast<uint8_t>(picture.information));
  signal.value.push_back(static_cast<uint8_t>(picture.information >> 8));
  return signal;
}

PictureHash picture_of_turned(const Signal& signal) {
  assert(signal.value.size() == kTurnedBytes);
  PictureHash picture;
  for (size_t i = 0; i < kDihedrals; ++i)
    picture.dihedral[i] =
        hash256_from_bytes(std::span<const uint8_t, 32>(signal.value.data() + 32 * i, 32));
  picture.part = static_cast<PicturePart>(signal.value[kPartAt]);
  picture.information = information_in(signal.value);
  picture.quality = signal.quality.value_or(100);
  picture.region = signal.region.value_or(Rect{});
  if (signal.time) picture.time = *signal.time;
  return picture;
}

Status check_turned(std::span<const uint8_t> value) {
  if (value[kPartAt] > static_cast<uint8_t>(PicturePart::kFramed))
    return Error{ErrorCode::kInvalid, "no part of a picture has this number"};
  if (information_in(value) > kPdqBits)
    return Error{ErrorCode::kInvalid, "a hash tells no more bits than it has"};
  return {};
}

std::vector<PictureHash> pictures_turned(std::span<const Signal> signals) {
  std::vector<PictureHash> pictures;
  for (const Signal& signal : signals)
    if (signal.kind == SignalKind::kPdqTurned) pictures.push_back(picture_of_turned(signal));
  return pictures;
}

}  // namespace weir
