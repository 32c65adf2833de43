// SPDX-License-Identifier: Apache-2.0
//
// It ends, reads nothing that is not there, and says the same each time.
#include <cstdlib>

#include "server/sandbox/still_look.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  weir::MemorySource file({bytes, size});
  const bool is_still = weir::is_surely_still(file);
  if (is_still != weir::is_surely_still(file)) std::abort();
  if (is_still && size < 2) std::abort();
  return 0;
}
