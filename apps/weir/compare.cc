// SPDX-License-Identifier: Apache-2.0
#include "server/flow/compare.h"

#include <fmt/format.h>

#include "apps/weir/cli.h"
#include "apps/weir/home.h"
#include "apps/weir/report/compare_report.h"
#include "apps/weir/run/output.h"
#include "apps/weir/verbs.h"
#include "apps/weir/words.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

std::string text_of(const SignalComparison& row) {
  if (row.kind != SignalKind::kPdq)
    return fmt::format("  {:<8}{}", name_of(row.kind), row.agrees ? "same" : "differs");
  const std::string_view turned = words_of(row.orientation);
  return fmt::format("  {:<8}{} bits apart{}{}: {}", name_of(row.kind), row.distance.bits,
                     turned.empty() ? "" : ", A ", turned,
                     !row.matchable ? "too little detail to say"
                     : row.agrees   ? "a match (31 or less)"
                                    : "no match (over 31)");
}

std::string text_of(const Rect& r) {
  return fmt::format("{}x{} at {},{}", r.width, r.height, r.x, r.y);
}

std::string text_of(const SharedRegion& region) {
  return fmt::format("  {:<8}{}: {} of A shows {} of B; {}", "region", words_of(region.verdict),
                     text_of(region.item_region), text_of(region.entry_region),
                     evidence_of(region));
}

std::string verdict_of(const Comparison& comparison) {
  if (comparison.match) return "match";
  const auto& regions = comparison.regions;
  return regions.empty() ? "no match"
                         : fmt::format("no match: {}", words_of(regions.front().verdict));
}

// The two files, each signal, each region, and what it comes to, a line each.
std::vector<std::string> lines_of(const ComparedFile& a, const ComparedFile& b,
                                  const Comparison& comparison) {
  std::vector<std::string> lines;
  for (const auto& [name, file] : {std::pair("A", &a), std::pair("B", &b)})
    lines.push_back(fmt::format("{}  {}  {} {}x{}  {} bytes", name, printable(file->path),
                                file->item.format, file->item.width, file->item.height,
                                file->item.bytes) +
                    (file->item.is_video() ? "  " + words_of_video(file->item) : "") +
                    (file->item.note.empty() ? "" : "  note: " + file->item.note));
  for (const SignalComparison& row : comparison.signals) lines.push_back(text_of(row));
  for (const SharedRegion& region : comparison.regions) lines.push_back(text_of(region));
  if (comparison.judged) lines.push_back("  " + words_of(*comparison.judged));
  for (const SharedSegment& segment : comparison.segments)
    lines.push_back(fmt::format("  {:<8}A {} of B", "segment", words_of(segment)));
  lines.push_back(verdict_of(comparison));
  return lines;
}

Json json_of(const ComparedFile& a, const ComparedFile& b, const Comparison& comparison) {
  Json line{{"a", {{"path", to_utf8(a.path)}}}, {"b", {{"path", to_utf8(b.path)}}}};
  line["a"].update(shape_of(a.item));
  line["b"].update(shape_of(b.item));
  line.update(shape_of(comparison));
  return line;
}

}  // namespace

Result<int> compare_verb(const Common& common, const CompareRequest& request) {
  const Config config = TRY(load_config(common));
  const std::unique_ptr<Decoder> decoder = TRY(start_decoder(config));
  std::unique_ptr<HtmlPage> page;
  if (!request.report.empty()) page = TRY(HtmlPage::create(request.report, "Comparison"));
  WantsToCompare wants = wants_to_compare();
  if (page != nullptr) wants.a.preview_side = wants.b.preview_side = kComparedPreviewSide;
  const ItemSignals item_a = TRY(decoder->decode_file(request.a, wants.a));
  const ItemSignals item_b = TRY(decoder->decode_file(request.b, wants.b));
  const ComparedFile a{request.a, item_a}, b{request.b, item_b};
  const Comparison comparison = TRY(compare_items(item_a, item_b));
  const std::vector<std::string> lines = lines_of(a, b, comparison);
  if (common.json)
    print_line(dump(json_of(a, b, comparison)));
  else
    for (const std::string& line : lines) print_line(line);
  if (page != nullptr) {
    draw_comparison(a, b, comparison, lines, *page);
    TRY(page->finish());
    print_message("weir: report written to " + printable(request.report));
  }
  return kExitDone;
}

}  // namespace weir
