// SPDX-License-Identifier: Apache-2.0
//
// A packet says when its frame is shown, and when it is to be decoded. Decoding times only grow and
// no frame is shown before it is decoded: what is still to come is shown no earlier than the last
// packet is decoded. So the frame that follows another is known a few packets later.
#include "weir/media/video/packets_ahead.h"

#include <utility>

#include "weir/media/coded_units.h"

namespace weir::media {
namespace {

using std::chrono::microseconds;

// Until so many packets have been decoded nothing is stepped over: the decoder learns the order of
// frames from them, and all threads have given one.
constexpr uint64_t kFirst = 48;
// What lies ahead is bounded; codecs put 16 frames out of order at most.
constexpr size_t kMostHeld = 32;
constexpr size_t kMostHeldBytes = 8u << 20;
constexpr size_t kLatest = 128;
// A picture that is held for longer may be where two videos were sewn together.
constexpr int64_t kLongestSeconds = 60;

// Whether frames without reference are marked. H.264 marks them for good, H.265 within one temporal
// layer: the count of layers stands in the codec's configuration (ISO/IEC 14496-15,
// HEVCDecoderConfigurationRecord).
bool marks_frames(const AVCodecParameters& codec) {
  if (codec.field_order > AV_FIELD_PROGRESSIVE) return false;  // a frame may be two packets
  if (codec.codec_id == AV_CODEC_ID_H264) return true;
  constexpr int kRecordBytes = 23, kLayers = 21;
  return codec.codec_id == AV_CODEC_ID_HEVC && codec.extradata &&
         codec.extradata_size >= kRecordBytes && codec.extradata[0] == 1 &&
         (codec.extradata[kLayers] >> 3 & 7) == 1;
}

}  // namespace

PacketsAhead::PacketsAhead(const AVStream& stream, Needs needs)
    : codec_(*stream.codecpar),
      base_(stream.time_base),
      needs_(std::move(needs)),
      is_in_doubt_(!needs_ || !marks_frames(*stream.codecpar)),
      last_decoding_time_(AV_NOPTS_VALUE) {}

bool PacketsAhead::keeps_time(const AVPacket& packet) {
  if (packet.pts == AV_NOPTS_VALUE) return false;
  if (packet.dts == AV_NOPTS_VALUE) return packets_ < kFirst;
  if (packet.pts < packet.dts) return false;
  const int64_t last = std::exchange(last_decoding_time_, packet.dts);
  if (last == AV_NOPTS_VALUE) return true;
  const int64_t longest = kLongestSeconds * base_.den / base_.num;
  return packet.dts >= last && packet.pts - last <= longest;
}

Status PacketsAhead::push(AVPacket& packet) {
  Av<AVPacket> moved(av_packet_alloc());
  if (!moved)
    return Error{ErrorCode::kLimit, "decoding this video needs more memory than there is"};
  av_packet_move_ref(moved.get(), &packet);
  if (!is_in_doubt_) {
    is_in_doubt_ = !keeps_time(*moved);
    if (!is_in_doubt_ && !(moved->flags & AV_PKT_FLAG_DISCARD)) {
      ++timed_;
      is_in_doubt_ = !latest_.insert(moved->pts).second;
      if (latest_.size() > kLatest) latest_.erase(latest_.begin());
    }
  }
  held_bytes_ += static_cast<size_t>(moved->size);
  held_.push_back({std::move(moved), packets_++});
  return {};
}

Av<AVPacket> PacketsAhead::pop() {
  while (!held_.empty()) {
    const bool is_full = held_.size() > kMostHeld || held_bytes_ > kMostHeldBytes;
    std::optional<bool> needed = is_needed(held_.front());
    if (!needed && (is_ended_ || is_full)) needed = true;
    if (!needed) return nullptr;
    Av<AVPacket> packet = std::move(held_.front().packet);
    held_.pop_front();
    held_bytes_ -= static_cast<size_t>(packet->size);
    if (*needed || !nothing_refers_to(*packet, codec_)) return packet;
    stepped_over_.insert(packet->pts);
  }
  return nullptr;
}

// Nothing while it is not known.
std::optional<bool> PacketsAhead::is_needed(const Held& held) const {
  const AVPacket& packet = *held.packet;
  if (is_in_doubt_ || held.number < kFirst || !shift_ || (packet.flags & AV_PKT_FLAG_DISCARD))
    return true;
  const auto after = latest_.upper_bound(packet.pts);
  if (after == latest_.end() || *after > last_decoding_time_) return std::nullopt;
  const uint64_t number = shown_before(packet.pts) - never_shown_;
  return needs_(on_clock(packet.pts), on_clock(*after), static_cast<uint32_t>(number));
}

uint64_t PacketsAhead::shown_before(int64_t time) const {
  return timed_ - static_cast<uint64_t>(std::distance(latest_.lower_bound(time), latest_.end()));
}

microseconds PacketsAhead::on_clock(int64_t time) const {
  return microseconds(av_rescale_q(time, base_, AVRational{1, 1'000'000})) - *shift_;
}

uint64_t PacketsAhead::given(const AVFrame& frame, microseconds time, uint64_t counted) {
  const int64_t said = frame.best_effort_timestamp;
  if (!needs_ || said == AV_NOPTS_VALUE) {
    is_in_doubt_ = true;
    return 0;
  }
  uint64_t over = 0;
  for (; !stepped_over_.empty() && *stepped_over_.begin() < said; ++over)
    stepped_over_.erase(stepped_over_.begin());
  if (is_in_doubt_) return over;
  const auto shift = microseconds(av_rescale_q(said, base_, AVRational{1, 1'000'000})) - time;
  const uint64_t missing = shown_before(said) - (counted + over);
  const bool is_first = !shift_;
  if (is_first) shift_ = shift, never_shown_ = missing;
  is_in_doubt_ = frame.interlaced_frame || shift != *shift_ || missing != never_shown_ ||
                 !latest_.contains(said);
  return over;
}

}  // namespace weir::media
