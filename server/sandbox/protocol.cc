// SPDX-License-Identifier: Apache-2.0
//
// Layout of an answer, little-endian, without gaps:
//
//   u32 kProtocolVersion   u8 kind: 0 signals, 1 error
//   error:    u8 code   text message
//   signals:  text media   text format   u64 bytes   32 sha256   16 md5   u32 width   u32 height
//             u32 frames   u16 pictures, each: 8 x 32 dihedral   u8 quality   4 x u32 region
//             u8 part   i64 time_us
//             u32 length, features (docs/formats/picture-features.md; none when 0)
//             u32 length, what shows of their plane: a byte a pixel, 255 or 0 (all when 0 long)
//             u32 length, preview_jpeg   text note   u8 has a video
//   video:    text codec   u64 frames a second (bits of a double)   u8 has_audio
//             u32 length, track (docs/formats/video-track.md)
//             u32 vpdq frames, each: u32 number   32 hash   u8 quality   i64 time_us
//             u32 length, tmk
//   text:     u16 length, that many bytes of printable UTF-8
#include "server/sandbox/protocol.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "weir/base/features_codec.h"
#include "weir/base/utf8.h"
#include "weir/base/video_codec.h"

namespace weir {
namespace {

constexpr size_t kMostText = 2000;
constexpr size_t kMostPictures = 1024;
constexpr size_t kMostLayers = 64;
constexpr double kMostFramesASecond = 1e6;

class Writer {
 public:
  explicit Writer(std::span<uint8_t> room) : room_(room) {}

  void bytes(std::span<const uint8_t> from) {
    if (from.empty()) return;
    if (from.size() > room_.size() - used_) {
      full_ = true;
      return;
    }
    std::memcpy(room_.data() + used_, from.data(), from.size());
    used_ += from.size();
  }
  template <class T>
  void number(T value) {
    static_assert(std::is_integral_v<T>);
    uint8_t out[sizeof(T)];
    for (size_t i = 0; i < sizeof(T); ++i) out[i] = static_cast<uint8_t>(value >> (8 * i));
    bytes(out);
  }
  void text(std::string_view text) {
    const std::string clean = printable(text.substr(0, kMostText / 4));  // four times at most
    number(static_cast<uint16_t>(clean.size()));
    bytes({reinterpret_cast<const uint8_t*>(clean.data()), clean.size()});
  }
  // Room that the caller fills; empty when there is not as much.
  std::span<uint8_t> room(size_t count) {
    if (full_ || count > room_.size() - used_) {
      full_ = true;
      return {};
    }
    used_ += count;
    return room_.subspan(used_ - count, count);
  }
  size_t used() const { return used_; }
  bool full() const { return full_; }

 private:
  std::span<uint8_t> room_;
  size_t used_ = 0;
  bool full_ = false;
};

// Reads past the end give zeros and make ok() false, so that a caller may check once at the end of
// a part; lengths are checked before they are believed.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> from) : from_(from) {}

  std::span<const uint8_t> bytes(size_t count) {
    if (!ok_ || count > from_.size()) {
      ok_ = false;
      return {};
    }
    const auto out = from_.first(count);
    from_ = from_.subspan(count);
    return out;
  }
  template <class T>
  T number() {
    uint64_t value = 0;
    const auto in = bytes(sizeof(T));
    for (size_t i = 0; i < in.size(); ++i) value |= static_cast<uint64_t>(in[i]) << (8 * i);
    return static_cast<T>(value);
  }
  template <size_t N>
  std::array<uint8_t, N> array() {
    std::array<uint8_t, N> out{};
    const auto in = bytes(N);
    if (!in.empty()) std::memcpy(out.data(), in.data(), N);
    return out;
  }
  bool boolean() {
    const auto value = number<uint8_t>();
    require(value <= 1);
    return value == 1;
  }
  std::string text() {
    const size_t length = number<uint16_t>();
    require(length <= kMostText);
    const auto in = bytes(length);
    std::string out(in.begin(), in.end());
    require(out == printable(out));
    return ok_ ? out : std::string();
  }
  void require(bool holds) { ok_ = ok_ && holds; }
  bool ok() const { return ok_; }
  bool ended() const { return ok_ && from_.empty(); }

