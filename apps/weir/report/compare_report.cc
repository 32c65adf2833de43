// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/report/compare_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/weir/report/video_drawing.h"
#include "apps/weir/words.h"
#include "weir/align/picture/picture_difference.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

// The board is this wide, in units of its own; A is at its left, B at its right, as the style has
// it in percent.
constexpr double kBoardWidth = 1'000;
constexpr double kPictureWidth = 480;
constexpr double kSpotRadius = 4;

constexpr uint32_t kDifferenceSide = 480;  // pixels

constexpr std::string_view kLegend = R"(<p class="hint">An orange outline is what the two share.
Blue dots are spots that were found in both; point at one to see where it is in the other. Below
them, A is laid over B: <b class="swatch agrees"></b> squares that agree,
<b class="swatch partly"></b> that agree in part, <b class="swatch differs"></b> that show something
else. Squares without a colour have too little in them to tell.</p>
)";

Rect whole_of(const ItemSignals& item) {
  return {0, 0, item.width, item.height};
}

// Where a picture is drawn on the board.
struct Place {
  Point shift;
  double scale = 1;
  Point operator()(const Point& p) const { return {shift.x + scale * p.x, shift.y + scale * p.y}; }
};

std::string spot_svg(const Point& a, const Point& b) {
  return fmt::format(
      R"(<g class="spot"><line x1="{0:.1f}" y1="{1:.1f}" x2="{2:.1f}" y2="{3:.1f}"/>)"
      R"(<circle cx="{0:.1f}" cy="{1:.1f}" r="{4}"/>)"
      R"(<circle cx="{2:.1f}" cy="{3:.1f}" r="{4}"/></g>)",
      a.x, a.y, b.x, b.y, kSpotRadius);
}

std::string picture(const ItemSignals& item) {
  return fmt::format(R"(<div class="picture">{}</div>)",
                     item.preview_jpeg.empty() ? "" : image_html(base64(item.preview_jpeg)));
}

std::string board(const ItemSignals& a, const ItemSignals& b, const Comparison& comparison) {
  const Place place_a{{0, 0}, kPictureWidth / a.width};
  const Place place_b{{kBoardWidth - kPictureWidth, 0}, kPictureWidth / b.width};
  std::string shapes;
  for (const SharedRegion& region : comparison.regions) {
    const SharedOutline shared = shared_outline(region, whole_of(a), whole_of(b));
    shapes += outline_svg(shared.item, place_a.shift, place_a.scale) +
              outline_svg(shared.entry, place_b.shift, place_b.scale) + "\n";
    for (const SharedRegion::Pair& pair : region.inliers)
      shapes += spot_svg(place_a(pair.item), place_b(pair.entry)) + "\n";
  }
  const double height = std::max(place_a.scale * a.height, place_b.scale * b.height);
  return fmt::format(R"(<div class="board" tabindex="0">{}{}<svg viewBox="0 0 {} {:.1f}">{}</svg>)"
                     "</div>\n",
                     picture(a), picture(b), kBoardWidth, height, shapes);
}

std::string_view class_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::kAgrees:
      return "agrees";
    case Agreement::kPartly:
      return "partly";
    case Agreement::kDiffers:
      return "differs";
    case Agreement::kFlat:
      break;
  }
  return "flat";
}

std::string difference(const SharedRegion& region, const PictureFeatures& a,
                       const PictureFeatures& b, const std::string& caption) {
  const PictureDifference shown = picture_difference(region, a, b, kDifferenceSide);
  if (shown.blocks.empty()) return "";
  std::string tint = R"(<g class="tint">)";
  for (const ComparedBlock& block : shown.blocks)
    tint += fmt::format(
        R"(<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)",
        class_of(block.agreement), block.corner.x, block.corner.y, block.width, block.height);
  return figure_html(image_html(shown.item), marks_html({0, 0, b.width, b.height}, tint + "</g>"),
                     caption) +
         "\n";
}

void draw_videos(const ComparedFile& a, const ComparedFile& b, const Comparison& comparison,
                 HtmlPage& page) {
  page.write(comparison.segments.empty()
                 ? "<p>No span of one was found in the other.</p>\n"
                 : "<p class=\"hint\">A's time runs above, B's below; a band joins what they "
                   "share.</p>\n");
  page.write(fmt::format("<article><h2>A: {}<br>B: {}</h2>\n", escape_html(printable(a.path)),
                         escape_html(printable(b.path))));
  const auto track_a = track_of(a.item.signals), track_b = track_of(b.item.signals);
  if (track_a && track_b)
    page.write(
        alignment_html(*track_a, *track_b, comparison.segments, colour_class(0), {"A", "B"}));
  page.write(
      "</article>\n<p>A match is a claim about a copy; a person decides what follows.</p>\n");
}

}  // namespace

void draw_comparison(const ComparedFile& a, const ComparedFile& b, const Comparison& comparison,
                     std::span<const std::string> lines, HtmlPage& page) {
  page.write("<ul>\n");
  for (const std::string& line : lines) page.write(fmt::format("<li>{}</li>\n", escape_html(line)));
  page.write("</ul>\n");
  if (a.item.is_video() && b.item.is_video()) return draw_videos(a, b, comparison, page);
  page.write(comparison.regions.empty() ? "<p>No part of one was found in the other.</p>\n"
                                        : kLegend);
  if (a.item.width > 0 && b.item.width > 0) {
    page.write(fmt::format("<article><h2>A: {}<br>B: {}</h2>\n", escape_html(printable(a.path)),
                           escape_html(printable(b.path))));
    page.write(board(a.item, b.item, comparison));
    const auto features_a = features_of(a.item.signals), features_b = features_of(b.item.signals);
    for (size_t i = 0; features_a && features_b && i < comparison.regions.size(); ++i) {
      const SharedRegion& region = comparison.regions[i];
      page.write(
          difference(region, *features_a, *features_b,
                     fmt::format("A over B{}: {}",
                                 comparison.regions.size() > 1 ? fmt::format(", region {}", i + 1)
                                                               : std::string(),
                                 words_of(region.verdict))));
    }
    page.write("</article>\n");
  }
  page.write("<p>A match is a claim about a copy; a person decides what follows.</p>\n");
}

}  // namespace weir
