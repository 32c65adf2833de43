// SPDX-License-Identifier: Apache-2.0
//
// Any bytes, as a video: demuxed and decoded within small limits, all frames or a part, each made
// grey and coloured.
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "weir/media/picture/image.h"
#include "weir/media/video/video.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const bool is_up = weir::init_media("video_fuzz").has_value();
  assert(is_up);
  weir::MemorySource source({bytes, size});
  weir::Limits limits;
  limits.file_bytes = limits.video_bytes = 1 << 20;
  limits.pixels = 256 * 256;
  limits.dimension = 1024;
  limits.video_frames = 60;
  weir::VideoOptions options;
  options.keyframes_only = size % 4 == 3;
  const bool steps_over = size % 4 == 1;
  if (steps_over) options.needs = [](auto, auto, uint32_t number) { return number % 8 == 0; };
  std::chrono::microseconds last{0};
  uint32_t number = 0;
  const auto decoded =
      weir::decode_video(source, limits, options, [&](weir::VideoFrame& frame) -> weir::Status {
        assert(frame.time() >= last && frame.until() >= frame.time());
        assert(steps_over ? frame.number() >= number : frame.number() == number);
        number = frame.number() + 1;
        last = frame.time();
        const weir::PixelView grey = TRY(frame.grey(64));
        assert(grey.width <= 64 && grey.height <= 64 && grey.channels == 1);
        const weir::PixelView rgb = TRY(frame.rgb(16, 16));
        assert(rgb.width == 16 && rgb.channels == 3);
        return {};
      });
  assert(!decoded || decoded->frames > 0);
  return 0;
}
