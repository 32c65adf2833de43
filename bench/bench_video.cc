// SPDX-License-Identifier: Apache-2.0
//
// Times real time, of one video at a time: decoding every frame, decoding those that an item's
// track needs, the whole pass that makes a track, and the triage pass over keyframes.
//
//   bench_video [--video FILE] [harness options]
//
// Clips are made with FFmpeg's command line, H.264 at a low bit rate. `drawn`: four scenes of five
// seconds with hard edges and fast motion. `panned`: a camera that moves slowly over photographs of
// ./run demo, where these are there. Or FILE, such as one that was filmed.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/ffmpeg.h"
#include "bench/harness.h"
#include "weir/hash/video/video_track.h"
#include "weir/hash/video/vpdq.h"
#include "weir/media/picture/image.h"
#include "weir/media/video/video.h"

namespace weir {
namespace {

constexpr unsigned kThreads = 2;
constexpr size_t kPhotographs = 5;

namespace fs = std::filesystem;

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

struct Clip {
  std::string name;
  std::vector<uint8_t> bytes;
};

using Words = std::vector<std::string>;

// What FFmpeg reads to draw scenes with flat and busy parts, slow and fast motion.
Words drawn_scenes(const std::string& size) {
  Words words;
  const std::string shape = ",scale=" + size + ",setsar=1";
  for (const char* scene :
       {"testsrc2=s=1280x720:r=30:d=5", "gradients=s=1280x720:r=30:d=5:speed=0.03:seed=3",
        "mandelbrot=s=480x270:r=30,trim=duration=5",
        "testsrc2=s=1280x720:r=30:d=5,hue=h=90,rotate=t/5"})
    words.insert(words.end(), {"-f", "lavfi", "-i", scene + shape});
  words.insert(words.end(), {"-filter_complex", "[0][1][2][3]concat=n=4,format=yuv420p"});
  return words;
}

// Four seconds of each photograph, with a little noise as of a sensor; none where there are too
// few.
Words panned_scenes(const std::string& size) {
  std::vector<fs::path> photographs;
  std::error_code none;
  for (const auto& file : fs::directory_iterator(WEIR_SOURCE_DIR "/build/demo/bank", none))
    if (file.path().extension() == ".jpg") photographs.push_back(file.path());
  if (photographs.size() < kPhotographs) return {};
  std::sort(photographs.begin(), photographs.end());
  Words words;
  std::string graph, inputs;
  for (size_t i = 0; i < kPhotographs; ++i) {
    words.insert(words.end(), {"-i", photographs[i * photographs.size() / kPhotographs]});
    const std::string number = std::to_string(i), out = i % 2 ? "1.4-0.001*on" : "1.1+0.002*on";
    graph += "[" + number + "]scale=2880:1620,zoompan=z='" + out +
             "':x='iw/8+on':y='(ih-ih/zoom)/2':d=120:fps=30:s=" + size +
             ",setsar=1,noise=alls=3:allf=t[p" + number + "];";
    inputs += "[p" + number + "]";
  }
  graph += inputs + "concat=n=" + std::to_string(kPhotographs) + ",format=yuv420p";
  words.insert(words.end(), {"-filter_complex", graph});
  return words;
}

std::vector<uint8_t> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) stop("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<uint8_t> encoded(const Words& scenes, const std::string& rate) {
  std::string path = fs::temp_directory_path() / "weir-bench-XXXXXX.mp4";
  const int made = mkstemps(path.data(), 4);
  if (made < 0) stop("cannot make a file in " + fs::temp_directory_path().string());
  close(made);
  Words words = scenes;
  words.insert(words.end(), {"-c:v", "libx264", "-preset", "veryfast", "-g", "120", "-b:v", rate});
  auto bytes = bench::made_by_ffmpeg<std::vector<uint8_t>>(words, path);
  fs::remove(path);
  return bytes;
}

DecodedVideo must(Result<DecodedVideo> decoded) {
  if (!decoded) stop(decoded.error().message);
  return std::move(*decoded);
}

DecodedVideo decode_only(const std::vector<uint8_t>& bytes, bool keyframes_only) {
  MemorySource source(bytes);
  VideoOptions options;
  options.threads = kThreads;
  options.keyframes_only = keyframes_only;
  return must(decode_video(source, {}, options, [](VideoFrame&) { return Status(); }));
}

void decode_needed(const std::vector<uint8_t>& bytes, const TrackOptions& wanted) {
  MemorySource source(bytes);
  VideoOptions options;
  options.threads = kThreads;
  const VideoTracker tracker(wanted);
  options.needs = [&](auto time, auto until, uint32_t) { return tracker.may_want(time, until); };
  must(decode_video(source, {}, options, [](VideoFrame&) { return Status(); }));
}

// With vPDQ beside it where it is a known video's: that is what `weir add` asks for.
void make_track(const std::vector<uint8_t>& bytes, TrackOptions wanted, bool with_vpdq = false) {
  MemorySource source(bytes);
  VideoOptions options;
  options.threads = kThreads;
  options.keyframes_only = wanted.keyframes_only;
  VideoTracker tracker(wanted, kThreads);
  std::optional<VpdqHasher> vpdq;
  options.needs = [&](auto time, auto until, uint32_t number) {
    return tracker.may_want(time, until) || (vpdq && vpdq->wants(number));
  };
  const auto take = [&](VideoFrame& frame) -> Status {
    if (with_vpdq && !vpdq) vpdq.emplace(frame.frames_a_second());
    if (vpdq && vpdq->wants(frame.number())) vpdq->take(frame.number(), TRY(frame.rgb()));
    if (!tracker.wants(frame.time(), frame.until())) return {};
    return tracker.add(frame.time(), frame.until(), frame.width(), frame.height(),
                       [&](uint32_t side) { return frame.grey(side); });
  };
  bench::keep(tracker.finish(must(decode_video(source, {}, options, take)).duration));
}

void measure(bench::Harness& harness, const Clip& clip) {
  TrackOptions triage = kItemTrack;
  triage.keyframes_only = true;
  const std::vector<uint8_t>& bytes = clip.bytes;
  const DecodedVideo video = decode_only(bytes, false);
  const double duration = static_cast<double>(video.duration.count()) / 1e6;
  const auto seconds = harness.seconds_per_run({
      {"decode", [&] { decode_only(bytes, false); }},
      {"needed", [&] { decode_needed(bytes, kItemTrack); }},
      {"item", [&] { make_track(bytes, kItemTrack); }},
      {"entry", [&] { make_track(bytes, kEntryTrack); }},
      {"added", [&] { make_track(bytes, kEntryTrack, true); }},
      {"keys", [&] { decode_only(bytes, true); }},
      {"triage", [&] { make_track(bytes, triage); }},
  });
  const std::string what = clip.name + ", " + video.codec + " " + std::to_string(video.width) +
                           "x" + std::to_string(video.height);
  const auto report = [&](const std::string& name, size_t which, const char* against, size_t peer) {
    harness.report({what + ": " + name, duration / seconds[which], "x real time", against,
                    seconds[peer] / seconds[which]});
  };
  harness.report({what + ": bit rate", double(bytes.size()) * 8e-6 / duration, "Mbit/s", "", 0});
  report("decoding alone", 0, "", 0);
  report("needed frames alone", 1, "decoding alone", 0);
  report("track of an item", 2, "decoding alone", 0);
  report("track of an entry", 3, "decoding alone", 0);
  report("track of an entry and vPDQ", 4, "decoding alone", 0);
  report("keyframes alone", 5, "", 5);
  report("triage", 6, "keyframes alone", 5);
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  using namespace weir;
  std::string file;
  std::vector<char*> rest = {argv[0]};
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--video" && i + 1 < argc)
      file = argv[++i];
    else
      rest.push_back(argv[i]);
  bench::Harness harness(static_cast<int>(rest.size()), rest.data());
  if (const Status ready = init_media(argv[0]); !ready) return 2;
  if (!file.empty()) {
    measure(harness, {"file", read_file(file)});
    return 0;
  }
  for (const auto& [size, rate] : {std::pair("1920x1080", "1200k"), std::pair("854x480", "500k")})
    for (const auto& [name, scenes] :
         {std::pair("drawn", drawn_scenes(size)), std::pair("panned", panned_scenes(size))})
      if (!scenes.empty() && harness.wants(std::string(name) + " " + size))
        measure(harness, {name, encoded(scenes, rate)});
}
