// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/words.h"

#include <fmt/format.h>

namespace weir {

// PDQ's flipx negates the rows of odd vertical frequency: the picture upside down. flipy is the
// mirror.
std::string_view words_of(Dihedral orientation) {
  switch (orientation) {
    case Dihedral::kOriginal:
      return "";
    case Dihedral::kRotate90:
    case Dihedral::kRotate270:
      return "turned by a quarter";
    case Dihedral::kRotate180:
      return "turned by a half";
    case Dihedral::kFlipX:
      return "flipped top to bottom";
    case Dihedral::kFlipY:
      return "mirrored";
    case Dihedral::kFlipPlus1:
    case Dihedral::kFlipMinus1:
      return "mirrored and turned by a quarter";
  }
  return "";
}

std::string words_of(const Evidence& evidence) {
  if (evidence.kind != SignalKind::kPdq)
    return fmt::format("same file ({})", name_of(evidence.kind));
  const std::string_view turned = words_of(evidence.orientation);
  return fmt::format("pdq {} bits{}{}{}", evidence.distance.bits, turned.empty() ? "" : ", ",
                     turned, evidence.inverted ? ", a negative" : "");
}

std::string evidence_of(const SharedRegion& region) {
  return fmt::format("{} of its features, {:.0f} % of its pixels agree: {}", region.inliers.size(),
                     100 * region.agreeing, in_words(region));
}

std::string words_of(const SharedRegion& region) {
  if (region.verdict == Verdict::kCopy) return evidence_of(region);
  return fmt::format("{}: {}", words_of(region.verdict), evidence_of(region));
}

std::string_view words_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCopy:
      return "a copy";
    case Verdict::kElement:
      return "an element in common, not the same picture";
    case Verdict::kSameScene:
      return "the same scene, not the same picture";
    case Verdict::kUnclear:
      break;
  }
  return "something in common, too little to say what";
}

}  // namespace weir
