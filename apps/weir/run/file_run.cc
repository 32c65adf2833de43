// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/run/file_run.h"

#include <fmt/format.h>

#include <filesystem>

#include "apps/weir/cli.h"
#include "apps/weir/run/interrupt.h"
#include "apps/weir/run/ordered_run.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

struct Outcome {
  Answer answer;
  bool ok = false;
};

Outcome attempt(const FileRun& run, const Input& input, Progress& progress) {
  if (input.error) return {failed(*input.error), false};
  const std::string name = printable(std::filesystem::path(input.path).filename().string());
  Result<Answer> answer = run.work(input.path, [&](double share) { progress.part(name, share); });
  if (!answer) return {failed(answer.error()), false};
  return {std::move(*answer), true};
}

// People see a failure among the messages, and what was asked for on standard output.
bool show(const Common& common, const std::string& path, const Outcome& outcome) {
  if (common.json) {
    Json line{{"path", to_utf8(path)}};
    line.update(outcome.answer.json);
    return print_line(dump(line));
  }
  if (outcome.answer.text.empty()) return true;
  const std::string text = printable(path) + "  " + outcome.answer.text;
  if (outcome.ok) return print_line(text);
  print_message("weir: " + text);
  return true;
}

}  // namespace

Answer failed(const Error& error) {
  return {Json{{"error", shape_of(error)}},
          fmt::format("{}: {}", name_of(error.code), printable(error.message)), ""};
}

int run_files(const FileRun& run, const std::vector<std::string>& paths) {
  const std::vector<Input> inputs = walk(paths);
  if (inputs.empty()) print_message("weir: no files there");
  size_t done = 0;
  const Interrupt interrupt;
  size_t emitted = 0;
  {
    Progress progress("files", inputs.size());
    emitted = run_ordered<Outcome>(
        inputs.size(), run.threads, [&](size_t i) { return attempt(run, inputs[i], progress); },
        [&](size_t i, Outcome outcome) {
          if (run.finish && outcome.ok) run.finish(outcome.answer);
          const bool taken = show(run.common, inputs[i].path, outcome);
          done += outcome.ok;
          progress.step(i + 1);
          return taken;
        },
        interrupt.raised());
  }
  if (interrupt.raised()) {
    print_message(fmt::format("weir: interrupted after {} of {} files; run it again to go on",
                              emitted, inputs.size()));
    return kExitInterrupted;
  }
  return done == inputs.size() ? kExitDone : kExitSomeFailed;
}

}  // namespace weir
