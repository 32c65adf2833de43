// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apps/weir/run/output.h"
#include "apps/weir/run/walk.h"
#include "apps/weir/verbs.h"
#include "server/sandbox/decoder.h"

namespace weir {

// What a verb says about one input: a line of JSON, and the same for people.
struct Answer {
  Json json;         // without "path", which comes first by itself
  std::string text;  // one or more lines; empty: nothing to say
  std::string page;  // its piece of an HTML report, if there is one
};

// One verb over many files: decoding and matching run on all cores, answers come in the order of
// the files, a failing file is an answer like any other.
struct FileRun {
  const Common& common;
  unsigned threads = 1;
  // On any thread. `progress` is for the decoder.
  std::function<Result<Answer>(const std::string& path, const DecodeProgress& progress)> work;
  // In the order of the files, on the calling thread; may be empty.
  std::function<void(const Answer& answer)> finish = nullptr;
};

// Gives the exit status: done, some failed, interrupted.
int run_files(const FileRun& run, const std::vector<std::string>& paths);

// The answer of an input that failed.
Answer failed(const Error& error);

}  // namespace weir
