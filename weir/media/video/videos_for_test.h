// SPDX-License-Identifier: Apache-2.0
//
// Videos of many containers and codecs, made in memory for tests.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace weir::media {

struct VideoRecipe {
  std::string container = "mp4";
  std::string encoder = "libx264";
  std::string preset = "ultrafast";  // of x264 and x265; it makes no frames that nothing refers to
  int frames = 50;
  int frames_a_second = 25;
  int width = 160;
  int height = 120;
  int keys_every = 12;
  int rotation = 0;  // degrees, in the container
  bool is_interlaced = false;
  AVRational pixel_shape{1, 1};
  bool is_drawn_once = false;  // all frames show the first: drawing takes most of the time
  // Time of a frame in units of 1 / frames_a_second; empty: its number.
  std::vector<int64_t> times;
};

// Luma of frame `number`: slanted waves that wander, and another picture every 20 frames.
inline uint8_t test_luma(int number, int x, int y, int width, int height) {
  const int scene = number / 20;
  const double u = double(x) / width, v = double(y) / height;
  const double wander = 0.05 * (number % 20);
  const double wave = std::sin((4 + 3 * scene) * (u + wander) + (9 - 2 * scene) * v * v);
  return static_cast<uint8_t>(120 + 70 * wave + (scene % 2 ? 25 * std::cos(17 * v) : 0));
}

struct FreeAvTest {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVFormatContext* context) const { avformat_free_context(context); }
};

inline void draw(AVFrame& frame, int number) {
  std::vector<uint8_t> rgb(size_t(frame.width) * frame.height * 3);
  uint8_t* out = rgb.data();
  for (int y = 0; y < frame.height; ++y)
    for (int x = 0; x < frame.width; ++x, out += 3)
      std::fill_n(out, 3, test_luma(number, x, y, frame.width, frame.height));
  SwsContext* scaler =
      sws_getContext(frame.width, frame.height, AV_PIX_FMT_RGB24, frame.width, frame.height,
                     AVPixelFormat(frame.format), SWS_BICUBIC, nullptr, nullptr, nullptr);
  const uint8_t* from[] = {rgb.data()};
  const int stride[] = {frame.width * 3};
  sws_scale(scaler, from, stride, 0, frame.height, frame.data, frame.linesize);
  sws_freeContext(scaler);
}

