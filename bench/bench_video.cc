// SPDX-License-Identifier: Apache-2.0
//
// Times real time, of one video at a time: decoding alone, the whole pass that makes its track, and
// the triage pass over keyframes. The clips are made with FFmpeg's command line: four scenes of
// five seconds, H.264 at a low bit rate.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "weir/hash/video_track.h"
#include "weir/media/image.h"
#include "weir/media/video.h"

namespace weir {
namespace {

constexpr double kSeconds = 20;
constexpr unsigned kThreads = 2;

// Scenes with flat and busy parts, slow and fast motion, as FFmpeg draws them.
std::vector<std::string> ffmpeg_words(const std::string& size, const std::string& rate,
                                      const std::string& path) {
  const std::string shape = ",scale=" + size + ",setsar=1";
  std::vector<std::string> words{"ffmpeg", "-hide_banner", "-loglevel", "error", "-y"};
  for (const char* scene :
       {"testsrc2=s=1280x720:r=30:d=5", "gradients=s=1280x720:r=30:d=5:speed=0.03:seed=3",
        "mandelbrot=s=480x270:r=30,trim=duration=5",
        "testsrc2=s=1280x720:r=30:d=5,hue=h=90,rotate=t/5"})
    words.insert(words.end(), {"-f", "lavfi", "-i", scene + shape});
  words.insert(words.end(), {"-filter_complex", "[0][1][2][3]concat=n=4,format=yuv420p", "-c:v",
                             "libx264", "-preset", "veryfast", "-g", "120", "-b:v", rate, path});
  return words;
}

std::vector<uint8_t> clip(const std::string& size, const std::string& rate) {
  const std::string path = std::filesystem::temp_directory_path() / ("weir-bench-" + size + ".mp4");
  std::vector<std::string> words = ffmpeg_words(size, rate, path);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t process = 0;
  int status = 1;
  if (posix_spawnp(&process, "ffmpeg", nullptr, nullptr, arguments.data(), environ) != 0 ||
      waitpid(process, &status, 0) != process || status != 0) {
    std::fprintf(stderr, "cannot make a clip: is the package ffmpeg installed?\n");
    std::exit(2);
  }
  std::ifstream in(path, std::ios::binary);
  std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(in), {});
  std::filesystem::remove(path);
  return bytes;
}

void must(const Result<DecodedVideo>& decoded) {
  if (decoded) return;
  std::fprintf(stderr, "%s\n", decoded.error().message.c_str());
  std::exit(2);
}

void decode_only(const std::vector<uint8_t>& bytes, bool keyframes_only) {
  MemorySource source(bytes);
  VideoOptions options;
  options.threads = kThreads;
  options.keyframes_only = keyframes_only;
  must(decode_video(source, {}, options, [](VideoFrame&) { return Status(); }));
}

void make_track(const std::vector<uint8_t>& bytes, TrackOptions wanted) {
  MemorySource source(bytes);
  VideoOptions options;
  options.threads = kThreads;
  options.keyframes_only = wanted.keyframes_only;
  VideoTracker tracker(wanted, kThreads);
  options.needs = [&](auto time, auto until, uint32_t) { return tracker.may_want(time, until); };
  const auto decoded = decode_video(source, {}, options, [&](VideoFrame& frame) -> Status {
    if (!tracker.wants(frame.time(), frame.until())) return {};
    return tracker.add(frame.time(), frame.until(), frame.width(), frame.height(),
                       [&](uint32_t side) { return frame.grey(side); });
  });
  must(decoded);
  bench::keep(tracker.finish(decoded->duration));
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  using namespace weir;
  bench::Harness harness(argc, argv);
  if (const Status ready = init_media(argv[0]); !ready) return 2;
  TrackOptions triage = kItemTrack;
  triage.keyframes_only = true;
  for (const auto& [size, rate] : {std::pair("1920x1080", "1200k"), std::pair("854x480", "500k")}) {
    if (!harness.wants(size)) continue;
    const std::vector<uint8_t> bytes = clip(size, rate);
    const auto seconds = harness.seconds_per_run({
        {"decode", [&] { decode_only(bytes, false); }},
        {"item", [&] { make_track(bytes, kItemTrack); }},
        {"entry", [&] { make_track(bytes, kEntryTrack); }},
        {"keys", [&] { decode_only(bytes, true); }},
        {"triage", [&] { make_track(bytes, triage); }},
    });
    const auto report = [&](const std::string& name, size_t which, const char* against,
                            size_t peer) {
      harness.report({name + ", h264 " + size, kSeconds / seconds[which], "x real time", against,
                      seconds[peer] / seconds[which]});
    };
    report("decode alone", 0, "", 0);
    report("track of an item", 1, "decode alone", 0);
    report("track of an entry", 2, "decode alone", 0);
    report("keyframes alone", 3, "", 3);
    report("triage", 4, "keyframes alone", 3);
  }
}
