// SPDX-License-Identifier: Apache-2.0
#include "apps/decode/video_signals.h"

#include <optional>
#include <utility>

#include "weir/hash/pdq.h"
#include "weir/hash/tmk.h"
#include "weir/hash/video_track.h"
#include "weir/hash/vpdq.h"
#include "weir/media/jpeg.h"
#include "weir/media/video.h"

namespace weir {
namespace {

// For decoding, and for stills beside it. A worker is alone with a long video.
constexpr unsigned kThreads = 2;

constexpr uint32_t kTmkSide = 64;
constexpr int kPreviewQuality = 70;

// The signals that are made on the way through a video.
class VideoPass {
 public:
  VideoPass(const DecodeWants& wants, bool wants_preview)
      : wants_(wants),
        tracker_(wants.track, kThreads),
        preview_side_(wants_preview ? wants.preview_side : 0) {}

  // A frame decoded for nothing costs time alone: until the first frame says what vPDQ wants, all.
  bool needs(std::chrono::microseconds time, std::chrono::microseconds until,
             uint32_t number) const {
    if (wants_.tmk || (wants_.vpdq && !vpdq_)) return true;
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
    VideoSignals video;
    video.codec = std::move(decoded.codec);
    video.frames_a_second = decoded.frames_a_second;
    video.has_audio = decoded.has_audio;
    video.track = TRY(tracker_.finish(decoded.duration));
    if (vpdq_) video.vpdq = vpdq_->finish();
    if (tmk_) video.tmk = write_tmk(tmk_->finish());
    item.media = "video";
    item.format = std::move(decoded.format);
    item.width = decoded.width;
    item.height = decoded.height;
    item.frames = static_cast<uint32_t>(decoded.frames);
    if (!decoded.note.empty()) item.note = std::move(decoded.note);
    if (item.preview_jpeg.empty()) item.preview_jpeg = std::move(preview_jpeg_);
    item.video = std::move(video);
    return {};
  }

 private:
  void begin(const VideoFrame& frame) {
    if (wants_.vpdq) vpdq_.emplace(frame.frames_a_second());
    if (wants_.tmk) tmk_.emplace(frame.base_frames_a_second());
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

  const DecodeWants& wants_;
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
