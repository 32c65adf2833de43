// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/item_signals.h"

#include <algorithm>
#include <iterator>

#include "weir/signal/features_codec.h"
#include "weir/signal/video_codec.h"

namespace weir {

const Signal* find_signal(std::span<const Signal> signals, SignalKind kind) {
  const auto at = std::find_if(signals.begin(), signals.end(),
                               [&](const Signal& signal) { return signal.kind == kind; });
  return at == signals.end() ? nullptr : &*at;
}

std::span<const uint8_t> value_of(std::span<const Signal> signals, SignalKind kind) {
  const Signal* signal = find_signal(signals, kind);
  return signal != nullptr ? std::span<const uint8_t>(signal->value) : std::span<const uint8_t>();
}

std::vector<Signal> exchanged_of(std::span<const Signal> signals) {
  std::vector<Signal> out;
  std::copy_if(signals.begin(), signals.end(), std::back_inserter(out),
               [](const Signal& signal) { return row_of(signal.kind).is_exchanged; });
  return out;
}

Result<PictureFeatures> features_of(std::span<const Signal> signals) {
  const auto value = value_of(signals, SignalKind::kFeatures);
  return value.empty() ? Result<PictureFeatures>(PictureFeatures{}) : decode_features(value);
}

Result<VideoTrack> track_of(std::span<const Signal> signals) {
  const auto value = value_of(signals, SignalKind::kTrack);
  return value.empty() ? Result<VideoTrack>(VideoTrack{}) : read_video_track(value);
}

}  // namespace weir
