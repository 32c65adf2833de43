// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/pdq.h"

#include <vector>

#include "weir/hash/pdq_plain.h"

namespace weir {

PdqHash pdq(const PixelView& picture) {
  std::vector<float> luma(static_cast<size_t>(picture.width) * picture.height);
  plain::luma_of(picture, luma.data());
  return pdq_luma(luma.data(), picture.width, picture.height);
}

PdqDihedral pdq_dihedral(const PixelView& picture) {
  std::vector<float> luma(static_cast<size_t>(picture.width) * picture.height);
  plain::luma_of(picture, luma.data());
  return pdq_dihedral_luma(luma.data(), picture.width, picture.height);
}

PdqHash pdq_luma(const float* luma, size_t width, size_t height) {
  return plain::pdq_luma(luma, width, height);
}

PdqDihedral pdq_dihedral_luma(const float* luma, size_t width, size_t height) {
  return plain::pdq_dihedral_luma(luma, width, height);
}

}  // namespace weir
