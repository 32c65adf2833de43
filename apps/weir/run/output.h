// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "server/flow/shapes.h"

namespace weir {

// One line on standard output. False when nobody takes it any more (a closed pipe, a full disk):
// the run should end.
bool print_line(std::string_view line);

// The Error that keeps a whole verb from running: a line on standard error, or with `json` an
// object on standard output.
void print_failure(bool json, const Error& error);

// A message for people, on standard error, without disturbing a progress bar.
void print_message(std::string_view message);

// How far a run is: a bar on standard error when that is a terminal, nothing otherwise.
// Thread-safe.
class Progress {
 public:
  // `what` in the plural, such as "files". A total of 0 is unknown.
  Progress(std::string what, uint64_t total);
  ~Progress();  // clears the bar
  void step(uint64_t done);
  // How far one of them is, 0 to 1: shown until the next step.
  void part(const std::string& name, double share);

 private:
  void draw(std::chrono::steady_clock::time_point now);

  std::mutex mutex_;
  std::string what_;
  std::string part_;
  uint64_t total_;
  uint64_t done_ = 0;
  bool on_terminal_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace weir
