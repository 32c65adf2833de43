// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "weir/base/byte_source.h"
#include "weir/base/limits.h"
#include "weir/base/result.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace weir::media {

// A container, read through a ByteSource and nothing else, and of its video streams the one that a
// player shows by itself: the one marked as default, else the first that a decoder here plays. A
// single picture, such as a cover, is taken where nothing moves.
class AvInput {
 public:
  // Errors: invalid when these are no bytes of a known container, or it holds no video; corrupt
  // when its head is damaged; limit.
  static Result<std::unique_ptr<AvInput>> open(ByteSource& source, const Limits& limits);
  ~AvInput();

  AVFormatContext& format() { return *format_; }
  AVStream& stream() { return *stream_; }
  const AVCodec& codec() const { return *codec_; }
  bool has_audio() const;
  // Video streams that move and are not the one that is read.
  size_t other_tracks() const { return other_tracks_; }

  // Packets of other streams are read over, and where `keys_only` those that are no keyframes.
  void select(bool keys_only);

  // The widest gap between keyframes that the container's index tells of; 0 when it has none.
  double most_seconds_between_keys() const;

  // Into `packet`; false at the end. Errors: corrupt when reading on is of no use.
  Result<bool> read(AVPacket& packet);

  // The share of the file that has been read, 0 to 1; never falls.
  double share_read() const { return share_; }
  // Bytes that the source did not give although it said that it had them.
  bool source_failed() const { return source_failed_; }

 private:
  explicit AvInput(ByteSource& source) : source_(source) {}
  Status open_format(const Limits& limits);
  Status choose_stream();
  static int read_bytes(void* self, uint8_t* room, int bytes);
  static int64_t seek(void* self, int64_t offset, int whence);

  ByteSource& source_;
  uint64_t at_ = 0;
  double share_ = 0;
  bool source_failed_ = false;
  AVIOContext* io_ = nullptr;
  AVFormatContext* format_ = nullptr;
  AVStream* stream_ = nullptr;
  const AVCodec* codec_ = nullptr;
  size_t other_tracks_ = 0;
};

// What FFmpeg says of one of its error numbers.
std::string av_reason(int failure);

}  // namespace weir::media
