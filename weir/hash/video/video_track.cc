// SPDX-License-Identifier: Apache-2.0
#include "weir/hash/video/video_track.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "weir/hash/picture/pdq.h"
#include "weir/hash/picture/plane_shrink.h"
#include "weir/hash/video/still_queue.h"
#include "weir/hash/video/video_clean.h"

namespace weir {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr uint32_t kHashSide = 512;  // of the frame that is hashed
constexpr microseconds kLeastEvery{1'000};

// Where two neighbouring samples differ by so much, a cut lies between them. Half of 256 bits
// differ by chance; motion within a shot changes fewer, and does not change the levels.
constexpr int kCutBits = 90;
constexpr double kCutLevels = 0.25;  // chi-square distance of luma histograms, 0 to 2
constexpr int kFlatQuality = 20;     // under which a hash is noise

// A picture stands where it hardly differs from the sample before or behind. In a fade or a wipe
// it differs from both; so do the samples of a moving camera, of which the least moving is taken.
constexpr double kStands = 20;
constexpr double kBitsOfLevel = 2;   // a level of the mean sample weighs as much: fades to black
constexpr double kChangesMuch = 60;  // in which no picture is taken that is not the first
constexpr microseconds kLongestSought{1'500'000};  // until then it is waited for

constexpr int kSameStillBits = 16;  // such a still says nothing new
// Such a one is another picture, though no cut was seen, unless a camera moves fast.
constexpr int kOtherStillBits = 80;
constexpr microseconds kShortestShown{1'200'000};
constexpr seconds kLongestWithoutStill{10};

constexpr uint32_t kLeastStillSide = 640;
constexpr uint32_t kTriageStillSide = 640;

constexpr int kPruneBits = 12;
constexpr seconds kPruneGap{2};

using Levels = std::array<float, 32>;

Levels levels_of(std::span<const uint8_t> thumb) {
  Levels levels{};
  for (const uint8_t sample : thumb) levels[sample / 8] += 1.0f / static_cast<float>(thumb.size());
  return levels;
}

double difference(const Levels& a, const Levels& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] + b[i] > 0) sum += (a[i] - b[i]) * (a[i] - b[i]) / (a[i] + b[i]);
  return sum;
}

// What a frame shows inside bars or blurred bands, hashed as precisely as the whole.
ShownPart hash_shown_part(const PixelView& picture, TrackFrame& frame) {
  const auto box = shown_box(picture);
  if (!box) return {};
  const PdqDihedral hash = pdq_dihedral(picture.crop(*box));
  frame.clean = hash.dihedral[static_cast<size_t>(Dihedral::kOriginal)];
  frame.clean_mirrored = hash.dihedral[static_cast<size_t>(Dihedral::kFlipY)];
  frame.clean_quality = static_cast<uint8_t>(hash.quality);
  const auto width = static_cast<float>(picture.width);
  const auto height = static_cast<float>(picture.height);
  return {static_cast<float>(box->x) / width, static_cast<float>(box->y) / height,
          static_cast<float>(box->x + box->width) / width,
          static_cast<float>(box->y + box->height) / height};
}

// Frames of another size than the first, smaller than a thumb even, are stretched to it.
std::vector<uint8_t> fitted_thumb(const PixelView& picture, uint32_t width, uint32_t height) {
  if (picture.width >= width && picture.height >= height)
    return shrunk_plane(picture, width, height);
  std::vector<uint8_t> thumb(size_t{width} * height);
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x)
      thumb[size_t{y} * width + x] =
          picture.row(uint64_t{y} * picture.height / height)[uint64_t{x} * picture.width / width];
  return thumb;
}

size_t still_bytes(const Still& still) {
  return sizeof still + still.picture.features.size() * sizeof(LocalFeature) +
         still.picture.plane.samples.size();
}

// From pixels of the picture that was looked at into those of the frame.
void scale_places(PictureFeatures& picture, uint32_t width, uint32_t height) {
  const float x = static_cast<float>(width) / static_cast<float>(picture.width);
  const float y = static_cast<float>(height) / static_cast<float>(picture.height);
  const float side = static_cast<float>(std::max(width, height));
  for (LocalFeature& feature : picture.features) {
    feature.x = std::min(feature.x * x, static_cast<float>(width));
    feature.y = std::min(feature.y * y, static_cast<float>(height));
    feature.scale = std::min(feature.scale * std::sqrt(x * y), side);
  }
  picture.width = width;
  picture.height = height;
}

}  // namespace

