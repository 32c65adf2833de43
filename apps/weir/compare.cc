// SPDX-License-Identifier: Apache-2.0
#include "server/flow/compare.h"

#include <fmt/format.h>

#include "apps/weir/cli.h"
#include "apps/weir/home.h"
#include "apps/weir/output.h"
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

}  // namespace

Result<int> compare_verb(const Common& common, const CompareRequest& request) {
  const Config config = TRY(load_config(common));
  const std::unique_ptr<Decoder> decoder = TRY(start_decoder(config));
  const ItemSignals a = TRY(decoder->decode_file(request.a, DecodeWants{}));
  const ItemSignals b = TRY(decoder->decode_file(request.b, DecodeWants{}));
  const Comparison comparison = compare_items(a, b);
  if (common.json) {
    Json line{{"a", {{"path", to_utf8(request.a)}}}, {"b", {{"path", to_utf8(request.b)}}}};
    line["a"].update(shape_of(a));
    line["b"].update(shape_of(b));
    line.update(shape_of(comparison));
    print_line(dump(line));
    return kExitDone;
  }
  for (const auto& [name, path, item] : {std::tuple("A", &request.a, &a), {"B", &request.b, &b}})
    print_line(fmt::format("{}  {}  {} {}x{}  {} bytes", name, printable(*path), item->format,
                           item->width, item->height, item->bytes));
  for (const SignalComparison& row : comparison.signals) print_line(text_of(row));
  print_line(comparison.match ? "match" : "no match");
  return kExitDone;
}

}  // namespace weir
