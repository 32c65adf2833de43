// SPDX-License-Identifier: Apache-2.0
#include "weir/media/video/av_input.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "weir/media/format.h"
#include "weir/media/video/av_formats.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace weir::media {
namespace {

constexpr int kReadBytes = 128 << 10;  // at once: fewer system calls, and seeks stay cheap

// What is read to find out what streams there are, when the head does not say.
constexpr int64_t kProbeBytes = 8 << 20;
constexpr int64_t kProbeMicroseconds = 10'000'000;

// A container never makes another file be opened.
int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

Error no_memory_to_read() {
  return {ErrorCode::kLimit, "reading this video needs more memory than there is"};
}

// Streams that only show one picture beside the sound.
bool is_cover(const AVStream& stream) {
  return stream.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS);
}

// A cover may also stand as a track like any other. Matroska does not say how many frames one has.
bool may_move(const AVStream& stream) {
  switch (stream.codecpar->codec_id) {
    case AV_CODEC_ID_MJPEG:
    case AV_CODEC_ID_PNG:
    case AV_CODEC_ID_BMP:
    case AV_CODEC_ID_WEBP:
      return stream.nb_frames > 1;
    default:
      return stream.nb_frames != 1;
  }
}

}  // namespace

std::string av_reason(int failure) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(failure, text, sizeof text);
  return text;
}

Result<std::unique_ptr<AvInput>> AvInput::open(ByteSource& source, const Limits& limits) {
  std::unique_ptr<AvInput> input(new AvInput(source));
  TRY(input->open_format(limits));
  TRY(input->choose_stream());
  return input;
}

AvInput::~AvInput() {
  avformat_close_input(&format_);
  if (io_) av_freep(&io_->buffer);
  avio_context_free(&io_);
}

Status AvInput::open_format(const Limits& limits) {
  auto* buffer = static_cast<uint8_t*>(av_malloc(kReadBytes));
  if (!buffer) return no_memory_to_read();
  io_ = avio_alloc_context(buffer, kReadBytes, 0, this, read_bytes, nullptr, seek);
  if (!io_) {
    av_free(buffer);
    return no_memory_to_read();
  }
  format_ = avformat_alloc_context();
  if (!format_) return no_memory_to_read();
  format_->pb = io_;
  format_->io_open = refuse_to_open;
  format_->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_DISCARD_CORRUPT;
  format_->probesize = kProbeBytes;
  format_->max_analyze_duration = kProbeMicroseconds;
  format_->max_streams = 64;
  // An index of a day of video; the rest is found by reading.
  format_->max_index_size = 64u << 20;
  const std::string allowed = allowed_demuxers();
  av_opt_set(format_, "format_whitelist", allowed.c_str(), 0);
  av_opt_set(format_, "protocol_whitelist", "none", 0);
  // Only to find out about streams; decoding proper uses a decoder of its own choice.
  av_opt_set(format_, "codec_whitelist", "h264,hevc,libdav1d,vp8,vp9,mpeg4,mpeg1video,mpeg2video",
             0);
  int failure = avformat_open_input(&format_, "", nullptr, nullptr);  // frees format_ on failure
  if (failure == 0) failure = avformat_find_stream_info(format_, nullptr);
  if (failure >= 0) return {};
  if (failure == AVERROR(ENOMEM)) return no_memory_to_read();
  if (format_)
    return Error{ErrorCode::kCorrupt, "the head of this video is damaged: " + av_reason(failure)};
  std::array<uint8_t, 256> first{};
  const auto got = source_.read(0, first);
  const std::string_view other = got ? other_kind(std::span(first).first(*got)) : "";
  if (!other.empty())
    return Error{ErrorCode::kInvalid, "this is " + std::string(other) +
                                          ", which is not read; pictures that are read are " +
                                          std::string(known_formats()) + ", and most videos"};
  return Error{ErrorCode::kInvalid,
               "no known picture or video format, or too damaged to tell: " + av_reason(failure)};
}

