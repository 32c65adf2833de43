// SPDX-License-Identifier: Apache-2.0
//
// Layout of an answer, little-endian, without gaps:
//
//   u32 kProtocolVersion   u8 kind: 0 signals, 1 error
//   error:    u8 code   text message
//   signals:  text media   text format   u64 bytes   u32 width   u32 height   u32 frames
//             text codec   u64 frames a second (bits of a double)   u8 has_audio   i64 duration_us
//             u32 length, preview_jpeg   text note   u32 signals
//   signal:   u8 kind   i8 quality (-1: none)   u8 1 with a region, 2 with a time, 3 with both
//             4 x u32 region   i64 time_us, as far as it says so   u32 length, value
//   text:     u16 length, that many bytes of printable UTF-8
#include "server/sandbox/protocol.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "weir/base/utf8.h"
#include "weir/signal/video_codec.h"

namespace weir {
namespace {

constexpr size_t kMostText = 2000;
constexpr size_t kMostSignals = 4096;
constexpr size_t kMostLayers = 64;
constexpr double kMostFramesASecond = 1e6;
constexpr uint8_t kWithRegion = 1, kWithTime = 2;

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

void write_signal(Writer& out, const Signal& signal) {
  out.number(static_cast<uint8_t>(signal.kind));
  out.number(static_cast<int8_t>(signal.quality.value_or(-1)));
  out.number(
      static_cast<uint8_t>((signal.region ? kWithRegion : 0) | (signal.time ? kWithTime : 0)));
  if (signal.region)
    for (const uint32_t side :
         {signal.region->x, signal.region->y, signal.region->width, signal.region->height})
      out.number(side);
  if (signal.time) out.number(static_cast<int64_t>(signal.time->count()));
  out.number(static_cast<uint32_t>(signal.value.size()));
  out.bytes(signal.value);
}

Rect read_region(Reader& in, const ItemSignals& item) {
  Rect region;
  region.x = in.number<uint32_t>();
  region.y = in.number<uint32_t>();
  region.width = in.number<uint32_t>();
  region.height = in.number<uint32_t>();
  in.require(uint64_t{region.x} + region.width <= item.width);
  in.require(uint64_t{region.y} + region.height <= item.height);
  return region;
}

std::chrono::microseconds read_time(Reader& in) {
  const std::chrono::microseconds time(in.number<int64_t>());
  in.require(time.count() >= 0 && time <= kMostVideoTime);
  return time;
}

Signal read_signal(Reader& in, const ItemSignals& item) {
  Signal signal;
  const KindRow* row = find_kind(in.number<uint8_t>());
  const auto quality = in.number<int8_t>();
  const auto with = in.number<uint8_t>();
  in.require(row != nullptr && quality >= -1 && quality <= 100);
  in.require(with <= (kWithRegion | kWithTime));
  if (quality >= 0) signal.quality = quality;
  if (with & kWithRegion) signal.region = read_region(in, item);
  if (with & kWithTime) signal.time = read_time(in);
  const auto value = in.bytes(in.number<uint32_t>());
  if (!in.ok()) return signal;
  signal.kind = row->kind;
  in.require(row->of != SignalOf::kVideo || item.is_video());
  in.require(check_value(row->kind, value).has_value());
  if (in.ok() && row->size_of != nullptr) {
    const SaidSize size = row->size_of(value);
    in.require(size.width == item.width && size.height == item.height);
  }
  signal.value.assign(value.begin(), value.end());
  return signal;
}

void write_item(Writer& out, const ItemSignals& item) {
  out.text(item.media);
  out.text(item.format);
  out.number(item.bytes);
  out.number(item.width);
  out.number(item.height);
  out.number(item.frames);
  out.text(item.codec);
  out.number(std::bit_cast<uint64_t>(item.frames_a_second));
  out.number(static_cast<uint8_t>(item.has_audio));
  out.number(static_cast<int64_t>(item.duration.count()));
  out.number(static_cast<uint32_t>(item.preview_jpeg.size()));
  out.bytes(item.preview_jpeg);
  out.text(item.note);
  out.number(static_cast<uint32_t>(item.signals.size()));
  for (const Signal& signal : item.signals) write_signal(out, signal);
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
  item.width = in.number<uint32_t>();
  item.height = in.number<uint32_t>();
  item.frames = in.number<uint32_t>();
  item.codec = in.text();
  item.frames_a_second = std::bit_cast<double>(in.number<uint64_t>());
  in.require(item.frames_a_second >= 0 && item.frames_a_second <= kMostFramesASecond);
  item.has_audio = in.boolean();
  item.duration = read_time(in);
  const auto preview = in.bytes(in.number<uint32_t>());
  item.preview_jpeg.assign(preview.begin(), preview.end());
  in.require(preview.empty() || (preview.size() > 3 && preview[0] == 0xff && preview[1] == 0xd8 &&
                                 preview[2] == 0xff));
  item.note = in.text();
  const size_t signals = in.number<uint32_t>();
  in.require(signals <= kMostSignals);
  for (size_t i = 0; i < signals && in.ok(); ++i) item.signals.push_back(read_signal(in, item));
  return item;
}

void write_error(Writer& out, const Error& error) {
  out.number(kProtocolVersion);
  out.number(uint8_t{1});
  out.number(static_cast<uint8_t>(error.code));
  out.text(error.message);
}

}  // namespace

uint32_t bits_of(const std::vector<SignalKind>& kinds) {
  uint32_t bits = 0;
  for (const SignalKind kind : kinds) bits |= uint32_t{1} << static_cast<uint8_t>(kind);
  return bits;
}

std::vector<SignalKind> kinds_of(uint32_t bits) {
  std::vector<SignalKind> kinds;
  for (const KindRow& row : all_kinds())
    if (bits >> static_cast<uint8_t>(row.kind) & 1) kinds.push_back(row.kind);
  return kinds;
}

size_t write_answer(const Result<ItemSignals>& outcome, std::span<uint8_t> room) {
  if (outcome && outcome->signals.size() <= kMostSignals) {
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

Result<DecodeAnswer> read_answer(std::span<const uint8_t> bytes) {
  const Error nonsense{ErrorCode::kCorrupt, "the decoder's answer is malformed"};
  Reader in(bytes);
  if (in.number<uint32_t>() != kProtocolVersion) return nonsense;
  if (in.boolean()) {
    const auto code = in.number<uint8_t>();
    Error error{static_cast<ErrorCode>(code), in.text()};
    if (!in.ended() || code > static_cast<uint8_t>(ErrorCode::kUnavailable)) return nonsense;
    return DecodeAnswer{std::move(error)};
  }
  ItemSignals item = read_item(in);
  if (!in.ended()) return nonsense;
  return DecodeAnswer{std::move(item)};
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
