// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "apps/weir/cli.h"
#include "apps/weir/home.h"
#include "apps/weir/run/file_beside.h"
#include "apps/weir/run/output.h"
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

// Messages of lines that failed, the first of them for people, all of them as JSON.
class Failures {
 public:
  explicit Failures(bool json) : json_(json) {}

  void tell(const std::string& path, uint64_t line, const Error& error) {
    ++count_;
    if (json_)
      print_line(dump(Json{{"path", to_utf8(path)}, {"line", line}, {"error", shape_of(error)}}));
    else if (count_ <= kMostMessages)
      print_message(
          fmt::format("weir: {} line {}: {}", printable(path), line, printable(error.message)));
  }
  void close() const {
    if (json_ || count_ <= kMostMessages) return;
    print_message(fmt::format("weir: and {} more lines failed; --json tells of each",
                              count_ - kMostMessages));
  }

 private:
  bool json_;
  uint64_t count_ = 0;
};

std::string text_of(const ImportCount& count, const std::string& bank) {
  return fmt::format("{} lines: {} added to {}, {} were there, {} failed", count.lines, count.added,
                     bank, count.present, count.failed);
}

Result<ImportCount> import_file(const std::string& path, ImportRequest request, Home& home) {
  const bool from_stdin = path == "-";
  request.list_name =
      from_stdin ? "standard input" : to_utf8(std::filesystem::path(path).filename().string());
  if (from_stdin) return import_list(std::cin, request, home.store());
  std::ifstream file;
  errno = 0;
  file.open(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path))
    return errno != 0 ? file_error(path, "read")
                      : Error{ErrorCode::kInvalid, printable(path) + " is a folder, not a list"};
  auto count = import_list(file, request, home.store());
  if (!count && count.error().code == ErrorCode::kInvalid)
    return Error{ErrorCode::kInvalid, printable(path) + ": " + count.error().message};
  return count;
}

// One file a video in a folder that is there: the entry's number keeps names apart.
Result<ExportCount> export_folder(const std::string& folder, const std::string& bank,
                                  ListFormat format, Store& store) {
  const std::string_view suffix = format == ListFormat::kTmk ? name_of(format) : "txt";
  return export_files(
      bank, format, store, [&](const Entry& entry, std::string_view bytes) -> Status {
        const std::string path = fmt::format("{}/{}-{}.{}", folder, bank, entry.id.value, suffix);
        FileBeside file = TRY(FileBeside::create(path));
        file.out().write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return file.finish();
      });
}

std::string text_of(const ExportCount& count, ListFormat format, const std::string& where) {
  std::string text = fmt::format("{} entries written to {}", count.entries, where);
  if (count.left_out > 0)
    text += fmt::format("; {} have no signal that the format {} holds", count.left_out,
                        name_of(format));
  return text;
}

}  // namespace

Result<int> import_verb(const Common& common, const ListRequest& request) {
  ImportRequest wanted;  // not `import`, with which clang-format takes a line for one of a module
  wanted.bank = request.bank;
  wanted.format = TRY(parse_list_format(request.format));
  if (!request.kind.empty()) wanted.kind = TRY(parse_signal_kind(request.kind));
  const std::unique_ptr<Home> home = TRY(Home::open(common));

  Failures failures(common.json);
  Progress progress("lines", 0);
  ImportCount all;
  for (const std::string& path : request.files) {
    wanted.progress = [&](const ImportCount& count) { progress.step(all.lines + count.lines); };
    wanted.failed = [&](uint64_t line, const Error& error) { failures.tell(path, line, error); };
    const ImportCount count = TRY(import_file(path, wanted, *home));
    if (common.json) print_line(dump(shape_of_count(path, count)));
    all.lines += count.lines;
    all.added += count.added;
    all.present += count.present;
    all.failed += count.failed;
  }
  failures.close();
  if (!common.json) print_line(text_of(all, request.bank));
  home->save_snapshot_if_stale();
  return all.failed == 0 ? kExitDone : kExitSomeFailed;
}

Result<int> export_verb(const Common& common, const ListRequest& request) {
  const ListFormat format = TRY(parse_list_format(request.format));
  const std::string path = request.files.empty() ? "-" : request.files.front();
  const std::unique_ptr<Home> home = TRY(Home::open(common));
  if (path == "-" && format != ListFormat::kTmk) {
    const ExportCount count = TRY(export_list(std::cout, request.bank, format, home->store()));
    print_message("weir: " + text_of(count, format, "standard output"));
    return kExitDone;
  }
  const bool to_folder = path != "-" && std::filesystem::is_directory(path);
  ExportCount count;
  if (to_folder && (format == ListFormat::kVpdq || format == ListFormat::kTmk)) {
    count = TRY(export_folder(path, request.bank, format, home->store()));
  } else if (format == ListFormat::kTmk) {
    return Error{ErrorCode::kInvalid, "tmk files are written one a video: name a folder"};
  } else {
    FileBeside file = TRY(FileBeside::create(path));
    count = TRY(export_list(file.out(), request.bank, format, home->store()));
    TRY(file.finish());
  }
  if (common.json)
    print_line(dump(
        Json{{"path", to_utf8(path)}, {"entries", count.entries}, {"left_out", count.left_out}}));
  else
    print_line(text_of(count, format, printable(path)));
  return kExitDone;
}

}  // namespace weir
