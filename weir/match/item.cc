// SPDX-License-Identifier: Apache-2.0
#include "weir/match/item.h"

#include "weir/match/hashes/hash_match.h"
#include "weir/signal/turned.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {

Result<ItemToMatch> item_to_match(ItemSignals item) {
  ItemToMatch out;
  out.pictures = pictures_turned(item.signals);
  out.features = TRY(features_of(item.signals));
  if (item.is_video()) {
    AskedVideo& video = out.video.emplace();
    video.track = TRY(track_of(item.signals));
    if (const auto vpdq = value_of(item.signals, SignalKind::kVpdq); !vpdq.empty())
      video.vpdq = TRY(read_vpdq(vpdq));
    const auto tmk = value_of(item.signals, SignalKind::kTmk);
    video.tmk.assign(tmk.begin(), tmk.end());
  }
  for (Signal& signal : item.signals)
    if (is_digest(signal.kind)) out.digests.push_back(std::move(signal));
  out.media = std::move(item.media);
  out.note = std::move(item.note);
  return out;
}

ItemToMatch item_to_match(std::span<const Signal> signals) {
  ItemToMatch out;
  for (const Signal& signal : signals) {
    if (signal.kind == SignalKind::kPdq)
      out.pictures.push_back(picture_from_hash(as_hash256(signal), signal.quality.value_or(100)));
    else if (is_digest(signal.kind))
      out.digests.push_back(signal);
    else if (!out.video)
      out.video.emplace();
    // The bytes were checked when the signal was read. What cannot be read all the same is skipped.
    if (signal.kind == SignalKind::kVpdq)
      if (auto frames = read_vpdq(signal.value)) out.video->vpdq = std::move(*frames);
    if (signal.kind == SignalKind::kTmk) out.video->tmk = signal.value;
  }
  return out;
}

}  // namespace weir
