// SPDX-License-Identifier: Apache-2.0
//
// What a long video takes in memory: the programs as they are shipped look at it in triage, as a
// known one, and as an item, and every few milliseconds what they and all processes that they have
// started hold is summed up. Pages that two of them share count twice.
//
//   bench_video_memory [--hours N] [harness options]
//
// N is 3 if not given. The video is a minute that FFmpeg's command line draws and encodes, put
// behind itself without encoding again: a track takes the same whatever it shows.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "bench/harness.h"

namespace weir::bench {
namespace {

namespace fs = std::filesystem;

constexpr auto kLook = std::chrono::milliseconds(20);

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

// A folder that goes away.
struct Scratch {
  fs::path path;
  Scratch() {
    std::string name = fs::temp_directory_path() / "weir-bench-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) stop("cannot make a folder in " + name);
    path = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

// Parent and resident bytes of each process that can be seen.
std::map<pid_t, std::pair<pid_t, double>> processes() {
  std::map<pid_t, std::pair<pid_t, double>> out;
  const double page = static_cast<double>(sysconf(_SC_PAGESIZE));
  for (const auto& folder : fs::directory_iterator("/proc")) {
    const pid_t process = std::atoi(folder.path().filename().c_str());
    if (process <= 0) continue;
    std::ifstream stat(folder.path() / "stat"), statm(folder.path() / "statm");
    std::string line;
    std::getline(stat, line);
    const size_t name_end = line.rfind(')');
    int parent = 0;
    double all = 0, resident = 0;
    if (name_end == line.npos || std::sscanf(line.c_str() + name_end, ") %*c %d", &parent) != 1)
      continue;
    if (statm >> all >> resident) out[process] = {parent, resident * page};
  }
  return out;
}

double bytes_of_tree(pid_t root) {
  const auto all = processes();
  double sum = 0;
  for (const auto& [process, known] : all) {
    pid_t at = process;
    for (int depth = 0; at > 1 && at != root && depth < 16; ++depth) {
      const auto parent = all.find(at);
      at = parent == all.end() ? 0 : parent->second.first;
    }
    if (at == root) sum += known.second;
  }
  return sum;
}

// Runs a program to its end; the most that it and its children held at once, in bytes.
double most_bytes(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t process = 0;
  if (posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ) != 0)
    stop("cannot start " + words[0] + (words[0] == "ffmpeg" ? ": install the package ffmpeg" : ""));
  posix_spawn_file_actions_destroy(&actions);
  double most = 0;
  int status = 0;
  while (waitpid(process, &status, WNOHANG) == 0) {
    most = std::max(most, bytes_of_tree(process));
    std::this_thread::sleep_for(kLook);
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) stop(words[0] + " failed");
  return most;
}

std::string long_video(const fs::path& folder, double hours) {
  const std::string minute = folder / "minute.mp4", whole = folder / "whole.mp4";
  std::vector<std::string> words{"ffmpeg", "-hide_banner", "-loglevel", "error", "-y"};
  for (const char* scene :
       {"testsrc2=s=640x360:r=25:d=20", "mandelbrot=s=640x360:r=25,trim=duration=20",
        "gradients=s=640x360:r=25:d=20:speed=0.03:seed=3"})
    words.insert(words.end(), {"-f", "lavfi", "-i", scene});
  words.insert(words.end(), {"-filter_complex", "[0][1][2]concat=n=3,format=yuv420p", "-c:v",
                             "libx264", "-preset", "veryfast", "-b:v", "150k", minute});
  most_bytes(words);
  const int again = std::max(0, static_cast<int>(hours * 60 + 0.5) - 1);
  most_bytes({"ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-stream_loop",
              std::to_string(again), "-i", minute, "-c", "copy", whole});
  return whole;
}

void run(Harness& harness, double hours) {
  const Scratch scratch;
  const std::string video = long_video(scratch.path, hours);
  const fs::path programs = fs::read_symlink("/proc/self/exe").parent_path().parent_path();
  const std::string weir = programs / "weir", home = scratch.path / "home";
  char length[32];
  std::snprintf(length, sizeof length, "%g hours of video, ", hours);
  const auto report = [&](const char* name, double bytes) {
    harness.report({length + std::string(name), bytes / 1e6, "MB", "", 0});
  };
  // Nothing is known yet, so keyframes are all that is looked at.
  report("triage", most_bytes({weir, "--home", home, "match", video}));
  most_bytes({weir, "--home", home, "bank", "create", "LONG"});
  report("added", most_bytes({weir, "--home", home, "add", "--bank", "LONG", video}));
  report("matched with itself", most_bytes({weir, "--home", home, "match", video}));
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  double hours = 3;
  std::vector<char*> rest = {argv[0]};
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--hours" && i + 1 < argc)
      hours = std::max(1.0 / 60, std::atof(argv[++i]));
    else
      rest.push_back(argv[i]);
  weir::bench::Harness harness(static_cast<int>(rest.size()), rest.data());
  weir::bench::run(harness, hours);
}
