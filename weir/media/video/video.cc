// SPDX-License-Identifier: Apache-2.0
//
// Packets go into the decoder and frames come out, one behind: a frame is given on when the next
// one says how long it stays. Whatever goes wrong on the way is counted, not fatal, as long as
// frames come.
#include "weir/media/video/video.h"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "weir/media/format.h"
#include "weir/media/video/av_formats.h"
#include "weir/media/video/av_frame.h"
#include "weir/media/video/av_input.h"
#include "weir/media/video/av_own.h"
#include "weir/media/video/av_video_frame.h"
#include "weir/media/video/frame_clock.h"
#include "weir/media/video/jxl_video.h"
#include "weir/media/video/packets_ahead.h"
#include "weir/media/video/webp_video.h"

namespace weir {
namespace {

using media::Av;
using media::AvInput;
using media::FrameClock;
using std::chrono::microseconds;

constexpr double kFramesASecond = 25;  // when nobody says
// More frames are under way than there are processors, so that decoding goes on while the caller
// looks at one.
constexpr unsigned kFramesAThread = 2;
constexpr int64_t kPadding = 1 << 22;  // pixels that FFmpeg adds before it compares with its limit

Error no_memory() {
  return {ErrorCode::kLimit, "decoding this video needs more memory than there is"};
}

class VideoRun {
 public:
  VideoRun(AvInput& input, const Limits& limits, const VideoOptions& options,
           const std::function<Status(VideoFrame&)>& take)
      : input_(input),
        limits_(limits),
        options_(options),
        take_(take),
        showing_(media::showing_of(input.stream())),
        each_(frame_time(input)),
        clock_(start_of(input.stream()), each_),
        ahead_(input.stream(), options.keyframes_only ? nullptr : options.needs) {}

  Result<DecodedVideo> run();

 private:
  static microseconds frame_time(AvInput& input);
  static std::optional<microseconds> start_of(const AVStream& stream);
  Status open_decoder();
  Status feed_known();
  Status feed(const AVPacket* packet);
  Status receive();
  Status hold(AVFrame& frame);
  Status check(const AVFrame& frame) const;
  Status give_held(microseconds until);
  std::chrono::microseconds counted_before_first() const;
  std::string note() const;