struct VideoTracker::State {
  explicit State(unsigned threads) : queue(threads) {}

  TrackOptions options;
  TrackBudget budget;
  microseconds every{0};        // grows when the budget is reached
  microseconds still_every{0};  // likewise
  microseconds next{0};         // the next moment
  VideoTrack track;
  std::vector<ShownPart> parts;  // of each frame
  Levels levels{};               // of the last frame
  // A still is sought: of a new shot or picture, or because the last one is long ago.
  bool is_sought = false;
  bool is_new = true;  // of a picture that has none yet
  microseconds sought_since{0};
  // The sample before, if it may become a still: how it changes from there on is not known yet.
  struct Sample {
    TrackFrame frame;
    Pixels picture;
    double change = 0;  // from the one before, or to the one behind where that is less
  };
  std::optional<Sample> last, best;
  Hash256 last_still;
  microseconds last_still_time{0};
  size_t still_bytes = 0;
  StillQueue queue;

  void begin(const PixelView& picture, uint32_t width, uint32_t height);
  void append(microseconds time, const TrackFrame& frame, const ShownPart& part,
              std::span<const uint8_t> thumb);
  bool begins_shot(const TrackFrame& frame, std::span<const uint8_t> thumb);
  double change_to(const TrackFrame& frame, std::span<const uint8_t> thumb) const;
  bool wants_still(const TrackFrame& frame);
  Status seek_still(const TrackFrame& frame, double change, const Grey& grey);
  void judge_last(double change);
  Status add_still(Sample sample);
  Status add_best();
  void keep_still(Still still);
  void thin_frames();
  void thin_stills();
};

VideoTracker::VideoTracker(const TrackOptions& options, unsigned threads, const TrackBudget& budget)
    : state_(std::make_unique<State>(threads)) {
  state_->options = options;
  state_->budget = budget;
  state_->every = std::max(options.every, kLeastEvery);
  state_->still_every = options.still_every;
}
VideoTracker::~VideoTracker() = default;

// Of keyframes alone, nobody knows what was shown between them: each counts where it is.
bool VideoTracker::wants(microseconds time, microseconds until) const {
  if (state_->track.frames.empty()) return true;
  return state_->options.keyframes_only ? time >= state_->next : until > state_->next;
}

// All moments are multiples of what they were apart at first.
bool VideoTracker::may_want(microseconds time, microseconds until) const {
  if (state_->options.keyframes_only) return true;
  const microseconds every = std::max(state_->options.every, kLeastEvery);
  return time.count() <= 0 || (until - microseconds(1)) / every > (time - microseconds(1)) / every;
}

Status VideoTracker::add(microseconds time, microseconds until, uint32_t width, uint32_t height,
                         const Grey& grey) {
  State& state = *state_;
  VideoTrack& track = state.track;
  const PixelView picture = TRY(grey(kHashSide));
  if (track.frames.empty()) state.begin(picture, width, height);
  TrackFrame frame;
  frame.time = time;
  const PdqDihedral hash = pdq_dihedral(picture);
  frame.pdq = hash.dihedral[static_cast<size_t>(Dihedral::kOriginal)];
  // PDQ names flips by the axis that stays: kFlipY is left to right.
  frame.mirrored = hash.dihedral[static_cast<size_t>(Dihedral::kFlipY)];
  frame.quality = static_cast<uint8_t>(hash.quality);
  const ShownPart part = hash_shown_part(picture, frame);
  const std::vector<uint8_t> thumb = fitted_thumb(picture, track.thumb_width, track.thumb_height);
  const double change = state.change_to(frame, thumb);
  frame.begins_shot = state.begins_shot(frame, thumb);
  state.judge_last(change);
  if (frame.begins_shot) TRY(state.add_best());
  state.append(time, frame, part, thumb);
  TRY(state.seek_still(frame, change, grey));

  if (state.options.keyframes_only) {
    state.next = time + state.every;
    return {};
  }
  frame.begins_shot = false;
  while (state.next <= time) state.next += state.every;
  for (; state.next < until; state.next += state.every)
    state.append(state.next, frame, part, thumb);
  return {};
}

