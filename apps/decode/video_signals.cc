// SPDX-License-Identifier: Apache-2.0
#include "apps/decode/video_signals.h"

#include <optional>
#include <utility>

#include "weir/hash/picture/pdq.h"
#include "weir/hash/video/tmk.h"
#include "weir/hash/video/video_track.h"
#include "weir/hash/video/vpdq.h"
#include "weir/media/picture/jpeg.h"
#include "weir/media/video/video.h"
#include "weir/signal/video_codec.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

// For decoding, and for stills beside it. A worker is alone with a long video.
constexpr unsigned kThreads = 2;

constexpr uint32_t kTmkSide = 64;
// Where no track is wanted: its beginning alone, which takes no time.
constexpr TrackOptions kNoTrack{
    std::chrono::hours(1), 64, std::chrono::hours(1), {0, 0, 0}, false, false};
constexpr int kPreviewQuality = 70;

// The signals that are made on the way through a video.
class VideoPass {
 public:
  VideoPass(const DecodeWants& wants, bool wants_preview)
      : wants_tmk_(wants.has(SignalKind::kTmk)),
        wants_vpdq_(wants.has(SignalKind::kVpdq)),
        wants_track_(wants.has(SignalKind::kTrack)),
        tracker_(wants_track_ ? wants.track : kNoTrack, kThreads),
        preview_side_(wants_preview ? wants.preview_side : 0) {}

  // A frame decoded for nothing costs time alone: until the first frame says what vPDQ wants, all.
  bool needs(std::chrono::microseconds time, std::chrono::microseconds until,
             uint32_t number) const {
    if (wants_tmk_ || (wants_vpdq_ && !vpdq_)) return true;
    return tracker_.may_want(time, until) || (vpdq_ && vpdq_->wants(number));
  }

  Status take(VideoFrame& frame) {
    if (frame.number() == 0) begin(frame);
    if (tracker_.wants(frame.time(), frame.until())) {
      const auto grey = [&](uint32_t side) { return frame.grey(side); };
      TRY(tracker_.add(frame.time(), frame.until(), frame.width(), frame.height(), grey));
      if (preview_side_ > 0) TRY(preview(frame));
    }
    if (vpdq_ && vpdq_->wants(frame.number())) vpdq_->take(frame.number(), TRY(frame.rgb()));
    if (tmk_) tmk_->take(frame.time(), TRY(frame.rgb(kTmkSide, kTmkSide)), frame.said_duration());
    return {};
  }

  Status finish(DecodedVideo decoded, ItemSignals& item) {
    VideoTrack track = TRY(tracker_.finish(decoded.duration));
    item.duration = track.duration;
    const auto add = [&](SignalKind kind, std::vector<uint8_t> value) {
      item.signals.push_back({kind, std::move(value), {}, {}, {}});
    };
    const std::vector<VpdqFrame> frames = vpdq_ ? vpdq_->finish() : std::vector<VpdqFrame>();
    if (!frames.empty()) add(SignalKind::kVpdq, write_vpdq(frames));
    if (tmk_) add(SignalKind::kTmk, write_tmk(tmk_->finish()));
    if (wants_track_) add(SignalKind::kTrack, write_video_track(track));
    item.codec = std::move(decoded.codec);
    item.frames_a_second = decoded.frames_a_second;
    item.has_audio = decoded.has_audio;
    item.media = "video";
    item.format = std::move(decoded.format);
    item.width = decoded.width;
    item.height = decoded.height;
    item.frames = static_cast<uint32_t>(decoded.frames);
    if (!decoded.note.empty()) item.note = std::move(decoded.note);
    if (item.preview_jpeg.empty()) item.preview_jpeg = std::move(preview_jpeg_);
    return {};
  }

 private:
  void begin(const VideoFrame& frame) {
    if (wants_vpdq_) vpdq_.emplace(frame.frames_a_second());
    if (wants_tmk_) tmk_.emplace(frame.base_frames_a_second());
  }

  // The first frame that says something; until then the first of all.
  Status preview(VideoFrame& frame) {
    const PixelView small = TRY(frame.grey(preview_side_));
    const bool is_telling = pdq(small).quality >= kPdqMatchableQuality;
    if (preview_jpeg_.empty() || is_telling)
      preview_jpeg_ = TRY(media::encode_jpeg(small, kPreviewQuality));
    if (is_telling) preview_side_ = 0;
    return {};
  }

  const bool wants_tmk_, wants_vpdq_, wants_track_;
  VideoTracker tracker_;
  uint32_t preview_side_;  // 0: none wanted any more
  std::vector<uint8_t> preview_jpeg_;
  std::optional<VpdqHasher> vpdq_;
  std::optional<TmkHasher> tmk_;
};

}  // namespace

Status add_video(ByteSource& file, const DecodeWants& wants, const Limits& limits,
                 const DecodeProgress& say, ItemSignals& item) {
  VideoOptions options;
  options.keyframes_only = wants.track.keyframes_only;
  options.threads = kThreads;
  options.progress = say;
  VideoPass pass(wants, wants.preview_side > 0 && item.preview_jpeg.empty());
  options.needs = [&](std::chrono::microseconds time, std::chrono::microseconds until,
                      uint32_t number) { return pass.needs(time, until, number); };
  DecodedVideo decoded =
      TRY(decode_video(file, limits, options, [&](VideoFrame& frame) { return pass.take(frame); }));
  return pass.finish(std::move(decoded), item);
}

}  // namespace weir
