// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a colour profile: no table, or a whole one.
#include <cassert>

#include "weir/media/tones.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const weir::media::Tones tones = weir::media::tones_of_icc({bytes, size});
  assert(tones.empty() || tones.size() == weir::media::kTones);
  return 0;
}
