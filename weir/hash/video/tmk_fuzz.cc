// SPDX-License-Identifier: Apache-2.0
//
// A .tmk file of others: what is read is written again byte for byte, and can be compared.
#include <cmath>
#include <cstdlib>

#include "weir/hash/video/tmk.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto read = weir::read_tmk({bytes, size});
  if (!read) return 0;
  const auto written = weir::write_tmk(*read);
  require(written == std::vector<uint8_t>(bytes, bytes + size));
  if (read->periods.size() > 2 || (!read->periods.empty() && read->periods[0] > 5'000)) return 0;
  const weir::TmkScore score = weir::tmk_similarity(*read, *read);
  require(!std::isnan(score.level_1) && !std::isnan(score.level_2));
  return 0;
}
