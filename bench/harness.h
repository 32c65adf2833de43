// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::bench {

// The frame of every speed measurement, so that all are made and printed alike.
//
//   int main(int argc, char** argv) {
//     Harness harness(argc, argv);
//     const auto seconds = harness.seconds_per_run({{"ours", ours}, {"memcpy", copy}});
//     harness.report({"pdq 512x512", seconds[0] * 1e3, "ms", "memcpy", seconds[1] / seconds[0]});
//   }
//
// Machines are shared and noisy, so contenders take turns: every round runs each of them once (in
// blocks of at least 2 ms), and the median round counts. Trust ratios before absolute figures.

// What is timed. `run` must leave its result where the compiler cannot see that nobody reads it:
// see keep().
struct Contender {
  std::string name;
  std::function<void()> run;
};

// One line of output, and one object of --json with these members.
struct Line {
  std::string bench;    // what was measured, with its size: "pdq float luma 512x512"
  double value = 0;     // in `unit`
  std::string unit;     // "ms", "us/query", "GB/s"
  std::string against;  // the peer; empty (null in JSON) when there is none
  double ratio = 0;     // how many times better than the peer (above 1: we are); null without one
};

class Harness {
 public:
  // Reads the command line; prints usage and exits with 2 on anything else:
  //   --json        one object a line on standard output and nothing else; otherwise a table
  //   --core N      keeps this thread, and those it starts, on core N, and counts the processor
  //   time
  //                 of the process, which other programs on a busy machine do not add to; without
  //                 it, wall time
  //   --rounds N    rounds of measurement, 15 if not given
  //   --only WORD   wants() is true only for names that hold WORD
  Harness(int argc, char** argv);

  // For leaving out whole groups of measurements that --only does not name.
  bool wants(std::string_view name) const;

  // Median seconds that one run of each contender takes, in the order given.
  std::vector<double> seconds_per_run(const std::vector<Contender>& contenders) const;

  // Prints one line now, so that a long program shows what it has.
  void report(const Line& line);

 private:
  bool json_ = false;
  size_t rounds_ = 15;
  clockid_t clock_ = CLOCK_MONOTONIC;
  std::string only_;
  bool header_printed_ = false;
};

// Makes the compiler believe that `value` is used, so that it is computed.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

}  // namespace weir::bench
