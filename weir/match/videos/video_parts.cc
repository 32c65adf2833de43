// SPDX-License-Identifier: Apache-2.0
//
// Finds out whether a frame shows several videos side by side or one above the other. Neighbouring
// samples of one scene change together: what moves covers both, and light falls on both. Across the
// line between two videos they do not. So for each line of a thumb, the changes on its one side
// over some seconds are correlated with those on its other side. Each part is then matched as a
// video of its own.
//
// Example: two known videos are squeezed into the left and the right half of a frame. Changes left
// of the middle go together, and so do those right of it, but not those on both sides of it. Two
// parts are found, and each is one of the known videos.
//
// Counter-example: the edge of a wall is a line, too, but light and moving cameras change both of
// its sides together, so it parts nothing. Lines that are aslant are not looked for.
#include "weir/match/videos/video_parts.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "weir/align/picture/transform.h"
#include "weir/align/video/frame_times.h"
#include "weir/align/video/thumb_pair.h"
#include "weir/hash/video/thumb_hash.h"
#include "weir/match/videos/line_changes.h"

namespace weir {

namespace {

// Constants: decision 0132 has kWindow, kAcrossLine, kBesideLine, kBands, kApartInMiddle,
// kApartAlways, kClearEdge and kMostParts. kCutBits is that of whole frames (weir/hash/video). The
// others were chosen by hand on the tune side of the accuracy bench and not fitted.
constexpr double kWindow = 8;  // seconds that are looked at together; windows overlap by half
constexpr size_t kLeastOfWindow = 6;  // frames that a window has at least
constexpr double kLeastPart = 0.24;   // share of the side that a part takes at least
// Correlations of changes: across the line at most, on both sides of it at least. The line is cut
// into bands, and each of them must say so.
constexpr double kAcrossLine = 0.45;
constexpr double kBesideLine = 0.7;
constexpr size_t kBands = 3;
// The same where the line halves the frame: across the whole line and in each band at most, and on
// one side of it at least, as in noise nothing is alike.
constexpr double kApartInMiddle = 0.4;
constexpr double kBandInMiddle = 0.7;
constexpr double kOnOneSide = 0.25;
constexpr double kApartAlways = 0.45;  // the same over the whole line, on average over all windows
// Share of the line that is a step of brightness, and how many times as much it must be as beside
// the line: elsewhere, where the line halves the frame, and where it does so all the time.
constexpr double kLongLine = 0.45;
constexpr double kClearEdge = 1.5;
constexpr double kHardlyClearer = 1.05;
constexpr double kAlwaysEdge = 0.95;
constexpr size_t kMostWindows = 64;  // that are remembered, the last ones
constexpr uint32_t kLeastSide = 12;  // samples of a thumb that a part is wide and high at least
constexpr int kCutBits = 90;      // frames whose hashes differ by so much have a cut between them
constexpr int kDepth = 2;         // a part may have parts
constexpr size_t kMostParts = 8;  // that share the entries which may be looked at

// What is seen across a line, between the columns beside it.
struct Across {
  double all = 1;           // correlation of changes, over the whole line
  double most = 1;          // the highest of its bands; a band in which nothing changes has 1
  double within = 1;        // correlation beside the line, on the side where it is lower
  double on_one_side = -1;  // and on the side where it is higher
  double edge = 0;          // share of the line that is a step of brightness
  double beside = 0;        // the same of lines on both sides of it, the larger one
};
Across across(const LineChanges& window, uint32_t x) {
  Across out;
  out.all = window.together(x - 1, x + 1, 0, 1).value_or(1);
  out.most = -1;
  for (size_t band = 0; band < kBands; ++band)
    out.most = std::max(out.most, window.together(x - 1, x + 1, band, kBands).value_or(1));
  for (const uint32_t from : {x - 4, x + 2}) {
    const double together = window.together(from, from + 2, 0, 1).value_or(1);
    out.within = std::min(out.within, together);
    out.on_one_side = std::max(out.on_one_side, together);
    out.beside = std::max(out.beside, window.edge(from, from + 2));
  }
  out.edge = window.edge(x - 1, x + 1);
  return out;
}

// Whether two videos meet in the middle of the frame, where they are mostly put.
bool meet_in_middle(const Across& at) {
  return at.all <= kApartInMiddle && at.most <= kBandInMiddle && at.edge >= kLongLine &&
         at.edge >= kHardlyClearer * at.beside && at.on_one_side >= kOnOneSide;
}

// The line across which changes are least alike, if there is one. Line x lies between the columns
// x - 1 and x + 1 of the thumb.
std::optional<uint32_t> line_in(const LineChanges& window) {
  const uint32_t middle = window.width() / 2;
  for (const uint32_t x : {middle, middle - 1})
    if (meet_in_middle(across(window, x))) return x;
  const auto least = static_cast<uint32_t>(std::ceil(kLeastPart * window.width()));
  std::optional<uint32_t> best;
  double lowest = kAcrossLine;
  for (uint32_t x = std::max(5u, least); x + std::max(5u, least) < window.width(); ++x) {
    const Across at = across(window, x);
    if (at.edge >= kLongLine && at.edge >= kClearEdge * at.beside && at.most < lowest &&
        at.within >= kBesideLine)
      lowest = at.most, best = x;
  }
  return best;
}

// A line and the frames between which it stands.
struct Line {
  bool across = false;  // between an upper and a lower part
  uint32_t at = 0;      // column or row of the thumb
  size_t first = 0, end = 0;
};

// A line through the middle that stands all the time, told by all windows together.
std::optional<uint32_t> always_in_middle(std::span<const LineChanges> windows) {
  if (windows.empty()) return {};
  const uint32_t middle = windows.front().width() / 2;
  for (const uint32_t x : {middle, middle - 1}) {
    double all = 0, edge = 0, beside = 0, on_one_side = 0;
    for (const LineChanges& window : windows) {
      const Across at = across(window, x);
      all += at.all, edge += at.edge, beside += at.beside, on_one_side += at.on_one_side;
    }
    const auto count = static_cast<double>(windows.size());
    if (all <= kApartAlways * count && edge >= kLongLine * count && edge >= kAlwaysEdge * beside &&
        on_one_side >= kOnOneSide * count)
      return x;
  }
  return {};
}

std::vector<Line> lines_of(const VideoTrack& video) {
  std::vector<Line> lines;
  const double step = FrameTimes(video).step();
  const auto frames = std::max<size_t>(kLeastOfWindow, static_cast<size_t>(kWindow / step));
  for (const bool is_across : {false, true}) {
    std::vector<LineChanges> windows;
    std::vector<Line> found;
    for (size_t first = 0; first + kLeastOfWindow <= video.frames.size(); first += frames / 2) {
      const size_t end = std::min(video.frames.size(), first + frames);
      windows.emplace_back(video, first, end, is_across);
      if (windows.size() > kMostWindows) windows.erase(windows.begin());
      const auto at = line_in(windows.back());
      const auto before = std::find_if(found.begin(), found.end(), [&](const Line& one) {
        return at && one.end >= first && *at + 1 >= one.at && *at <= one.at + 1;
      });
      if (before != found.end())
        before->end = end;
      else if (at)
        found.push_back({is_across, *at, first, end});
      if (end == video.frames.size()) break;
    }
    if (const auto middle = always_in_middle(windows))
      found = {{is_across, *middle, 0, video.frames.size()}};
    lines.insert(lines.end(), found.begin(), found.end());
  }
  // A line may also stand somewhat before and after the windows that tell of it, where nothing
  // changes.
  for (Line& line : lines) {
    line.first = line.first > frames ? line.first - frames : 0;
    line.end = std::min(video.frames.size(), line.end + frames);
  }
  return lines;
}

// A rectangle of the thumb, and the same of the frame.
struct Cut {
  uint32_t x, y, width, height;
  Rect place(const VideoTrack& video) const {
    const auto in = [](uint32_t at, uint32_t of, uint32_t side) {
      return static_cast<uint32_t>(uint64_t{at} * side / of);
    };
    Rect out{in(x, video.thumb_width, video.width), in(y, video.thumb_height, video.height), 0, 0};
    out.width = in(x + width, video.thumb_width, video.width) - out.x;
    out.height = in(y + height, video.thumb_height, video.height) - out.y;
    return out;
  }
};

Still still_in(const Still& still, const Rect& place) {
  Still out{still.time, {place.width, place.height, {}, {}}};
  for (LocalFeature feature : still.picture.features) {
    feature.x -= static_cast<float>(place.x);
    feature.y -= static_cast<float>(place.y);
    if (feature.x >= 0 && feature.y >= 0 && feature.x < static_cast<float>(place.width) &&
        feature.y < static_cast<float>(place.height))
      out.picture.features.push_back(feature);
  }
  const Pixels& plane = still.picture.plane;
  const auto in = [](uint32_t at, uint32_t of, uint32_t side) {
    return static_cast<uint32_t>(uint64_t{at} * side / std::max(1u, of));
  };
  const uint32_t x = in(place.x, still.picture.width, plane.width);
  const uint32_t y = in(place.y, still.picture.height, plane.height);
  out.picture.plane.width = in(place.x + place.width, still.picture.width, plane.width) - x;
  out.picture.plane.height = in(place.y + place.height, still.picture.height, plane.height) - y;
  for (uint32_t v = 0; v < out.picture.plane.height; ++v) {
    const uint8_t* row = plane.samples.data() + size_t{y + v} * plane.width + x;
    out.picture.plane.samples.insert(out.picture.plane.samples.end(), row,
                                     row + out.picture.plane.width);
  }
  return out;
}

VideoPart part_in(const VideoTrack& video, const Line& line, const Cut& cut) {
  VideoPart part{cut.place(video), {}};
  VideoTrack& track = part.track;
  track.width = part.place.width, track.height = part.place.height;
  track.thumb_width = cut.width, track.thumb_height = cut.height;
  track.duration = video.duration;
  std::vector<float> samples(size_t{cut.width} * cut.height);
  for (size_t i = line.first; i < line.end; ++i) {
    const auto thumb = video.thumb(i);
    for (uint32_t y = 0; y < cut.height; ++y)
      for (uint32_t x = 0; x < cut.width; ++x) {
        const uint8_t one = thumb[size_t{cut.y + y} * video.thumb_width + cut.x + x];
        samples[size_t{y} * cut.width + x] = one;
        track.thumbs.push_back(one);
      }
    const PdqDihedral hash = thumb_hash(samples, cut.width, cut.height, {});
    TrackFrame frame;
    frame.time = video.frames[i].time;
    frame.pdq = hash.dihedral[static_cast<size_t>(Dihedral::kOriginal)];
    frame.mirrored = hash.dihedral[static_cast<size_t>(Dihedral::kFlipY)];
    frame.quality = static_cast<uint8_t>(hash.quality);
    frame.begins_shot =
        track.frames.empty() || distance(frame.pdq, track.frames.back().pdq).bits >= kCutBits;
    track.frames.push_back(frame);
  }
  for (const Still& still : video.stills)
    if (still.time >= track.frames.front().time && still.time <= track.frames.back().time)
      track.stills.push_back(still_in(still, part.place));
  return part;
}

void add_parts(const VideoTrack& video, const Rect& of, int depth, std::vector<VideoPart>& out) {
  for (const Line& line : lines_of(video)) {
    const uint32_t wide = video.thumb_width, high = video.thumb_height;
    // The sample that the line goes through is mixed of both sides, and is left out of both.
    const std::array<Cut, 2> cuts =
        line.across
            ? std::array{Cut{0, 0, wide, line.at}, Cut{0, line.at + 1, wide, high - line.at - 1}}
            : std::array{Cut{0, 0, line.at, high}, Cut{line.at + 1, 0, wide - line.at - 1, high}};
    for (const Cut& cut : cuts) {
      if (out.size() >= kMostParts) return;
      if (cut.width < kLeastSide || cut.height < kLeastSide) continue;
      VideoPart part = part_in(video, line, cut);
      const size_t before = out.size();
      if (depth > 1) add_parts(part.track, part.place, depth - 1, out);
      for (size_t i = before; i < out.size(); ++i) {
        out[i].place.x += of.x;
        out[i].place.y += of.y;
      }
      part.place.x += of.x;
      part.place.y += of.y;
      out.push_back(std::move(part));
    }
  }
}

}  // namespace

std::vector<VideoPart> parts_of(const VideoTrack& video) {
  std::vector<VideoPart> out;
  if (!has_thumbs(video) || video.thumb_width < 2 * kLeastSide ||
      video.thumb_height < 2 * kLeastSide)
    return out;
  add_parts(video, {0, 0, video.width, video.height}, kDepth, out);
  return out;
}

SharedSegment in_whole(SharedSegment segment, const Rect& part) {
  segment.entry_to_item =
      compose(segment.entry_to_item, {{1, 0, double(part.x), 0, 1, double(part.y), 0, 0, 1}});
  segment.item_region.x += part.x;
  segment.item_region.y += part.y;
  return segment;
}

}  // namespace weir
