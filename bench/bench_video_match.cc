// SPDX-License-Identifier: Apache-2.0
//
// Whether a video is found fast enough in an archive: a minute that is asked about, after decoding,
// among known videos of a hundred hours.
//
//   bench_video_match [--hours N] [harness options]
//
// Tracks are made: shots of one to nine seconds, each with a hash that drifts a few bits from frame
// to frame as those of moving pictures do, and stills whose features are mixed of those of drawn
// pictures so that words are used as real ones use them. What is asked about has spans of four
// known videos and as much that nobody knows. The track of a known video that is looked at is
// copied and read from its bytes, as a store whose file the system holds in memory gives it.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "weir/hash/features/local_features.h"
#include "weir/match/videos/video_match.h"
#include "weir/signal/video_codec.h"

namespace weir::bench {
namespace {

constexpr double kVideoSeconds = 600;
constexpr uint32_t kThumbWidth = 64, kThumbHeight = 36;

void must(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "%s\n", status.error().message.c_str());
  std::exit(2);
}

// Features of drawn pictures, halves of which are put together to new ones.
class FeatureMaker {
 public:
  FeatureMaker() {
    std::mt19937 random(1);
    for (int i = 0; i < 12; ++i) {
      Pixels picture{std::vector<uint8_t>(480 * 270), 480, 270, 1};
      for (int shape = 0; shape < 150; ++shape) {
        const int x = int(random() % 480), y = int(random() % 270), size = 4 + int(random() % 50);
        const uint32_t grey = random() % 200, wave = 3 + random() % 20;
        for (int v = std::max(0, y - size); v < std::min(270, y + size); ++v)
          for (int u = std::max(0, x - size); u < std::min(480, x + size); ++u)
            picture.samples[size_t(v * 480 + u)] =
                uint8_t(grey + uint32_t(u * 3 + v * 2) / wave % 3 * 27);
      }
      const PictureFeatures found = local_features(picture.view(), kEntryTrack.still);
      real_.insert(real_.end(), found.features.begin(), found.features.end());
    }
  }
  PictureFeatures picture(uint64_t seed, size_t count) const {
    std::mt19937_64 random(seed);
    PictureFeatures out{1920, 1080, {}, {}};
    out.plane = {std::vector<uint8_t>(160 * 90), 160, 90, 1};
    for (uint8_t& one : out.plane.samples) one = uint8_t(random());
    for (size_t i = 0; i < count; ++i) {
      LocalFeature feature = real_[random() % real_.size()];
      const LocalFeature& other = real_[random() % real_.size()];
      std::copy(other.descriptor.begin() + 64, other.descriptor.end(),
                feature.descriptor.begin() + 64);
      feature.x = float(random() % 1920), feature.y = float(random() % 1080);
      out.features.push_back(feature);
    }
    return out;
  }

