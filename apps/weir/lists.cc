// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "apps/weir/cli.h"
#include "apps/weir/home.h"
#include "apps/weir/output.h"
#include "apps/weir/verbs.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

// Enough to see what is wrong with a list, not so many that the rest scrolls away.
constexpr uint64_t kMostMessages = 20;

Error file_error(const std::string& path, const char* verb) {
  const int number = errno;
  const ErrorCode code = number == ENOENT   ? ErrorCode::kNotFound
                         : number == EACCES ? ErrorCode::kDenied
                                            : ErrorCode::kUnavailable;
  return {code, fmt::format("cannot {} {}: {}", verb, printable(path), std::strerror(number))};
}

Json shape_of_count(const std::string& path, const ImportCount& count) {
  return {{"path", to_utf8(path)},
          {"lines", count.lines},
          {"added", count.added},
          {"present", count.present},
          {"failed", count.failed}};
}

}  // namespace

Result<int> import_verb(const Common& common, const ListRequest& request) {
  ImportRequest import;
  import.bank = request.bank;
  import.format = TRY(parse_list_format(request.format));
  if (!request.kind.empty()) import.kind = TRY(parse_signal_kind(request.kind));
  const bool from_stdin = request.file == "-";
  import.list_name = from_stdin ? "standard input"
                                : to_utf8(std::filesystem::path(request.file).filename().string());

  const std::unique_ptr<Home> home = TRY(Home::open(common));
  std::ifstream file;
  if (!from_stdin) {
    errno = 0;
    file.open(request.file, std::ios::binary);
    if (!file || std::filesystem::is_directory(request.file))
      return errno != 0
                 ? file_error(request.file, "read")
                 : Error{ErrorCode::kInvalid, printable(request.file) + " is a folder, not a list"};
  }

  uint64_t failures = 0;
  Progress progress("lines", 0);
  import.progress = [&](const ImportCount& count) { progress.step(count.lines);
};
import.failed = [&](uint64_t line, const Error& error) { ++failures;
if (common.json)
  print_line(dump(Json{
      {"path", to_utf8(request.file)}, {"line", line}, {"error", shape_of(error)}}));
else if (failures <= kMostMessages)
  print_message(fmt::format("weir: {} line {}: {}", printable(request.file), line,
                            printable(error.message)));
};  // namespace weir
const ImportCount count = TRY(import_list(from_stdin ? std::cin : file, import, home->store()));
if (!common.json && failures > kMostMessages)
  print_message(fmt::format("weir: and {} more lines failed; --json tells of each",
                            failures - kMostMessages));
if (common.json)
  print_line(dump(shape_of_count(request.file, count)));
else
  print_line(fmt::format("{} lines: {} added to {}, {} were there, {} failed", count.lines,
                         count.added, request.bank, count.present, count.failed));
home->save_snapshot_if_stale();
return count.failed == 0 ? kExitDone : kExitSomeFailed;
}

Result<int> export_verb(const Common& common, const ListRequest& request) {
  const ListFormat format = TRY(parse_list_format(request.format));
  const std::unique_ptr<Home> home = TRY(Home::open(common));
  const bool to_stdout = request.file.empty() || request.file == "-";
  if (to_stdout) {
    TRY(export_list(std::cout, request.bank, format, home->store()));
    return kExitDone;
  }
  std::ofstream file(request.file, std::ios::binary | std::ios::trunc);
  if (!file) return file_error(request.file, "write");
  const uint64_t written = TRY(export_list(file, request.bank, format, home->store()));
  if (common.json)
    print_line(dump(Json{{"path", to_utf8(request.file)}, {"entries", written}}));
  else
    print_line(fmt::format("{} entries written to {}", written, printable(request.file)));
  return kExitDone;
}

}  // namespace weir
