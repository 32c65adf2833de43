// SPDX-License-Identifier: Apache-2.0
#include "server/flow/match.h"

#include <fmt/format.h>

#include <mutex>

#include "apps/weir/cli.h"
#include "apps/weir/file_run.h"
#include "apps/weir/home.h"
#include "apps/weir/match_report.h"
#include "apps/weir/verbs.h"
#include "apps/weir/words.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

// "BANK #17 name: pdq 8 bits, mirrored; score 66.2"
std::string text_of(const KnownMatch& known) {
  std::string evidence;
  for (const Evidence& one : known.match.evidence)
    evidence += (evidence.empty() ? "" : ", ") + words_of(one);
  for (const SharedRegion& region : known.match.regions)
    evidence += (evidence.empty() ? "" : ", ") + words_of(region);
  return fmt::format("{} #{} {}: {}; score {:.1f}", known.entry.bank_name, known.entry.id.value,
                     known.entry.name.empty() ? "(hash only)" : printable(known.entry.name),
                     evidence, known.match.score);
}

std::string text_of(const ItemReport& report) {
  std::string text;
  for (const KnownMatch& known : report.matches)
    text += (text.empty() ? "matches " : "\n  and ") + text_of(known);
  if (text.empty()) text = "no match";
  for (const std::string& note : report.notes) text += "\n  note: " + note;
  return text;
}

}  // namespace

Result<int> match_verb(const Common& common, const MatchRequest& request) {
  const std::unique_ptr<Home> home = TRY(Home::open(common));
  TRY(home->start_services());
  Services services = home->services();
  // A wrong bank name fails the run, not each file of it.
  TRY(match_against_banks({}, request.banks, services));

  std::unique_ptr<MatchReport> page;
  if (!request.report.empty()) page = TRY(MatchReport::create(request.report));
  FileRun run{
      common, services.decoder.callers(),
      [&](const std::string& path) -> Result<Answer> {
        const DecodeWants wants = TRY(wants_to_match(services));
        const ItemSignals item = TRY(services.decoder.decode_file(path, wants));
        const ItemToMatch asked = item_to_match(item);
        const std::vector<ItemReport> reports =
            TRY(match_against_banks({&asked, 1}, request.banks, services));
        const ItemReport& report = reports.front();
        Json json{{"media", item.media}};
        json.update(shape_of(report));
        std::string pairs = page ? page->draw(path, item, report, services.decoder) : std::string();
        return Answer{std::move(json), text_of(report), std::move(pairs)};
      },
      [&](const Answer& answer) {
        if (page != nullptr) page->add(answer.page);
      }};
  const int status = run_files(run, request.paths);
  if (page != nullptr) {
    TRY(page->finish());
    print_message("weir: report written to " + request.report);
  }
  return status;
}

}  // namespace weir
