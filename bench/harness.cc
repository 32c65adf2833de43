// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"

#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace weir::bench {
namespace {

// Long enough that reading the clock and one timer interrupt do not show.
constexpr double kBlockSeconds = 2e-3;

double seconds_now(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds_of(const std::function<void()>& run, size_t runs, clockid_t clock) {
  const double start = seconds_now(clock);
  for (size_t i = 0; i < runs; ++i) run();
  return seconds_now(clock) - start;
}

// How often to run so that a block is long enough. The first run, which pays for page faults, does
// not count.
size_t runs_per_block(const std::function<void()>& run, clockid_t clock) {
  run();
  size_t runs = 1;
  while (seconds_of(run, runs, clock) < kBlockSeconds) runs *= 2;
  return runs;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

[[noreturn]] void usage(const char* program) {
  std::fprintf(stderr, "usage: %s [--json] [--core N] [--rounds N] [--only WORD]\n", program);
  std::exit(2);
}

// Without the right to be pinned the figures are only noisier, so failure is told and survived.
void pin_to(long core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(core), &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0)
    std::fprintf(stderr, "core %ld could not be had; running unpinned\n", core);
}

long number(const char* program, const char* text, long least, long most) {
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || value < least || value > most) usage(program);
  return value;
}

// Names are ours and printable; only what JSON itself reserves needs care.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

Harness::Harness(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--json") {
      json_ = true;
      continue;
    }
    if (i + 1 == argc) usage(argv[0]);
    const char* value = argv[++i];
    if (option == "--core") {
      pin_to(number(argv[0], value, 0, CPU_SETSIZE - 1));
      clock_ = CLOCK_PROCESS_CPUTIME_ID;
    } else if (option == "--rounds") {
      rounds_ = static_cast<size_t>(number(argv[0], value, 1, 100'000));
    } else if (option == "--only") {
      only_ = value;
    } else {
      usage(argv[0]);
    }
  }
}

bool Harness::wants(std::string_view name) const {
  return name.find(only_) != std::string_view::npos;
}

std::vector<double> Harness::seconds_per_run(const std::vector<Contender>& contenders) const {
  std::vector<size_t> runs;
  for (const Contender& contender : contenders)
    runs.push_back(runs_per_block(contender.run, clock_));

  std::vector<std::vector<double>> seconds(contenders.size());
  for (size_t round = 0; round < rounds_; ++round) {
    for (size_t i = 0; i < contenders.size(); ++i) {
      const double block = seconds_of(contenders[i].run, runs[i], clock_);
      seconds[i].push_back(block / static_cast<double>(runs[i]));
    }
  }

  std::vector<double> medians;
  for (const auto& values : seconds) medians.push_back(median(values));
  return medians;
}

void Harness::report(const Line& line) {
  const bool alone = line.against.empty();
  if (json_) {
    std::printf("{\"bench\":%s,\"value\":%.6g,\"unit\":%s,", quoted(line.bench).c_str(), line.value,
                quoted(line.unit).c_str());
    if (alone) {
      std::printf("\"against\":null,\"ratio\":null}\n");
    } else {
      std::printf("\"against\":%s,\"ratio\":%.4g}\n", quoted(line.against).c_str(), line.ratio);
    }
  } else {
    if (!header_printed_) {
      std::printf("%-44s %12s %-10s %10s  %s\n", "bench", "value", "unit", "ratio", "against");
      header_printed_ = true;
    }
    std::printf("%-44s %12.5g %-10s", line.bench.c_str(), line.value, line.unit.c_str());
    if (!alone) std::printf(" %10.3f  %s", line.ratio, line.against.c_str());
    std::printf("\n");
  }
  std::fflush(stdout);
}

}  // namespace weir::bench