void VideoTracker::State::begin(const PixelView& picture, uint32_t width, uint32_t height) {
  track.width = width;
  track.height = height;
  const double share = std::min(
      1.0, static_cast<double>(options.thumb_side) / std::max(picture.width, picture.height));
  const auto side = [&](uint32_t from) {
    return std::max(1u, static_cast<uint32_t>(std::lround(from * share)));
  };
  track.thumb_width = side(picture.width);
  track.thumb_height = side(picture.height);
}

void VideoTracker::State::append(microseconds time, const TrackFrame& frame, const ShownPart& part,
                                 std::span<const uint8_t> thumb) {
  track.frames.push_back(frame);
  track.frames.back().time = time;
  track.thumbs.insert(track.thumbs.end(), thumb.begin(), thumb.end());
  parts.push_back(part);
  if (track.frames.size() * (sizeof frame + sizeof part) + track.thumbs.size() > budget.frame_bytes)
    thin_frames();
}

bool VideoTracker::State::begins_shot(const TrackFrame& frame, std::span<const uint8_t> thumb) {
  const Levels before = std::exchange(levels, levels_of(thumb));
  if (track.frames.empty()) return true;
  const TrackFrame& last = track.frames.back();
  const double change = difference(before, levels);
  if (last.quality < kFlatQuality || frame.quality < kFlatQuality) return change > 2 * kCutLevels;
  const int bits = distance(last.pdq, frame.pdq).bits;
  // An unrelated picture may have the same levels.
  return bits >= kCutBits && (change > kCutLevels || bits >= kCutBits + 16);
}

// From the sample before: bits of the hash, and levels, which the hash does not see.
double VideoTracker::State::change_to(const TrackFrame& frame,
                                      std::span<const uint8_t> thumb) const {
  if (track.frames.empty()) return 256;
  const auto before = track.thumb(track.frames.size() - 1);
  double levels_apart = 0;
  for (size_t i = 0; i < thumb.size(); ++i)
    levels_apart += std::abs(int{thumb[i]} - int{before[i]});
  return distance(frame.pdq, track.frames.back().pdq).bits +
         kBitsOfLevel * levels_apart / static_cast<double>(thumb.size());
}

bool VideoTracker::State::wants_still(const TrackFrame& frame) {
  if (frame.begins_shot) is_new = true;
  const int bits = distance(frame.pdq, last_still).bits;
  const microseconds since = frame.time - last_still_time;
  is_new |= bits >= kOtherStillBits && since >= kShortestShown;
  if (frame.quality < kFlatQuality) return false;
  const bool has_room = still_every <= options.still_every || since >= still_every;
  if (is_new) return has_room;
  return since >= still_every && (bits > kSameStillBits || since >= kLongestWithoutStill);
}

// The long side of the picture in which features are looked for. Enlarging what a codec has
// softened finds little; a small video still needs some room.
uint32_t still_side(const TrackOptions& options, const VideoTrack& track) {
  const uint32_t side = std::max({track.width, track.height, kLeastStillSide});
  const uint32_t most = options.keyframes_only ? kTriageStillSide : 2 * options.still.side;
  return std::min(side, most);
}

Pixels copied(const PixelView& picture) {
  Pixels copy{{}, picture.width, picture.height, 1};
  copy.samples.reserve(size_t{picture.width} * picture.height);
  for (uint32_t y = 0; y < picture.height; ++y)
    copy.samples.insert(copy.samples.end(), picture.row(y), picture.row(y) + picture.width);
  return copy;
}

// Of keyframes each is a picture of its own. Others wait for one that stands still, though not for
// long, and not once the picture has gone that was the best.
Status VideoTracker::State::seek_still(const TrackFrame& frame, double change, const Grey& grey) {
  if (options.still.most == 0) return {};
  const bool is_wanted = wants_still(frame);
  if (is_wanted && !is_sought) sought_since = frame.time;
  is_sought = is_wanted || best;
  if (best && distance(best->frame.pdq, frame.pdq).bits >= kOtherStillBits) TRY(add_best());
  if (is_wanted) {
    last = Sample{frame, copied(TRY(grey(still_side(options, track)))), change};
    if (options.keyframes_only || change <= (is_new ? kStands : kChangesMuch))
      return add_still(std::move(*last));
  }
  if (best && (best->change <= kStands || frame.time - sought_since >= kLongestSought))
    return add_best();
  return {};
}

