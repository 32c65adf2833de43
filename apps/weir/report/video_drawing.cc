// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/report/video_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "apps/weir/report/html_page.h"
#include "apps/weir/words.h"

namespace weir {
namespace {

using std::chrono::microseconds;

constexpr size_t kColours = 8;     // that the page's style has
constexpr double kWidth = 1'000;   // of a timeline, in units of its own
constexpr double kBar = 18;        // height of one
constexpr double kBetween = 70;    // two of them
constexpr size_t kMostPairs = 12;  // of pictures, of one match
constexpr size_t kMostMarks = 12;  // of a timeline
constexpr microseconds kSameMoment{400'000};

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

std::string thumb_html(const VideoTrack& track, microseconds time) {
  std::optional<size_t> best;
  for (size_t i = 0; i < track.frames.size(); ++i)
    if (!best || std::chrono::abs(track.frames[i].time - time) <
                     std::chrono::abs(track.frames[*best].time - time))
      best = i;
  if (!best || track.thumb_width == 0 || track.thumb_height == 0) return "";
  const auto thumb = track.thumb(*best);
  return image_html(Pixels{{thumb.begin(), thumb.end()}, track.thumb_width, track.thumb_height, 1});
}

// Stills of a span of time.
std::vector<const Still*> stills_in(const VideoTrack& track, microseconds from, microseconds to) {
  std::vector<const Still*> found;
  for (const Still& still : track.stills)
    if (still.time >= from && still.time <= to && still.picture.plane.width > 0)
      found.push_back(&still);
  return found;
}

// Two stills of about one moment say more than two of the middle; without such a pair, the thumbs
// of the middle.
std::pair<std::string, std::string> moment_html(const VideoTrack& item, const VideoTrack& entry,
                                                const SharedSegment& segment) {
  const auto stills = stills_in(entry, segment.entry_from, segment.entry_to);
  const Still *of_item = nullptr, *of_entry = nullptr;
  microseconds nearest = kSameMoment;
  for (const Still* one : stills_in(item, segment.item_from, segment.item_to)) {
    const auto since = static_cast<double>((one->time - segment.item_from).count());
    const microseconds there = (segment.speed < 0 ? segment.entry_to : segment.entry_from) +
                               microseconds(static_cast<int64_t>(since * segment.speed));
    for (const Still* other : stills) {
      const microseconds apart = std::chrono::abs(other->time - there);
      if (apart >= nearest) continue;
      nearest = apart;
      of_item = one;
      of_entry = other;
    }
  }
  if (of_item != nullptr)
    return {image_html(of_item->picture.plane), image_html(of_entry->picture.plane)};
  return {thumb_html(item, segment.item_from + (segment.item_to - segment.item_from) / 2),
          thumb_html(entry, segment.entry_from + (segment.entry_to - segment.entry_from) / 2)};
}

std::string pair_html(const VideoTrack& item, const VideoTrack& entry, const SharedSegment& segment,
                      const SideNames& names) {
  const auto [shown, known] = moment_html(item, entry, segment);
  const auto caption = [](const std::string& name, microseconds from, microseconds to) {
    return fmt::format("{} {}-{}", name, clock_time(from), clock_time(to));
  };
  return figure_html(shown, "", caption(names.item, segment.item_from, segment.item_to)) + "\n" +
         figure_html(known, "", caption(names.entry, segment.entry_from, segment.entry_to)) + "\n" +
         fmt::format("<p>{}</p>\n", escape_html(words_of(segment)));
}

}  // namespace

std::string moment_html(const VideoTrack& track, microseconds time) {
  const Still* best = nullptr;
  for (const Still* still : stills_in(track, time - kSameMoment, time + kSameMoment))
    if (best == nullptr ||
        std::chrono::abs(still->time - time) < std::chrono::abs(best->time - time))
      best = still;
  return best != nullptr ? image_html(best->picture.plane) : thumb_html(track, time);
}

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
                           std::span<const SharedSegment> segments, const std::string& colour,
                           const SideNames& names) {
  const double top = 14, bottom = top + kBar + kBetween;
  std::string shapes = marks_svg(item.duration, top - 3) + bar_svg(top) + bar_svg(bottom) +
                       marks_svg(entry.duration, bottom + kBar + 12);
  for (const SharedSegment& one : segments) {
    const double a = at(one.item_from, item.duration), b = at(one.item_to, item.duration);
    const double c = at(one.entry_from, entry.duration), d = at(one.entry_to, entry.duration);
    // A span that runs backwards crosses itself on the way.
    const auto [under_a, under_b] = one.speed < 0 ? std::pair(d, c) : std::pair(c, d);
    const std::string words = words_of(one);
    shapes += fmt::format(
        R"(<polygon class="band {}" points="{:.1f},{} {:.1f},{} {:.1f},{} {:.1f},{}">)"
        "<title>{}</title></polygon>",
        colour, a, top + kBar, b, top + kBar, under_b, bottom, under_a, bottom, escape_html(words));
    shapes += span_svg(a, b, top, colour, words) + span_svg(c, d, bottom, colour, words);
  }
  std::string out = drawing(bottom + kBar + 16, shapes);
  for (size_t i = 0; i < std::min(segments.size(), kMostPairs); ++i)
    out += pair_html(item, entry, segments[i], names);
  return out;
}

}  // namespace weir
