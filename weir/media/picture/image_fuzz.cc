// SPDX-License-Identifier: Apache-2.0
//
// Any bytes, as a file: decoded within small limits, then shown small. A picture must keep what
// image.h promises of it.
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "weir/media/picture/animation.h"
#include "weir/media/picture/image.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const bool is_up = weir::init_media("image_fuzz").has_value();
  assert(is_up);
  const std::span<const uint8_t> file(bytes, size);
  const weir::Limits limits{.file_bytes = 1 << 20,
                            .pixels = 128 * 128,
                            .dimension = 1024,
                            .frames = 3,
                            .memory_bytes = 64 << 20};
  const auto image = weir::decode_image(file, limits);
  if (image) {
    // Frames of an animation are fewer than pages may be.
    assert(!image->frames.empty() && image->frames.size() <= weir::media::kMostPages);
    for (const weir::Frame& frame : image->frames) {
      const weir::Pixels& pixels = frame.pixels;
      assert(uint64_t{pixels.width} * pixels.height <= limits.pixels);
      assert(pixels.channels == 1 || pixels.channels == 3);
      assert(pixels.samples.size() == size_t{pixels.width} * pixels.height * pixels.channels);
    }
  }
  const auto preview = weir::preview_jpeg(file, limits, 16);
  assert(!image || preview);
  return 0;
}
