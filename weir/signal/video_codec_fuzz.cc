// SPDX-License-Identifier: Apache-2.0
//
// What can be read of a track is written back as it was.
#include <algorithm>
#include <cstdlib>

#include "weir/signal/video_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto track = weir::read_video_track({bytes, size});
  if (!track) return 0;
  const auto back = weir::write_video_track(*track);
  if (back.size() != size || !std::equal(back.begin(), back.end(), bytes)) std::abort();
  return 0;
}
