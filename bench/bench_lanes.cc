// SPDX-License-Identifier: Apache-2.0
//
// How long a picture waits for its answer, alone and while six clients ask about a video without
// pause. Clients and server share the machine. The video is made with FFmpeg's command line.
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <thread>

#include "bench/ffmpeg.h"
#include "bench/harness.h"
#include "server/http/client_for_test.h"
#include "server/http/job_pool.h"
#include "server/http/server.h"
#include "server/store/sqlite/sqlite_store.h"
#include "weir/base/clock.h"

namespace {

using namespace weir;
using namespace weir::http;
using std::chrono::steady_clock;

constexpr int kPictures = 150;
constexpr int kVideos = 6;
constexpr std::chrono::seconds kUnderWay{3};

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

std::string question(std::string_view type, const std::string& bytes) {
  return with_body("POST", "/v1/match?async=0", type, bytes);
}

// The answers' times in milliseconds, sorted.
std::vector<double> asked(uint16_t port, const std::string& request) {
  Client client(port);
  std::vector<double> times;
  for (int i = 0; i < kPictures; ++i) {
    const auto begin = steady_clock::now();
    if (client.ask(request).status != 200) stop("a picture was not answered");
    times.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  return times;
}

template <class T>
T must(Result<T> got) {
  if (!got) stop(got.error().message);
  return std::move(*got);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Harness harness(argc, argv);
  std::string folder = (std::filesystem::temp_directory_path() / "bench-lanes-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) stop("no temporary folder");
  SystemClock clock;
  auto store = must(open_sqlite_store(folder + "/weir.db", clock));
  auto snapshot = must(CurrentSnapshot::open(*store, folder + "/snapshots"));
  DecoderOptions decoding;
  decoding.program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "../weir-decode";
  decoding.long_nice = kLongNice;
  auto decoder = must(Decoder::start(decoding));
  Services services{*store, *decoder, *snapshot};
  ServerOptions options;
  options.port = 0;
  options.spool_folder = folder;
  options.job_threads = decoder->callers() + 1;
  auto server = must(Server::start(options, services));

  const std::string video = bench::made_by_ffmpeg<std::string>(
      {"-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=30", "-f", "lavfi", "-i",
       "mandelbrot=s=1280x720:r=30,trim=duration=20", "-filter_complex", "[0:v][1:v]concat=n=2:v=1",
       "-b:v", "2M"},
      folder + "/clip.mp4");
  const std::string picture = bench::made_by_ffmpeg<std::string>(
      {"-f", "lavfi", "-i", "mandelbrot=s=640x480", "-frames:v", "1"}, folder + "/one.jpg");
  Client client(server->port());
  client.ask(with_json("POST", "/v1/banks", {{"name", "A"}}));
  client.ask(with_body("POST", "/v1/banks/A/entries", "video/mp4", video));
  client.ask(with_body("POST", "/v1/banks/A/entries", "image/jpeg", picture));
  const std::string about_picture = question("image/jpeg", picture);
  const std::string about_video = question("video/mp4", video);

  asked(server->port(), about_picture);
  const std::vector<double> alone = asked(server->port(), about_picture);
  std::atomic<bool> is_over = false;
  std::vector<std::jthread> clients;
  for (int i = 0; i < kVideos; ++i)
    clients.emplace_back([&] {
      Client other(server->port());
      while (!is_over && other.ask(about_video).status == 200) {
      }
    });
  std::this_thread::sleep_for(kUnderWay);
  const std::vector<double> beside = asked(server->port(), about_picture);
  is_over = true;
  server->stop(std::chrono::seconds(0));
  for (const auto& [name, at] : {std::pair("median", 0.5), {"p99", 0.99}}) {
    const auto place = static_cast<size_t>(std::lround(at * (kPictures - 1)));
    harness.report({std::string("a picture alone, ") + name, alone[place], "ms", "", 0});
    harness.report({std::string("a picture beside videos, ") + name, beside[place], "ms", "alone",
                    alone[place] / beside[place]});
  }
  clients.clear();
  server.reset();
  std::filesystem::remove_all(folder);
  return 0;
}
