// SPDX-License-Identifier: Apache-2.0
#include "server/flow/match.h"

#include <fmt/format.h>

#include <mutex>

#include "apps/weir/cli.h"
#include "apps/weir/home.h"
#include "apps/weir/report/match_report.h"
#include "apps/weir/run/file_run.h"
#include "apps/weir/verbs.h"
#include "apps/weir/words.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

constexpr size_t kManyVideos = 50;  // to be read: people wonder what the program does

// "BANK #17 name: pdq 8 bits, mirrored; score 66.2"
std::string text_of(const KnownMatch& known) {
  std::string evidence;
  for (const Evidence& one : known.match.evidence)
    evidence += (evidence.empty() ? "" : ", ") + words_of(one);
  for (const SharedRegion& region : known.match.regions)
    evidence += (evidence.empty() ? "" : ", ") + words_of(region);
  if (known.match.vpdq)
    evidence += fmt::format("{}vpdq {:.0f} % of its hashes, {:.0f} % of the entry's",
                            evidence.empty() ? "" : ", ", 100 * known.match.vpdq->item,
                            100 * known.match.vpdq->entry);
  if (known.match.tmk)
    evidence += fmt::format("{}tmk {:.2f} and {:.2f}", evidence.empty() ? "" : ", ",
                            known.match.tmk->level_1, known.match.tmk->level_2);
  std::string text =
      fmt::format("{} #{} {}: {}{}score {:.1f}", known.entry.bank_name, known.entry.id.value,
                  known.entry.name.empty() ? "(hash only)" : printable(known.entry.name), evidence,
                  evidence.empty() ? "" : "; ", known.match.score);
  for (const SharedSegment& segment : known.match.segments) text += "\n    " + words_of(segment);
  if (known.match.judged) text += "\n    " + words_of(*known.match.judged);
  return text;
}

std::string text_of(const ItemReport& report) {
  std::string text;
  for (const KnownMatch& known : report.matches)
    text += (text.empty() ? "matches " : "\n  and ") + text_of(known);
  if (text.empty()) text = "no match";
  if (report.media == "video" && report.coverage && !report.matches.empty())
    text += fmt::format("\n  {:.0f} % of its {} is known", 100 * *report.coverage,
                        clock_time(report.duration));
  for (const std::string& note : report.notes) text += "\n  note: " + note;
  return text;
}

// Once a run, and only when there is a video among the files.
Status load_known_videos(CurrentSnapshot& snapshot) {
  return snapshot.load_videos([](size_t done, size_t all) {
    if (done == 1 && all >= kManyVideos)
      print_message(fmt::format("weir: reading the tracks of {} known videos", all));
  });
}

Result<Answer> answer_about(const std::string& path, const std::vector<std::string>& banks,
                            Services& services, MatchReport* page, const DecodeProgress& progress) {
  const DecodeWants wants = TRY(wants_to_match(services));
  ItemSignals item = TRY(services.decoder.decode_file(path, wants, progress));
  const Rect whole{0, 0, item.width, item.height};
  const ItemToMatch asked = TRY(item_to_match(std::move(item)));
  if (asked.video) TRY(load_known_videos(services.snapshot));
  const auto reports = TRY(match_against_banks({&asked, 1}, banks, services));
  const ItemReport& report = reports.front();
  Answer answer{shape_of(report), text_of(report), ""};
  if (page != nullptr) answer.page = page->draw({path, whole, asked}, report, services);
  return answer;
}

}  // namespace

Result<int> match_verb(const Common& common, const MatchRequest& request) {
  const std::unique_ptr<Home> home = TRY(Home::open(common));
  TRY(home->start_services());
  Services services = home->services();
  services.settings.explain = request.explain;
  // A wrong bank name fails the run, not each file of it.
  TRY(match_against_banks({}, request.banks, services));

  std::unique_ptr<MatchReport> page;
  if (!request.report.empty()) page = TRY(MatchReport::create(request.report));
  FileRun run{common, services.decoder.callers(),
              [&](const std::string& path, const DecodeProgress& progress) {
                return answer_about(path, request.banks, services, page.get(), progress);
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
