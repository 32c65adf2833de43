// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/run/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "weir/base/utf8.h"

namespace weir {
namespace {

constexpr std::string_view kClearLine = "\r\x1b[K";

bool is_terminal() {
  return isatty(STDERR_FILENO) == 1;
}

void write_error(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

// Flushed line by line: who reads a line may rely on what it says being on disk.
bool print_line(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

void print_failure(bool json, const Error& error) {
  if (json) {
    print_line(dump(Json{{"error", shape_of(error)}}));
    return;
  }
  print_message("weir: " + printable(error.message));
}

void print_message(std::string_view message) {
  write_error(fmt::format("{}{}\n", is_terminal() ? kClearLine : "", message));
}

Progress::Progress(std::string what, uint64_t total)
    : what_(std::move(what)),
      total_(total),
      on_terminal_(is_terminal()),
      start_(std::chrono::steady_clock::now()),
      drawn_(start_) {
  if (on_terminal_) draw(start_);
}

Progress::~Progress() {
  if (on_terminal_) write_error(std::string(kClearLine));
}

void Progress::part(const std::string& name, double share) {
  if (!on_terminal_) return;
  const std::scoped_lock lock(mutex_);
  part_ = fmt::format("  {} {:.0f} %", name, 100 * share);
  const auto now = std::chrono::steady_clock::now();
  if (now - drawn_ >= std::chrono::milliseconds(100)) draw(now);
}

void Progress::step(uint64_t done) {
  const std::scoped_lock lock(mutex_);
  done_ = done;
  part_.clear();
  if (!on_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - drawn_ < std::chrono::milliseconds(100) && done_ != total_) return;
  draw(now);
}

void Progress::draw(std::chrono::steady_clock::time_point now) {
  drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  if (total_ == 0) {
    write_error(fmt::format("{}{} {}  {:.0f}/s{}", kClearLine, done_, what_, rate, part_));
    return;
  }
  constexpr size_t kWidth = 30;
  const size_t filled = std::min<size_t>(kWidth, kWidth * done_ / total_);
  std::string left;
  if (rate > 0 && done_ < total_) {
    const auto remaining = static_cast<uint64_t>(static_cast<double>(total_ - done_) / rate);
    left = fmt::format("  {}:{:02} left", remaining / 60, remaining % 60);
  }
  write_error(fmt::format("{}[{}{}] {}/{} {}  {:.0f}/s{}{}", kClearLine, std::string(filled, '#'),
                          std::string(kWidth - filled, '.'), done_, total_, what_, rate, left,
                          part_));
}

}  // namespace weir
