// SPDX-License-Identifier: Apache-2.0
//
// An answer is what a taken-over worker may send. Whatever parses must write back to the same
// bytes.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "server/sandbox/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  (void)weir::read_layers({bytes, size});
  const auto answer = weir::read_answer({bytes, size});
  if (!answer) return 0;
  std::vector<uint8_t> room(size + 4096);
  const size_t length = weir::write_answer(answer->outcome, room);
  // Text of over 500 bytes is cut when written; everything else must be the same.
  if (length == size && !std::equal(room.begin(), room.begin() + length, bytes)) std::abort();
  if (length != size && size < 500) std::abort();
  return 0;
}