Status AvInput::choose_stream() {
  std::string unknown;
  std::pair<bool, bool> best{};
  size_t moving = 0;
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    AVStream* stream = format_->streams[i];
    if (stream->codecpar->codec_type != AVMEDIA_TYPE_VIDEO || is_cover(*stream)) continue;
    moving += may_move(*stream);
    const AVCodec* codec = video_decoder(stream->codecpar->codec_id);
    if (!codec) {
      unknown = avcodec_get_name(stream->codecpar->codec_id);
      continue;
    }
    const std::pair<bool, bool> rank{may_move(*stream),
                                     stream->disposition & AV_DISPOSITION_DEFAULT};
    if (stream_ && rank <= best) continue;
    stream_ = stream;
    codec_ = codec;
    best = rank;
  }
  if (stream_) {
    other_tracks_ = moving - may_move(*stream_);
    return {};
  }
  if (!unknown.empty())
    return Error{ErrorCode::kInvalid, "the video is coded as " + unknown + ", which is not read"};
  return Error{ErrorCode::kInvalid, "the file holds no video"};
}

bool AvInput::has_audio() const {
  for (unsigned i = 0; i < format_->nb_streams; ++i)
    if (format_->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) return true;
  return false;
}

void AvInput::select(bool keys_only) {
  for (unsigned i = 0; i < format_->nb_streams; ++i)
    if (format_->streams[i] != stream_) format_->streams[i]->discard = AVDISCARD_ALL;
  stream_->discard = keys_only ? AVDISCARD_NONKEY : AVDISCARD_DEFAULT;
}

double AvInput::most_seconds_between_keys() const {
  int64_t last = AV_NOPTS_VALUE, most = 0;
  const int entries = avformat_index_get_entries_count(stream_);
  for (int i = 0; i < entries; ++i) {
    const AVIndexEntry* entry = avformat_index_get_entry(stream_, i);
    if (!(entry->flags & AVINDEX_KEYFRAME) && i + 1 < entries) continue;
    if (last != AV_NOPTS_VALUE) most = std::max(most, entry->timestamp - last);
    last = entry->timestamp;
  }
  return static_cast<double>(most) * av_q2d(stream_->time_base);
}

Result<bool> AvInput::read(AVPacket& packet) {
  for (;;) {
    const int failure = av_read_frame(format_, &packet);
    if (failure == AVERROR_EOF) return false;
    if (failure == AVERROR(ENOMEM)) return no_memory_to_read();
    if (failure < 0) return Error{ErrorCode::kCorrupt, av_reason(failure)};
    if (packet.pos >= 0 && source_.size() > 0)
      share_ = std::clamp(static_cast<double>(packet.pos) / static_cast<double>(source_.size()),
                          share_, 1.0);
    if (packet.stream_index == stream_->index) return true;
    av_packet_unref(&packet);
  }
}

int AvInput::read_bytes(void* self, uint8_t* room, int bytes) {
  auto& input = *static_cast<AvInput*>(self);
  const auto got = input.source_.read(input.at_, {room, static_cast<size_t>(bytes)});
  if (!got) {
    input.source_failed_ = true;
    return AVERROR_EOF;  // what was read before is still of use
  }
  if (*got == 0) return AVERROR_EOF;
  input.at_ += *got;
  return static_cast<int>(*got);
}

int64_t AvInput::seek(void* self, int64_t offset, int whence) {
  auto& input = *static_cast<AvInput*>(self);
  const auto size = static_cast<int64_t>(input.source_.size());
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return size;
    case SEEK_SET:
      break;
    case SEEK_CUR:
      offset += static_cast<int64_t>(input.at_);
      break;
    case SEEK_END:
      offset += size;
      break;
    default:
      return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  input.at_ = static_cast<uint64_t>(offset);
  return offset;
}

}  // namespace weir::media