  AvInput& input_;
  const Limits& limits_;
  const VideoOptions& options_;
  const std::function<Status(VideoFrame&)>& take_;
  const media::Showing showing_;
  const microseconds each_;
  FrameClock clock_;
  media::PacketsAhead ahead_;
  media::FramePictures pictures_;
  Av<AVCodecContext> decoder_;
  Av<AVFrame> next_;
  Av<AVFrame> held_;  // not given on yet
  bool is_holding_ = false;
  microseconds held_time_{0};
  uint64_t packets_ = 0;
  uint64_t bad_packets_ = 0;
  uint64_t bad_frames_ = 0;
  std::string reading_stopped_;  // why, when it was not the end
  double base_rate_ = 0;         // see VideoFrame::base_frames_a_second()
  DecodedVideo video_;
};

microseconds from_stream(int64_t time, AVRational base) {
  return microseconds(av_rescale_q(time, base, AVRational{1, 1'000'000}));
}

microseconds VideoRun::frame_time(AvInput& input) {
  AVRational rate = input.stream().avg_frame_rate;
  if (rate.num <= 0 || rate.den <= 0) rate = input.stream().r_frame_rate;
  const double a_second = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : kFramesASecond;
  return microseconds(static_cast<int64_t>(1e6 / std::clamp(a_second, 0.01, 1e4)));
}

std::optional<microseconds> VideoRun::start_of(const AVStream& stream) {
  if (stream.start_time == AV_NOPTS_VALUE) return std::nullopt;
  return from_stream(stream.start_time, stream.time_base);
}

Status VideoRun::open_decoder() {
  decoder_.reset(avcodec_alloc_context3(&input_.codec()));
  next_.reset(av_frame_alloc());
  held_.reset(av_frame_alloc());
  if (!decoder_ || !next_ || !held_) return no_memory();
  if (avcodec_parameters_to_context(decoder_.get(), input_.stream().codecpar) < 0)
    return no_memory();
  decoder_->pkt_timebase = input_.stream().time_base;
  const unsigned threads = std::clamp(options_.threads, 1u, 16u);
  decoder_->thread_count =
      static_cast<int>(threads > 1 ? std::min(kFramesAThread * threads, 16u) : 1);
  decoder_->max_pixels = static_cast<int64_t>(limits_.pixels) + kPadding;
  decoder_->flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT;  // shown as far as it goes, and counted
  if (options_.keyframes_only) {
    const bool has_keys =
        input_.most_seconds_between_keys() <= std::chrono::duration<double>(kMostKeyGap).count();
    decoder_->skip_frame = has_keys ? AVDISCARD_NONKEY : AVDISCARD_NONREF;
    input_.select(has_keys);
  } else {
    input_.select(false);
  }
  if (const int failure = avcodec_open2(decoder_.get(), &input_.codec(), nullptr); failure < 0)
    return Error{ErrorCode::kCorrupt,
                 std::string("the ") + input_.codec().name +
                     " decoder does not take this video: " + media::av_reason(failure)};
  return {};
}

Result<DecodedVideo> VideoRun::run() {
  video_.format = media::container_name(*input_.format().iformat);
  video_.codec = avcodec_get_name(input_.stream().codecpar->codec_id);
  video_.has_audio = input_.has_audio();
  const AVRational rate = input_.stream().avg_frame_rate;
  if (rate.num > 0 && rate.den > 0) video_.frames_a_second = av_q2d(rate);
  const AVRational base = av_guess_frame_rate(&input_.format(), &input_.stream(), nullptr);
  if (base.num > 0 && base.den > 0) base_rate_ = av_q2d(base);
  TRY(open_decoder());
  const Av<AVPacket> packet(av_packet_alloc());
  if (!packet) return no_memory();
  for (;;) {
    auto more = input_.read(*packet);
    if (!more) {
      if (more.error().code == ErrorCode::kLimit) return std::move(more).error();
      reading_stopped_ = more.error().message;
      break;
    }
    if (!*more) break;
    if (options_.progress) options_.progress(input_.share_read());
    ++packets_;
    TRY(ahead_.push(*packet));
    TRY(feed_known());
  }
  ahead_.end();
  TRY(feed_known());
  TRY(feed(nullptr));
  const microseconds stays = from_stream(held_->pkt_duration, input_.stream().time_base);
  const bool is_sensible = stays > microseconds(0) && stays < std::chrono::hours(1);
  TRY(give_held(held_time_ + (is_sensible ? stays : each_)));
  if (video_.frames == 0)
    return Error{ErrorCode::kCorrupt, "no frame of this " + video_.codec + " video can be decoded"};
  video_.note = note();
  return std::move(video_);
}

Status VideoRun::feed_known() {
  while (const auto packet = ahead_.pop()) TRY(feed(packet.get()));
  return {};
}

// `packet` null: nothing follows, so the frames held back come out.
Status VideoRun::feed(const AVPacket* packet) {
  int failure = avcodec_send_packet(decoder_.get(), packet);
  TRY(receive());
  if (failure == AVERROR(EAGAIN)) {  // it had to be emptied first
    failure = avcodec_send_packet(decoder_.get(), packet);
    TRY(receive());
  }
  if (failure == AVERROR(ENOMEM)) return no_memory();
  bad_packets_ += failure < 0 && failure != AVERROR_EOF;
  return {};
}

Status VideoRun::receive() {
  for (;;) {
    const int failure = avcodec_receive_frame(decoder_.get(), next_.get());
    if (failure == AVERROR(EAGAIN) || failure == AVERROR_EOF) return {};
    if (failure == AVERROR(ENOMEM)) return no_memory();
    if (failure < 0) {
      ++bad_packets_;
      return {};
    }
    const Status held = hold(*next_);
    av_frame_unref(next_.get());
    if (!held) return held;
  }
}

Status VideoRun::check(const AVFrame& frame) const {
  const auto width = static_cast<uint64_t>(frame.width);
  const auto height = static_cast<uint64_t>(frame.height);
  if (width > limits_.dimension || height > limits_.dimension || width * height > limits_.pixels)
    return Error{ErrorCode::kLimit,
                 "a frame has " + std::to_string(width) + " x " + std::to_string(height) +
                     " pixels, more than limits.dimension or limits.pixels allows"};
  if (video_.frames >= limits_.video_frames)
    return Error{ErrorCode::kLimit, "the video has more frames than limits.video_frames = " +
                                        std::to_string(limits_.video_frames)};
  return {};
}

Status VideoRun::hold(AVFrame& frame) {
  if (frame.width <= 0 || frame.height <= 0 || !frame.data[0]) return {};
  TRY(check(frame));
  bad_frames_ += (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0;
  std::optional<microseconds> said;
  if (frame.best_effort_timestamp != AV_NOPTS_VALUE)
    said = from_stream(frame.best_effort_timestamp, input_.stream().time_base);
  const microseconds time = clock_.next(said);
  TRY(give_held(time));
  video_.frames += ahead_.given(frame, time, video_.frames);
  if (time > std::chrono::seconds(limits_.video_seconds))
    return Error{ErrorCode::kLimit, "the video is longer than limits.video_seconds = " +
                                        std::to_string(limits_.video_seconds)};
  av_frame_move_ref(held_.get(), &frame);
  held_time_ = time;
  is_holding_ = true;
  return {};
}

Status VideoRun::give_held(microseconds until) {
  if (!is_holding_) return {};
  is_holding_ = false;
  media::AvVideoFrame frame(*held_, showing_, pictures_, video_.frames_a_second, base_rate_,
                            from_stream(held_->pkt_duration, input_.stream().time_base));
  frame.set(held_time_, until, static_cast<uint32_t>(video_.frames));
  if (video_.frames == 0) {
    video_.width = frame.width();
    video_.height = frame.height();
  }
  ++video_.frames;
  video_.duration = until;
  const Status taken = take_(frame);
  av_frame_unref(held_.get());
  return taken;
}

std::string seconds_text(microseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(time.count()) / 1e6);
  return text;
}

// Some containers count their duration from zero, and their first frame comes later.
microseconds VideoRun::counted_before_first() const {
  const microseconds start = start_of(input_.stream()).value_or(microseconds(0));
  return std::clamp(start, microseconds(0), microseconds(input_.format().duration));
}

// What a person should know. The container's word on the duration is held against what came: a
// stream that is cut off ends without any error.
std::string VideoRun::note() const {
  std::string note;
  const auto add = [&](const std::string& part) { note += (note.empty() ? "" : "; ") + part; };
  const AVStream& stream = input_.stream();
  microseconds said{0};
  if (stream.duration != AV_NOPTS_VALUE)
    said = from_stream(stream.duration, stream.time_base);
  else if (input_.format().duration != AV_NOPTS_VALUE)
    said = microseconds(input_.format().duration) - counted_before_first();
  said = std::min<microseconds>(said, std::chrono::hours(24 * 366));
  const microseconds most_missing = std::max<microseconds>(std::chrono::seconds(2), said / 20);
  const int64_t counted = stream.nb_frames;  // 0 where the container does not say
  const bool lacks_packets = static_cast<int64_t>(packets_) + 5 < counted - counted / 20;
  if (input_.source_failed() || !reading_stopped_.empty() ||
      (lacks_packets && !options_.keyframes_only) ||
      (said > video_.duration + most_missing && !options_.keyframes_only))
    add("truncated: " + seconds_text(video_.duration) + " could be read" +
        (said > video_.duration ? " of " + seconds_text(said) : std::string()));
  if (bad_packets_ + bad_frames_ > 0)
    add("damaged: " + std::to_string(bad_packets_) + " packets could not be decoded, " +
        std::to_string(bad_frames_) + " frames are incomplete");
  if (const size_t others = input_.other_tracks(); others > 0)
    add("only the track that players show is looked at, not the other " + std::to_string(others) +
        (others == 1 ? " video track" : " video tracks"));
  return note;
}

}  // namespace

FirstBytes look_at(std::span<const uint8_t> first) {
  using media::Format;
  switch (media::sniff(first)) {
    case Format::kUnknown:
      return FirstBytes::kOther;
    case Format::kGif:
      return FirstBytes::kAnimation;
    case Format::kWebp:  // "VP8X" and its flags (the WebP container's specification)
      return first.size() > 20 && first[12] == 'V' && first[15] == 'X' && (first[20] & 2)
                 ? FirstBytes::kAnimation
                 : FirstBytes::kPicture;
    case Format::kPng: {
      constexpr std::array<uint8_t, 4> kControl = {'a', 'c', 'T', 'L'};
      const bool is_animated =
          std::search(first.begin(), first.end(), kControl.begin(), kControl.end()) != first.end();
      return is_animated ? FirstBytes::kAnimation : FirstBytes::kPicture;
    }
    case Format::kJxl:  // a bit far behind the header says whether it moves
      return FirstBytes::kAnimation;
    case Format::kAvif:
    case Format::kHeic:
      return media::is_sequence(first) ? FirstBytes::kAnimation : FirstBytes::kPicture;
    default:
      return FirstBytes::kPicture;
  }
}

Result<DecodedVideo> decode_video(ByteSource& source, const Limits& limits,
                                  const VideoOptions& options,
                                  const std::function<Status(VideoFrame&)>& take) {
  try {
    if (source.size() == 0) return Error{ErrorCode::kInvalid, "the file is empty"};
    if (source.size() > limits.video_bytes)
      return Error{ErrorCode::kLimit, "the file has " + std::to_string(source.size()) +
                                          " bytes; limits.video_mib allows " +
                                          std::to_string(limits.video_bytes)};
    std::array<uint8_t, 32> head{};
    const size_t got = TRY(source.read(0, head));
    const media::Format format = media::sniff(std::span(head).first(got));
    if (format == media::Format::kWebp)
      return media::decode_webp_video(source, limits, options, take);
    if (format == media::Format::kJxl)
      return media::decode_jxl_video(source, limits, options, take);
    const std::unique_ptr<AvInput> input = TRY(AvInput::open(source, limits));
    return VideoRun(*input, limits, options, take).run();
  } catch (const std::bad_alloc&) {
    return no_memory();
  } catch (const std::exception& failure) {
    return Error{ErrorCode::kCorrupt, std::string("the video is damaged: ") + failure.what()};
  }
}

}  // namespace weir
