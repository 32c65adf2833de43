// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace weir {
namespace {

constexpr double kWorthTelling = 0.05;  // of odds
constexpr double kSameSpeed = 0.015;    // of 1; less is not worth a word

}  // namespace

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

std::string clock_time(std::chrono::microseconds time) {
  const int64_t tenths = (time.count() + 50'000) / 100'000;
  const int64_t hours = tenths / 36'000, minutes = tenths / 600 % 60, rest = tenths % 600;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}.{}", hours, minutes, rest / 10, rest % 10);
  return fmt::format("{}:{:02}.{}", minutes, rest / 10, rest % 10);
}

std::string words_of(const SharedSegment& segment) {
  const auto span = [](std::chrono::microseconds from, std::chrono::microseconds to) {
    return from == to ? clock_time(from) : clock_time(from) + "-" + clock_time(to);
  };
  const bool is_picture = segment.item_from == segment.item_to;
  const bool of_picture = segment.entry_from == segment.entry_to && segment.entry_from.count() == 0;
  std::string words = is_picture ? "" : span(segment.item_from, segment.item_to) + " ";
  words += "shows " + (of_picture ? "it" : span(segment.entry_from, segment.entry_to));
  if (segment.is_still && !is_picture && !of_picture) words += ", as stills";
  if (segment.mirrored) words += ", mirrored";
  if (segment.speed < 0) words += ", backwards";
  if (!segment.is_still && std::abs(std::abs(segment.speed) - 1) > kSameSpeed)
    words += fmt::format(", at {:.2f} times the speed", std::abs(segment.speed));
  if (segment.verdict != Verdict::kCopy) words += fmt::format(" ({})", words_of(segment.verdict));
  return words;
}

std::string words_of_video(const ItemSignals& item) {
  std::string words = fmt::format("{}, {}", item.codec, clock_time(item.duration));
  if (item.frames_a_second > 0)
    words += fmt::format(", {:.4g} frames a second", item.frames_a_second);
  return words;
}

std::string words_of(const Judged& judged) {
  const CopyOdds& odds = judged.odds;
  std::string words =
      fmt::format("odds {:.1f}: against an element in common {:.1f}", odds.log_odds, odds.element);
  const auto add_terms = [&](double CopyOdds::Added::*question) {
    std::string_view between = " (";
    for (const Term term : by_weight(odds)) {
      const double added = odds.added[static_cast<size_t>(term)].*question;
      if (std::abs(added) < kWorthTelling) continue;
      words += fmt::format("{}{} {:+.1f}", between, name_of(term), added);
      between = ", ";
    }
    if (between == ", ") words += ")";
  };
  add_terms(&CopyOdds::Added::element);
  words += fmt::format(", against another moment {:.1f}", odds.moment);
  add_terms(&CopyOdds::Added::moment);
  return words;
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
