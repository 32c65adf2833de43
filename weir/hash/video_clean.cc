// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/video_clean.h"

namespace weir {

void blank_what_stays(VideoTrack& track) {
  for (TrackFrame& frame : track.frames) frame.clean_quality = 0;
}

}  // namespace weir
