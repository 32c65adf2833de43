// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/answer_check.h"

#include <algorithm>
#include <map>
#include <string>

namespace weir {
namespace {

// A JPEG is smaller than its samples; the rest is for its head.
constexpr size_t kJpegHeadBytes = 4096;

// The last frame that is decoded may be shown for a while.
constexpr std::chrono::seconds kSlack{60};

Error refused(std::string_view why) {
  return {ErrorCode::kCorrupt, "the decoder answered what it was not asked: " + std::string(why)};
}

SignalOptions asked_of(const DecodeWants& wants, const Limits& limits) {
  return {wants.features, wants.track, std::chrono::seconds(limits.video_seconds) + kSlack};
}

Status check_preview(const ItemSignals& item, uint32_t side) {
  if (item.preview_jpeg.empty()) return {};
  if (side == 0) return refused("a preview");
  if (item.preview_jpeg.size() > size_t{3} * side * side + kJpegHeadBytes)
    return refused("a preview larger than its pixels");
  return {};
}

}  // namespace

Status check_answer(const ItemSignals& item, const DecodeWants& wants, const Limits& limits) {
  if (std::max(item.width, item.height) > limits.dimension ||
      uint64_t{item.width} * item.height > limits.pixels)
    return refused("a picture larger than the limits");
  if (item.is_video() && !wants.has_any(SignalOf::kVideo)) return refused("a video");
  TRY(check_preview(item, wants.preview_side));
  std::map<SignalKind, size_t> counts;
  for (const Signal& signal : item.signals) {
    const KindRow& row = row_of(signal.kind);
    const std::string name(row.name);
    if (!wants.has(signal.kind)) return refused(name);
    if (++counts[signal.kind] > row.most_of_item) return refused("too many values of " + name);
    if (row.check_asked == nullptr) continue;
    if (const Status asked = row.check_asked(signal.value, asked_of(wants, limits)); !asked)
      return refused(name + ": " + asked.error().message);
  }
  return {};
}

}  // namespace weir
