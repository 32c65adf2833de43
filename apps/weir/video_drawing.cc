// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/video_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "apps/weir/html_page.h"
#include "apps/weir/words.h"

namespace weir {
namespace {

using std::chrono::microseconds;

constexpr size_t kColours = 8;            // that the page's style has
constexpr double kWidth = 1'000;          // of a timeline, in units of its own
constexpr double kBar = 18;               // height of one
constexpr double kBetween = 70;           // two of them
constexpr size_t kMostPairs = 12;         // of pictures, of one match
constexpr size_t kMostMarks = 12;         // of a timeline
constexpr microseconds kNear{1'500'000};  // a still this far from the middle still shows it

double at(microseconds time, microseconds duration) {
  if (duration.count() <= 0) return 0;
  return kWidth *
         std::clamp(static_cast<double>(time.count()) / static_cast<double>(duration.count()), 0.0,
                    1.0);
}

std::string bar_svg(double y) {
  return fmt::format(R"(<rect class="bar" x="0" y="{}" width="{}" height="{}"/>)", y, kWidth, kBar);
}

std::string span_svg(double from, double to, double y, const std::string& colour,
                     const std::string& title) {
  return fmt::format(
      R"(<rect class="{}" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>{}</title></rect>)",
      colour, from, y, std::max(to - from, 1.0), kBar, escape_html(title));
}

// Times below a timeline, at round distances.
std::string marks_svg(microseconds duration, double y) {
  const double seconds = static_cast<double>(duration.count()) / 1e6;
  double step = 3'600;
  for (const double one : {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1'800}) {
    if (seconds / one > kMostMarks) continue;
    step = one;
    break;
  }
  std::string out;
  for (double time = 0; time <= seconds; time += step) {
    const double x = seconds > 0 ? kWidth * time / seconds : 0;
    out += fmt::format(R"(<text class="time" x="{:.1f}" y="{}"{}>{}</text>)", x, y,
                       x < 20            ? ""
                       : x > kWidth - 20 ? R"( text-anchor="end")"
                                         : R"( text-anchor="middle")",
                       clock_time(microseconds(static_cast<int64_t>(time * 1e6))));
  }
  return out;
}

std::string drawing(double height, const std::string& shapes) {
  return fmt::format(R"(<svg class="timeline" viewBox="0 0 {} {}">{}</svg>)", kWidth, height,
                     shapes) +
         "\n";
}

// The still of the span nearest to `middle`, else the thumb nearest to it.
std::string picture_at(const VideoTrack& track, microseconds middle, microseconds half) {
  const Still* best = nullptr;
  const auto distance_of = [&](const Still& still) {
    return std::chrono::abs(still.time - middle);
  };
  for (const Still& still : track.stills)
    if (still.picture.plane.width > 0 &&
        (best == nullptr || distance_of(still) < distance_of(*best)))
      best = &still;
  if (best != nullptr && distance_of(*best) <= std::max(half, kNear))
    return image_html(best->picture.plane);
  std::optional<size_t> frame;
  for (size_t i = 0; i < track.frames.size(); ++i)
    if (!frame || std::chrono::abs(track.frames[i].time - middle) <
                      std::chrono::abs(track.frames[*frame].time - middle))
      frame = i;
  if (!frame || track.thumb_width == 0 || track.thumb_height == 0) return "";
  const auto thumb = track.thumb(*frame);
  return image_html(Pixels{{thumb.begin(), thumb.end()}, track.thumb_width, track.thumb_height, 1});
}

std::string pair_html(const VideoTrack& item, const VideoTrack& entry,
                      const SharedSegment& segment) {
  const auto side = [](const VideoTrack& track, microseconds from, microseconds to,
                       const char* whose) {
    const microseconds half = (to - from) / 2;
    return figure_html(picture_at(track, from + half, half), "",
                       fmt::format("{} {}-{}", whose, clock_time(from), clock_time(to)));
  };
  return side(item, segment.item_from, segment.item_to, "submitted") + "\n" +
         side(entry, segment.entry_from, segment.entry_to, "known") + "\n" +
         fmt::format("<p>{}</p>\n", escape_html(words_of(segment)));
}

}  // namespace

std::string colour_class(size_t i) {
  return "c" + std::to_string(i % kColours);
}

std::string overview_html(microseconds duration, std::span<const KnownMatch> matches) {
  std::string shapes = bar_svg(0);
  for (size_t i = 0; i < matches.size(); ++i) {
    const Entry& entry = matches[i].entry;
    const std::string name = fmt::format("{} #{} {}", entry.bank_name, entry.id.value, entry.name);
    for (const SharedSegment& one : matches[i].match.segments)
      shapes += span_svg(at(one.item_from, duration), at(one.item_to, duration), 0, colour_class(i),
                         name + ": " + words_of(one));
  }
  return drawing(kBar + 16, shapes + marks_svg(duration, kBar + 12));
}

std::string alignment_html(const VideoTrack& item, const VideoTrack& entry,
                           std::span<const SharedSegment> segments, const std::string& colour) {
  const double top = 14, bottom = top + kBar + kBetween;
  std::string shapes = marks_svg(item.duration, top - 3) + bar_svg(top) + bar_svg(bottom) +
                       marks_svg(entry.duration, bottom + kBar + 12);
  for (const SharedSegment& one : segments) {
    const double a = at(one.item_from, item.duration), b = at(one.item_to, item.duration);
    const double c = at(one.entry_from, entry.duration), d = at(one.entry_to, entry.duration);
    const std::string words = words_of(one);
    shapes +=
        fmt::format(R"(<polygon class="band {}" points="{:.1f},{} {:.1f},{} {:.1f},{} {:.1f},{}">)"
                    "<title>{}</title></polygon>",
                    colour, a, top + kBar, b, top + kBar, d, bottom, c, bottom, escape_html(words));
    shapes += span_svg(a, b, top, colour, words) + span_svg(c, d, bottom, colour, words);
  }
  std::string out = drawing(bottom + kBar + 16, shapes);
  for (size_t i = 0; i < std::min(segments.size(), kMostPairs); ++i)
    out += pair_html(item, entry, segments[i]);
  return out;
}

}  // namespace weir