// The sample before, now that it is known how the picture changes behind it.
void VideoTracker::State::judge_last(double change) {
  if (!last) return;
  last->change = std::min(last->change, change);
  if (!best || last->change < best->change) best = std::move(last);
  last.reset();
}

Status VideoTracker::State::add_best() {
  if (!best) return {};
  return add_still(std::move(*best));
}

Status VideoTracker::State::add_still(Sample sample) {
  is_new = is_sought = false;
  best.reset();
  last.reset();
  last_still = sample.frame.pdq;
  last_still_time = sample.frame.time;
  FeatureOptions wanted = options.still;
  wanted.side = still_side(options, track) / 2;  // looked for in a plane of twice the side
  if (auto done = TRY(queue.push(sample.frame.time, std::move(sample.picture), wanted)))
    keep_still(std::move(*done));
  return {};
}

void VideoTracker::State::keep_still(Still still) {
  if (still.picture.features.empty()) return;
  scale_places(still.picture, track.width, track.height);
  still_bytes += weir::still_bytes(still);
  track.stills.push_back(std::move(still));
  if (still_bytes > budget.still_bytes) thin_stills();
}

// Every second frame goes; a cut is then told by the frame behind it.
void VideoTracker::State::thin_frames() {
  const size_t bytes = size_t{track.thumb_width} * track.thumb_height;
  size_t kept = 0;
  for (size_t i = 0; i < track.frames.size(); i += 2, ++kept) {
    const bool begins_shot =
        track.frames[i].begins_shot || (i > 0 && track.frames[i - 1].begins_shot);
    track.frames[kept] = track.frames[i];
    track.frames[kept].begins_shot = begins_shot;
    std::copy_n(track.thumbs.begin() + static_cast<ptrdiff_t>(i * bytes), bytes,
                track.thumbs.begin() + static_cast<ptrdiff_t>(kept * bytes));
    parts[kept] = parts[i];
  }
  track.frames.resize(kept);
  track.thumbs.resize(kept * bytes);
  parts.resize(kept);
  every *= 2;
}

void VideoTracker::State::thin_stills() {
  size_t kept = 0;
  still_bytes = 0;
  for (size_t i = 0; i < track.stills.size(); i += 2, ++kept) {
    if (kept != i) track.stills[kept] = std::move(track.stills[i]);
    still_bytes += weir::still_bytes(track.stills[kept]);
  }
  track.stills.resize(kept);
  still_every = std::max(still_every, microseconds(seconds(2))) * 2;
}

Result<VideoTrack> VideoTracker::finish(microseconds duration) {
  state_->judge_last(256);
  TRY(state_->add_best());
  while (auto done = TRY(state_->queue.pop())) state_->keep_still(std::move(*done));
  VideoTrack track = std::move(state_->track);
  track.duration = duration;
  if (!track.frames.empty()) track.duration = std::max(duration, track.frames.back().time);
  blank_what_stays(track, state_->parts);
  if (state_->options.prune) weir::prune(track);
  return track;
}

void prune(VideoTrack& track) {
  const size_t bytes = size_t{track.thumb_width} * track.thumb_height;
  const size_t count = track.frames.size();
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    const TrackFrame& frame = track.frames[i];
    const bool ends_shot = i + 1 == count || track.frames[i + 1].begins_shot;
    if (kept > 0 && !frame.begins_shot && !ends_shot) {
      const TrackFrame& last = track.frames[kept - 1];
      if (distance(last.pdq, frame.pdq).bits <= kPruneBits && frame.time - last.time < kPruneGap)
        continue;
    }
    track.frames[kept] = frame;
    std::copy_n(track.thumbs.begin() + static_cast<ptrdiff_t>(i * bytes), bytes,
                track.thumbs.begin() + static_cast<ptrdiff_t>(kept * bytes));
    ++kept;
  }
  track.frames.resize(kept);
  track.thumbs.resize(kept * bytes);
  track.frames.shrink_to_fit();
  track.thumbs.shrink_to_fit();
}

}  // namespace weir