// Empty when this FFmpeg lacks the encoder or the muxer.
// long: one walk through the steps that encoding takes
inline std::vector<uint8_t> made_video(const VideoRecipe& recipe) {
  const AVCodec* codec = avcodec_find_encoder_by_name(recipe.encoder.c_str());
  AVFormatContext* made = nullptr;
  avformat_alloc_output_context2(&made, nullptr, recipe.container.c_str(), nullptr);
  const std::unique_ptr<AVFormatContext, FreeAvTest> format(made);
  // Some muxers go back and rewrite their head, which needs a file.
  const int file = memfd_create("made_video", MFD_CLOEXEC);
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (!codec || !format || avio_open(&format->pb, path.c_str(), AVIO_FLAG_WRITE) < 0) {
    close(file);
    return {};
  }

  const std::unique_ptr<AVCodecContext, FreeAvTest> encoder(avcodec_alloc_context3(codec));
  encoder->width = recipe.width;
  encoder->height = recipe.height;
  encoder->time_base = {1, recipe.frames_a_second};
  encoder->framerate = {recipe.frames_a_second, 1};
  encoder->pix_fmt = codec->pix_fmts ? codec->pix_fmts[0] : AV_PIX_FMT_YUV420P;
  encoder->gop_size = recipe.keys_every;
  encoder->bit_rate = 400'000;
  encoder->thread_count = 1;
  encoder->sample_aspect_ratio = recipe.pixel_shape;
  encoder->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
  if (recipe.is_interlaced) encoder->flags |= AV_CODEC_FLAG_INTERLACED_DCT;
  if (format->oformat->flags & AVFMT_GLOBALHEADER) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_log_set_level(AV_LOG_QUIET);
  AVDictionary* options = nullptr;
  av_dict_set(&options, "x265-params", "log-level=none", 0);
  av_dict_set(&options, "preset", recipe.preset.c_str(), 0);
  av_dict_set(&options, "cpu-used", "8", 0);
  av_dict_set(&options, "deadline", "realtime", 0);
  const bool is_open = avcodec_open2(encoder.get(), codec, &options) >= 0;
  av_dict_free(&options);

  AVStream* stream = avformat_new_stream(format.get(), nullptr);
  avcodec_parameters_from_context(stream->codecpar, encoder.get());
  stream->time_base = encoder->time_base;
  stream->avg_frame_rate = encoder->framerate;
  stream->sample_aspect_ratio = recipe.pixel_shape;
  if (recipe.rotation != 0) {
    uint8_t* matrix = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36);
    av_display_rotation_set(reinterpret_cast<int32_t*>(matrix), recipe.rotation);
  }
  const bool is_begun = is_open && avformat_write_header(format.get(), nullptr) >= 0;

  const std::unique_ptr<AVPacket, FreeAvTest> packet(av_packet_alloc());
  const auto write_ready = [&] {
    while (avcodec_receive_packet(encoder.get(), packet.get()) >= 0) {
      av_packet_rescale_ts(packet.get(), encoder->time_base, stream->time_base);
      packet->stream_index = 0;
      av_interleaved_write_frame(format.get(), packet.get());
    }
  };
  std::unique_ptr<AVFrame, FreeAvTest> first;
  for (int i = 0; is_begun && i < recipe.frames; ++i) {
    const std::unique_ptr<AVFrame, FreeAvTest> frame(av_frame_alloc());
    frame->width = recipe.width;
    frame->height = recipe.height;
    frame->format = encoder->pix_fmt;
    frame->pts = recipe.times.empty() ? i : recipe.times[size_t(i)];
    frame->interlaced_frame = recipe.is_interlaced;
    av_frame_get_buffer(frame.get(), 0);
    if (first && recipe.is_drawn_once)
      av_frame_copy(frame.get(), first.get());
    else
      draw(*frame, i);
    avcodec_send_frame(encoder.get(), frame.get());
    write_ready();
    if (!first) first.reset(av_frame_clone(frame.get()));
  }
  if (is_begun) {
    avcodec_send_frame(encoder.get(), nullptr);
    write_ready();
    av_write_trailer(format.get());
  }
  avio_closep(&format->pb);
  std::ifstream in(path, std::ios::binary);
  std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(in), {});
  close(file);
  return is_begun ? bytes : std::vector<uint8_t>();
}

struct NamedRecipe {
  const char* container;
  const char* encoder;
};
// One of each container and codec that FFmpeg can also make.
inline std::vector<NamedRecipe> video_kinds() {
  return {{"mp4", "libx264"},
          {"mp4", "libx265"},
          {"mp4", "mpeg4"},
          {"mp4", "libaom-av1"},
          {"mov", "prores_ks"},
          {"mov", "mjpeg"},
          {"mov", "qtrle"},
          {"3gp", "mpeg4"},
          {"matroska", "libx264"},
          {"matroska", "ffv1"},
          {"webm", "libvpx"},
          {"webm", "libvpx-vp9"},
          {"avi", "mpeg4"},
          {"avi", "msmpeg4v2"},
          {"avi", "huffyuv"},
          {"avi", "mjpeg"},
          {"avi", "utvideo"},
          {"avi", "cinepak"},
          {"mpegts", "libx264"},
          {"mpegts", "mpeg2video"},
          {"mpeg", "mpeg1video"},
          {"vob", "mpeg2video"},
          {"flv", "flv"},
          {"flv", "libx264"},
          {"asf", "wmv1"},
          {"asf", "wmv2"},
          {"ogg", "libtheora"},
          {"h264", "libx264"},
          {"hevc", "libx265"},
          {"m4v", "mpeg4"},
          {"ivf", "libvpx"},
          {"nut", "libx264"},
          {"gif", "gif"},
          {"apng", "apng"},
          {"yuv4mpegpipe", "wrapped_avframe"},
          {"mpeg1video", "mpeg1video"},
          {"rm", "rv20"},
          {"mxf", "mpeg2video"}};
}

}  // namespace weir::media
