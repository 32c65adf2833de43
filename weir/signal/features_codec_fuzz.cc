// SPDX-License-Identifier: Apache-2.0
//
// What parses is written back as the same bytes.
#include <algorithm>
#include <cstdlib>

#include "weir/signal/features_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto picture = weir::decode_features({bytes, size});
  if (!picture) return 0;
  const auto again = weir::encode_features(*picture);
  if (again.size() != size || !std::equal(again.begin(), again.end(), bytes)) std::abort();
  return 0;
}