 private:
  std::span<const uint8_t> from_;
  bool ok_ = true;
};

void write_picture(Writer& out, const PictureHash& picture) {
  for (const Hash256& hash : picture.dihedral) out.bytes(to_bytes(hash));
  out.number(static_cast<uint8_t>(picture.quality));
  out.number(picture.region.x);
  out.number(picture.region.y);
  out.number(picture.region.width);
  out.number(picture.region.height);
  out.number(static_cast<uint8_t>(picture.part));
  out.number(static_cast<int64_t>(picture.time.count()));
  out.number(static_cast<uint16_t>(picture.information));
}

PictureHash read_picture(Reader& in, const ItemSignals& item) {
  PictureHash picture;
  for (Hash256& hash : picture.dihedral) hash = hash256_from_bytes(in.array<32>());
  picture.quality = in.number<uint8_t>();
  picture.region.x = in.number<uint32_t>();
  picture.region.y = in.number<uint32_t>();
  picture.region.width = in.number<uint32_t>();
  picture.region.height = in.number<uint32_t>();
  const auto part = in.number<uint8_t>();
  in.require(part <= static_cast<uint8_t>(PicturePart::kFramed));
  picture.part = static_cast<PicturePart>(part);
  picture.time = std::chrono::microseconds(in.number<int64_t>());
  picture.information = in.number<uint16_t>();
  in.require(picture.information <= kPdqBits);
  const Rect& region = picture.region;
  in.require(picture.quality <= 100 && picture.time.count() >= 0);
  in.require(uint64_t{region.x} + region.width <= item.width);
  in.require(uint64_t{region.y} + region.height <= item.height);
  return picture;
}

void write_features(Writer& out, const PictureFeatures& picture) {
  const bool has_any = picture.width != 0;
  const std::vector<uint8_t> bytes = has_any ? encode_features(picture) : std::vector<uint8_t>();
  out.number(static_cast<uint32_t>(bytes.size()));
  out.bytes(bytes);
  const std::vector<uint8_t>& shown = picture.shown.samples;
  out.number(static_cast<uint32_t>(has_any ? shown.size() : 0));
  if (has_any) out.bytes(shown);
}

PictureFeatures read_features(Reader& in, const ItemSignals& item) {
  const auto bytes = in.bytes(in.number<uint32_t>());
  const auto shown = in.bytes(in.number<uint32_t>());
  in.require(!bytes.empty() || shown.empty());
  if (bytes.empty()) return {};
  auto picture = decode_features(bytes);
  in.require(picture && picture->width != 0 && picture->width == item.width &&
             picture->height == item.height);
  in.require(shown.empty() || (picture && shown.size() == picture->plane.samples.size()));
  in.require(std::ranges::all_of(shown, [](uint8_t one) { return one == 0 || one == 255; }));
  if (!in.ok()) return {};
  if (!shown.empty())
    picture->shown = {{shown.begin(), shown.end()}, picture->plane.width, picture->plane.height, 1};
  return std::move(*picture);
}

void write_video(Writer& out, const VideoSignals& video) {
  out.text(video.codec);
  out.number(std::bit_cast<uint64_t>(video.frames_a_second));
  out.number(static_cast<uint8_t>(video.has_audio));
  const size_t track_bytes = video_track_bytes(video.track);
  out.number(static_cast<uint32_t>(track_bytes));
  if (const auto room = out.room(track_bytes); !room.empty()) write_video_track(video.track, room);
  out.number(static_cast<uint32_t>(video.vpdq.size()));
  for (const VpdqFrame& frame : video.vpdq) {
    out.number(frame.number);
    out.bytes(to_bytes(frame.hash));
    out.number(static_cast<uint8_t>(frame.quality));
    out.number(static_cast<int64_t>(frame.time.count()));
  }
  out.number(static_cast<uint32_t>(video.tmk.size()));
  out.bytes(video.tmk);
}

VpdqFrame read_vpdq_frame(Reader& in) {
  VpdqFrame frame;
  frame.number = in.number<uint32_t>();
  frame.hash = hash256_from_bytes(in.array<32>());
  frame.quality = in.number<uint8_t>();
  frame.time = std::chrono::microseconds(in.number<int64_t>());
  in.require(frame.quality <= 100 && frame.time.count() >= 0 && frame.time <= kMostVideoTime);
  return frame;
}

VideoSignals read_video(Reader& in) {
  VideoSignals video;
  video.codec = in.text();
  video.frames_a_second = std::bit_cast<double>(in.number<uint64_t>());
  in.require(video.frames_a_second >= 0 && video.frames_a_second <= kMostFramesASecond);
  video.has_audio = in.boolean();
  auto track = read_video_track(in.bytes(in.number<uint32_t>()));
  in.require(track.has_value());
  if (!in.ok()) return {};
  video.track = std::move(*track);
  const size_t frames = in.number<uint32_t>();
  for (size_t i = 0; i < frames && in.ok(); ++i) video.vpdq.push_back(read_vpdq_frame(in));
  const auto tmk = in.bytes(in.number<uint32_t>());
  video.tmk.assign(tmk.begin(), tmk.end());
  return video;
}

void write_item(Writer& out, const ItemSignals& item) {
  out.text(item.media);
  out.text(item.format);
  out.number(item.bytes);
  out.bytes(item.sha256);
  out.bytes(item.md5);
  out.number(item.width);
  out.number(item.height);
  out.number(item.frames);
  out.number(static_cast<uint16_t>(item.pictures.size()));
  for (const PictureHash& picture : item.pictures) write_picture(out, picture);
  write_features(out, item.features);
  out.number(static_cast<uint32_t>(item.preview_jpeg.size()));
  out.bytes(item.preview_jpeg);
  out.text(item.note);
  out.number(static_cast<uint8_t>(item.video.has_value()));
  if (item.video) write_video(out, *item.video);
}

ItemSignals read_item(Reader& in) {
  ItemSignals item;
  item.media = in.text();
  item.format = in.text();
  in.require(item.media == "image" || item.media == "video");
  in.require(std::ranges::all_of(item.format, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  }));
  item.bytes = in.number<uint64_t>();
  item.sha256 = in.array<32>();
  item.md5 = in.array<16>();
  item.width = in.number<uint32_t>();
  item.height = in.number<uint32_t>();
  item.frames = in.number<uint32_t>();
  const size_t pictures = in.number<uint16_t>();
  in.require(pictures <= kMostPictures);
  for (size_t i = 0; i < pictures && in.ok(); ++i) item.pictures.push_back(read_picture(in, item));
  item.features = read_features(in, item);
  const auto preview = in.bytes(in.number<uint32_t>());
  item.preview_jpeg.assign(preview.begin(), preview.end());
  in.require(preview.empty() || (preview.size() > 3 && preview[0] == 0xff && preview[1] == 0xd8 &&
                                 preview[2] == 0xff));
  item.note = in.text();
  if (in.boolean()) item.video = read_video(in);
  in.require(item.video.has_value() == (item.media == "video"));
  return item;
}

