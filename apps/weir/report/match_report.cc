// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/report/match_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "apps/weir/report/video_drawing.h"
#include "apps/weir/words.h"
#include "server/flow/catalog.h"
#include "weir/align/picture/picture_difference.h"
#include "weir/align/picture/transform.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

constexpr uint32_t kPreviewSide = 320;   // pixels
constexpr size_t kKeptPictures = 1'000;  // of entries, about 20 KB each
constexpr double kAlmostAll = 0.995;     // of a picture's area: an outline would say nothing

constexpr std::string_view kIntroduction =
    "<p>Each pair shows a submitted picture and the known entry that it agrees with. A match is a "
    "claim\nabout a copy; a person decides what follows.</p>\n";

// The file's small picture as HTML; empty when it cannot be had, or when `sha256` is given and
// the file is another one by now.
std::string picture_of(const std::string& path, const std::vector<uint8_t>* sha256,
                       Decoder& decoder) {
  DecodeWants wants;
  wants.kinds = {SignalKind::kSha256};
  wants.preview_side = kPreviewSide;
  const auto item = decoder.decode_file(path, wants);
  if (!item || item->preview_jpeg.empty()) return "";
  if (sha256 != nullptr &&
      !std::ranges::equal(value_of(item->signals, SignalKind::kSha256), *sha256))
    return "";
  return image_html(base64(item->preview_jpeg));
}

// The outline of a part of a picture that shows all of `whole`; empty when it is all of it.
std::string outline(const std::vector<Point>& part, const Rect& whole) {
  const double all = static_cast<double>(whole.width) * whole.height;
  return area(part) >= kAlmostAll * all ? "" : outline_svg(part);
}

std::vector<Point> corners_of(const Rect& r) {
  const double left = r.x, top = r.y, right = left + r.width, bottom = top + r.height;
  return {{left, top}, {right, top}, {right, bottom}, {left, bottom}};
}

// What is outlined in the two pictures.
struct Outlines {
  std::string item;
  std::string entry;
};

Outlines outlines_of(const KnownMatch& known, const Rect& item, const Rect& entry) {
  Outlines out;
  for (const SharedRegion& region : known.match.regions) {
    const SharedOutline shared = shared_outline(region, item, entry);
    out.item += outline(shared.item, item);
    out.entry += outline(shared.entry, entry);
  }
  if (!known.match.regions.empty()) return out;
  if (known.place.item_region) out.item = outline(corners_of(*known.place.item_region), item);
  if (known.place.entry_region) out.entry = outline(corners_of(*known.place.entry_region), entry);
  return out;
}

// The whole picture of the entry, as far as its signals tell.
Rect whole_of(const Entry& entry) {
  Rect whole;
  for (const Signal& signal : entry.signals)
    if (signal.region && signal.region->width >= whole.width) whole = *signal.region;
  return whole;
}

std::string section(const std::string& path, const Rect& whole_item, const KnownMatch& known,
                    const std::string& item_picture, const std::string& entry_picture) {
  std::string evidence;
  for (const Evidence& one : known.match.evidence)
    evidence += (evidence.empty() ? "" : "; ") + words_of(one);
  for (const SharedRegion& region : known.match.regions)
    evidence += (evidence.empty() ? "" : "; ") + words_of(region);
  for (const SharedSegment& segment : known.match.segments)
    evidence += (evidence.empty() ? "" : "; ") + words_of(segment);
  const Entry& entry = known.entry;
  const std::string entry_name = entry.name.empty() ? "(hash only)" : printable(entry.name);
  const Rect whole_entry = whole_of(entry);
  const Outlines outlines = outlines_of(known, whole_item, whole_entry);
  return fmt::format(
      "<article><h2>{}</h2>\n{}\n{}\n<p>{} &middot; score {:.1f} &middot; expected false alarms "
      "{:.1e}</p></article>\n",
      escape_html(path),
      figure_html(item_picture, marks_html(whole_item, outlines.item), "submitted"),
      figure_html(entry_picture, marks_html(whole_entry, outlines.entry),
                  fmt::format("{} #{} {}", entry.bank_name, entry.id.value, entry_name)),
      escape_html(evidence), known.match.score, known.match.expected_false_alarms);
}

// Of a known video, what the item shows of it.
std::string moment_picture(const KnownMatch& known, Store& store) {
  const auto track = track_of(known.entry.id, store);
  return track ? moment_html(*track, known.match.segments.front().entry_from) : "";
}

std::string draw_video_item(const DrawnItem& item, const ItemReport& report, Store& store) {
  const VideoTrack& track = item.asked.video->track;
  std::string out = fmt::format("<article><h2>{}</h2>\n", escape_html(printable(item.path)));
  out += overview_html(track.duration, report.matches);
  for (size_t i = 0; i < report.matches.size(); ++i) {
    const KnownMatch& known = report.matches[i];
    const Entry& entry = known.entry;
    std::string words =
        fmt::format("{} #{} {}: ", entry.bank_name, entry.id.value,
                    entry.name.empty() ? std::string("(hash only)") : printable(entry.name));
    for (const Evidence& one : known.match.evidence) words += words_of(one) + "; ";
    words += fmt::format("score {:.1f}, expected false alarms {:.1e}", known.match.score,
                         known.match.expected_false_alarms);
    out +=
        fmt::format("<p><b class=\"swatch {}\"></b> {}</p>\n", colour_class(i), escape_html(words));
    const auto known_track = track_of(entry.id, store);
    if (known_track && !known.match.segments.empty())
      out += alignment_html(track, *known_track, known.match.segments, colour_class(i));
  }
  return out + "</article>\n";
}

}  // namespace

Result<std::unique_ptr<MatchReport>> MatchReport::create(const std::string& path) {
  std::unique_ptr<MatchReport> report(new MatchReport());
  report->page_ = TRY(HtmlPage::create(path, "Matches"));
  report->page_->write(kIntroduction);
  return report;
}

std::string MatchReport::entry_picture(const Entry& entry, Decoder& decoder) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = entry_pictures_.find(entry.id); found != entry_pictures_.end())
      return found->second;
  }
  std::string picture;
  const auto path = entry.provenance.find("weir.path");
  for (const Signal& signal : entry.signals)
    if (signal.kind == SignalKind::kSha256 && path != entry.provenance.end())
      picture = picture_of(path->second, &signal.value, decoder);
  const std::scoped_lock lock(mutex_);
  if (entry_pictures_.size() < kKeptPictures) entry_pictures_.emplace(entry.id, picture);
  return picture;
}

std::string MatchReport::draw(const DrawnItem& item, const ItemReport& report, Services& services) {
  if (report.matches.empty()) return "";
  if (item.asked.video) return draw_video_item(item, report, services.store);
  Decoder& decoder = services.decoder;
  const std::string item_picture = picture_of(item.path, nullptr, decoder);
  std::string pairs;
  for (const KnownMatch& known : report.matches)
    pairs += section(printable(item.path), item.whole, known, item_picture,
                     known.match.segments.empty() ? entry_picture(known.entry, decoder)
                                                  : moment_picture(known, services.store));
  return pairs;
}

void MatchReport::add(const std::string& pairs) {
  ++items_;
  matched_ += !pairs.empty();
  page_->write(pairs);
}

Status MatchReport::finish() {
  page_->write(fmt::format("<p>{} of {} files matched.</p>\n", matched_, items_));
  return page_->finish();
}

}  // namespace weir
