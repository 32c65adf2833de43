// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace weir::bench {

// The bytes that FFmpeg's command line writes to `path` when it is told these words. Ends the
// program when it cannot.
template <class Bytes>
Bytes made_by_ffmpeg(std::vector<std::string> words, const std::string& path) {
  words.insert(words.begin(), {"ffmpeg", "-hide_banner", "-loglevel", "error", "-y"});
  words.push_back(path);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t process = 0;
  int status = 1;
  if (posix_spawnp(&process, "ffmpeg", nullptr, nullptr, arguments.data(), environ) != 0 ||
      waitpid(process, &status, 0) != process || status != 0) {
    std::fprintf(stderr, "cannot make %s: is the package ffmpeg installed?\n", path.c_str());
    std::exit(2);
  }
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace weir::bench