void write_error(Writer& out, const Error& error) {
  out.number(kProtocolVersion);
  out.number(uint8_t{1});
  out.number(static_cast<uint8_t>(error.code));
  out.text(error.message);
}

}  // namespace

size_t write_answer(const Result<ItemSignals>& outcome, std::span<uint8_t> room) {
  if (outcome && outcome->pictures.size() <= kMostPictures) {
    Writer out(room);
    out.number(kProtocolVersion);
    out.number(uint8_t{0});
    write_item(out, *outcome);
    if (!out.full()) return out.used();
  }
  Writer out(room);
  write_error(out, outcome ? Error{ErrorCode::kLimit,
                                   "the signals and preview of this file are "
                                   "larger than the decoder's answer memory"}
                           : outcome.error());
  return out.used();
}

Result<Answer> read_answer(std::span<const uint8_t> bytes) {
  const Error nonsense{ErrorCode::kCorrupt, "the decoder's answer is malformed"};
  Reader in(bytes);
  if (in.number<uint32_t>() != kProtocolVersion) return nonsense;
  if (in.boolean()) {
    const auto code = in.number<uint8_t>();
    Error error{static_cast<ErrorCode>(code), in.text()};
    if (!in.ended() || code > static_cast<uint8_t>(ErrorCode::kUnavailable)) return nonsense;
    return Answer{std::move(error)};
  }
  ItemSignals item = read_item(in);
  if (!in.ended()) return nonsense;
  return Answer{std::move(item)};
}

std::vector<uint8_t> write_layers(const std::vector<SandboxLayer>& layers) {
  std::vector<uint8_t> room(16'384);
  Writer out(room);
  out.number(kProtocolVersion);
  out.number(static_cast<uint16_t>(layers.size()));
  for (const SandboxLayer& layer : layers) {
    out.text(layer.name);
    out.number(static_cast<uint8_t>(layer.in_force));
    out.text(layer.detail);
  }
  room.resize(out.full() ? 0 : out.used());
  return room;
}

Result<std::vector<SandboxLayer>> read_layers(std::span<const uint8_t> bytes) {
  Reader in(bytes);
  in.require(in.number<uint32_t>() == kProtocolVersion);
  const size_t count = in.number<uint16_t>();
  in.require(count <= kMostLayers);
  std::vector<SandboxLayer> layers;
  for (size_t i = 0; i < count && in.ok(); ++i) {
    SandboxLayer layer;
    layer.name = in.text();
    layer.in_force = in.boolean();
    layer.detail = in.text();
    layers.push_back(std::move(layer));
  }
  if (!in.ended()) return Error{ErrorCode::kCorrupt, "the decoder's first message is malformed"};
  return layers;
}

}  // namespace weir