 private:
  std::vector<LocalFeature> real_;
};

// Frames from one moment to another of the video with this number; the same for the same moments.
VideoTrack track_of(uint64_t video, double from, double to, const TrackOptions& options,
                    const FeatureMaker& maker, bool with_thumbs) {
  VideoTrack track;
  track.width = 1920, track.height = 1080;
  track.thumb_width = kThumbWidth, track.thumb_height = kThumbHeight;
  track.duration = std::chrono::microseconds(std::llround((to - from) * 1e6));
  const double every = double(options.every.count()) * 1e-6;
  std::mt19937_64 cuts(video);
  double begin = 0, end = 0;
  uint64_t shot = 0;
  double last_still = -1e9;
  for (double time = from; time < to; time += every) {
    const bool first = track.frames.empty();
    const double shot_before = begin;
    while (end <= time) begin = end, end += 1 + double(cuts() % 8000) / 1000, shot = cuts();
    TrackFrame frame;
    frame.time = std::chrono::microseconds(std::llround((time - from) * 1e6));
    std::mt19937_64 random(shot);
    for (uint64_t& word : frame.pdq.words) word = random();
    // Four bits a quarter of a second drift away for good.
    for (double t = begin; t < time - 1e-6; t += 0.0625) frame.pdq.flip_bit(random() % 256);
    frame.mirrored = frame.pdq;
    for (uint64_t& word : frame.mirrored.words) word ^= 0xAAAAAAAAAAAAAAAA;
    frame.clean = frame.pdq, frame.clean_mirrored = frame.mirrored;
    frame.quality = 100;
    frame.begins_shot = first || begin != shot_before;
    const auto frame_number = uint64_t(std::llround(time * 1e3));
    if (with_thumbs) {
      std::mt19937_64 pixels(shot);
      for (size_t i = 0; i < kThumbWidth * kThumbHeight; ++i)
        track.thumbs.push_back(uint8_t(pixels() % 200 + (i * 7 + frame_number / 50) % 50));
    }
    if (frame.begins_shot || time - last_still >= 2) {
      track.stills.push_back(
          {frame.time, maker.picture(shot ^ uint64_t(time - begin) / 2, options.still.most)});
      last_still = time;
    }
    track.frames.push_back(frame);
  }
  return track;
}

void append(VideoTrack& to, VideoTrack from) {
  for (TrackFrame& frame : from.frames) frame.time += to.duration, to.frames.push_back(frame);
  for (Still& still : from.stills) still.time += to.duration, to.stills.push_back(still);
  to.thumbs.insert(to.thumbs.end(), from.thumbs.begin(), from.thumbs.end());
  to.duration += from.duration;
  to.width = from.width, to.height = from.height;
  to.thumb_width = from.thumb_width, to.thumb_height = from.thumb_height;
}

double resident_bytes() {
  FILE* file = std::fopen("/proc/self/statm", "r");
  double all = 0, resident = 0;
  if (file == nullptr || std::fscanf(file, "%lf %lf", &all, &resident) != 2) resident = 0;
  if (file != nullptr) std::fclose(file);
  return resident * 4096;
}

void run(Harness& harness, double hours) {
  const FeatureMaker maker;
  const auto videos = uint64_t(std::ceil(hours * 3600 / kVideoSeconds));
  const double before = resident_bytes();
  VideoIndex index;
  for (uint64_t video = 1; video <= videos; ++video) {
    must(index.add(EntryId{int64_t(video)},
                   track_of(video, 0, kVideoSeconds, kEntryTrack, maker, false), false));
    if (video % 64 == 0) must(index.merge());
  }
  must(index.merge());
  const std::string size = std::to_string(int(hours)) + " hours, ";
  harness.report({size + "index", double(index.memory_bytes()) / hours / 1e6, "MB/hour", "", 0});
  harness.report({size + "resident", (resident_bytes() - before) / hours / 1e6, "MB/hour", "", 0});

  VideoTrack item, stranger = track_of(1'000'000, 0, 60, kItemTrack, maker, true);
  for (uint64_t video = 1; video <= 4; ++video) {
    append(item, track_of(video, 100.1, 107.6, kItemTrack, maker, true));
    append(item, track_of(1'000'000 + video, 0, 7.5, kItemTrack, maker, true));
  }
  std::map<EntryId, std::vector<uint8_t>> stored;
  size_t read = 0;
  double read_bytes = 0;
  const KnownTracks known = [&](EntryId entry) -> Result<std::optional<VideoTrack>> {
    auto& track = stored[entry];
    if (track.empty())
      track = write_video_track(
          track_of(uint64_t(entry.value), 0, kVideoSeconds, kEntryTrack, maker, true));
    const std::vector<uint8_t> copy = track;
    ++read, read_bytes += double(copy.size());
    return std::optional(TRY(read_video_track(copy)));
  };
  size_t found = 0;
  const auto asked = [&](const VideoTrack& track) {
    const auto matches = match_video(track, index, known);
    if (!matches) must(matches.error());
    found = matches->size();
  };
  asked(item);
  harness.report({size + "entries found of 4", double(found), "", "", 0});
  harness.report({size + "tracks read for it", double(read), "", "", 0});
  harness.report({size + "bytes of them", read_bytes / 1e6, "MB", "", 0});
  asked(stranger);
  harness.report({size + "entries found of 0", double(found), "", "", 0});
  const auto seconds = harness.seconds_per_run(
      {{"item", [&] { asked(item); }}, {"stranger", [&] { asked(stranger); }}});
  harness.report({size + "a minute with four spans", seconds[0], "s", "", 0});
  harness.report({size + "a minute of a stranger", seconds[1], "s", "", 0});
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  double hours = 100;
  std::vector<char*> rest = {argv[0]};
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--hours" && i + 1 < argc)
      hours = std::max(1.0, std::atof(argv[++i]));
    else
      rest.push_back(argv[i]);
  weir::bench::Harness harness(static_cast<int>(rest.size()), rest.data());
  weir::bench::run(harness, hours);
}
