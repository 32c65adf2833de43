// SPDX-License-Identifier: Apache-2.0
#include "weir/match/videos/video_index.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <mutex>
#include <numeric>

#include "weir/match/pictures/picture_match.h"
#include "weir/match/videos/video_cards.h"
#include "weir/signal/signals.h"

namespace weir {
namespace {

// Constants: kHardlyChanged and kKeptAtLeast are those by which decision 0090 prunes a track.
// kFeaturesOfStill is chosen for size: a feature takes 14 bytes, so an hour with a still every two
// seconds takes 3 MB. The others were chosen by hand and not fitted.
constexpr Distance kHardlyChanged{12};  // from the frame kept last: the frame shows nothing new
constexpr std::chrono::microseconds kKeptAtLeast{2'000'000};  // after so long it is kept anyhow
constexpr Distance kSameAsWhole{8};  // a clean hash so near to that of the whole says nothing new
constexpr size_t kFeaturesOfStill = 120;

// The features of a still that are kept. They come worthiest first, and the first ones are spread
// over the picture however many are taken.
std::span<const LocalFeature> chosen(const PictureFeatures& picture) {
  return std::span(picture.features).first(std::min(picture.features.size(), kFeaturesOfStill));
}

// The frames whose hashes are kept: those that show something new, and one in two seconds at least.
std::vector<size_t> frames_kept(const VideoTrack& track) {
  std::vector<size_t> kept;
  for (size_t i = 0; i < track.frames.size(); ++i) {
    if (!is_telling(track, i)) continue;
    const TrackFrame& frame = track.frames[i];
    if (!kept.empty()) {
      const TrackFrame& last = track.frames[kept.back()];
      if (distance(frame.pdq, last.pdq) <= kHardlyChanged &&
          distance(frame.clean, last.clean) <= kHardlyChanged &&
          frame.time - last.time < kKeptAtLeast)
        continue;
    }
    kept.push_back(i);
  }
  return kept;
}

bool is_at_end(const VideoTrack& track, std::chrono::microseconds time) {
  return time < kEndsOfVideo || time > track.duration - kEndsOfVideo;
}

}  // namespace

bool is_telling(const VideoTrack& track, size_t frame) {
  const TrackFrame& one = track.frames[frame];
  if (one.quality < kPdqMatchableQuality && one.clean_quality < kPdqMatchableQuality) return false;
  const size_t bytes = size_t{track.thumb_width} * track.thumb_height;
  if (bytes == 0 || track.thumbs.size() < (frame + 1) * bytes) return true;
  const auto thumb = track.thumb(frame);
  const double mean = std::accumulate(thumb.begin(), thumb.end(), 0.0) / double(bytes);
  return mean > 10 && mean < 246;
}

Result<KnownMoments::Begin> KnownMoments::add(std::span<const Moment> frames,
                                              std::span<const Moment> stills) {
  const std::lock_guard lock(mutex_);
  constexpr size_t kMost = UINT32_MAX;
  if (frames_.size() + frames.size() > kMost || stills_.size() + stills.size() > kMost)
    return Error{ErrorCode::kLimit, "the video index has named 4294967295 moments; build it anew"};
  const Begin begin{static_cast<uint32_t>(frames_.size()), static_cast<uint32_t>(stills_.size())};
  frames_.insert(frames_.end(), frames.begin(), frames.end());
  stills_.insert(stills_.end(), stills.begin(), stills.end());
  return begin;
}

std::vector<KnownMoment> KnownMoments::named(const std::vector<Moment>& moments,
                                             std::span<const uint32_t> keys) const {
  const std::shared_lock lock(mutex_);
  std::vector<KnownMoment> out(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    assert(keys[i] < moments.size() && "a row that names nothing");
    const Moment& moment = moments[keys[i]];
    out[i] = {EntryId{moment.entry}, moment.is_benign, moment.number, moment.is_at_end};
  }
  return out;
}

std::vector<KnownMoment> KnownMoments::frames_named(std::span<const uint32_t> keys) const {
  return named(frames_, keys);
}

std::vector<KnownMoment> KnownMoments::stills_named(std::span<const uint32_t> keys) const {
  return named(stills_, keys);
}

size_t KnownMoments::memory_bytes() const {
  const std::shared_lock lock(mutex_);
  return (frames_.capacity() + stills_.capacity()) * sizeof(Moment);
}

VideoEdition::VideoEdition() : moments(std::make_shared<const KnownMoments>()) {}

struct VideoIndex::Impl {
  // The keys of a video's rows: one after the other in each list.
  struct Rows {
    uint32_t first_frame = 0, frames = 0;
    uint32_t first_still = 0, stills = 0;
  };
  void remove(uint32_t key);

  mutable std::mutex change;  // held by all that changes, as a whole, and while an edition is made
  LiveHammingIndex frames;
  LiveFeatureIndex stills;
  std::shared_ptr<KnownMoments> moments = std::make_shared<KnownMoments>();
  std::map<uint32_t, Rows> videos;  // by entry
};

VideoIndex::VideoIndex() : impl_(std::make_unique<Impl>()) {}
VideoIndex::~VideoIndex() = default;

Status VideoIndex::add(EntryId entry, const VideoTrack& track, bool is_benign) {
  const auto key = static_cast<uint32_t>(entry.value);
  const std::vector<size_t> kept = frames_kept(track);
  std::vector<KnownMoments::Moment> frame_moments, still_moments;
  for (const size_t frame : kept)
    frame_moments.push_back(
        {key, static_cast<uint32_t>(frame), is_at_end(track, track.frames[frame].time), is_benign});
  for (uint32_t i = 0; i < track.stills.size(); ++i)
    still_moments.push_back({key, i, is_at_end(track, track.stills[i].time), is_benign});

  const std::lock_guard change(impl_->change);
  const auto begin = TRY(impl_->moments->add(frame_moments, still_moments));
  std::vector<HammingRow> hashes;
  for (size_t i = 0; i < kept.size(); ++i) {
    const TrackFrame& frame = track.frames[kept[i]];
    const auto row = static_cast<uint32_t>(begin.frame + i);
    const bool is_whole = frame.quality >= kPdqMatchableQuality;
    if (is_whole) hashes.push_back({frame.pdq, row});
    if (frame.clean_quality >= kPdqMatchableQuality &&
        !(is_whole && distance(frame.pdq, frame.clean) <= kSameAsWhole))
      hashes.push_back({frame.clean, row});
  }
  std::vector<FeatureRow> features;
  for (size_t i = 0; i < track.stills.size(); ++i) {
    const PictureFeatures& whole = track.stills[i].picture;
    const auto some = chosen(whole);
    const auto rows = feature_rows(static_cast<uint32_t>(begin.still + i),
                                   {whole.width, whole.height, {some.begin(), some.end()}, {}});
    features.insert(features.end(), rows.begin(), rows.end());
  }
  impl_->remove(key);
  impl_->frames.add(hashes);
  impl_->stills.add(features);
  assert(!impl_->videos.contains(key) && "an entry's rows stand once");
  impl_->videos[key] = {begin.frame, static_cast<uint32_t>(frame_moments.size()), begin.still,
                        static_cast<uint32_t>(still_moments.size())};
  return {};
}

void VideoIndex::remove(EntryId entry) {
  const std::lock_guard change(impl_->change);
  impl_->remove(static_cast<uint32_t>(entry.value));
}

void VideoIndex::Impl::remove(uint32_t key) {
  const auto found = videos.find(key);
  if (found == videos.end()) return;
  const Rows& rows = found->second;
  std::vector<uint32_t> keys(rows.frames);
  std::iota(keys.begin(), keys.end(), rows.first_frame);
  frames.remove(keys);
  keys.resize(rows.stills);
  std::iota(keys.begin(), keys.end(), rows.first_still);
  stills.remove(keys);
  videos.erase(found);
}

Status VideoIndex::merge() {
  TRY(impl_->frames.merge());
  return impl_->stills.merge();
}

VideoEdition VideoIndex::edition() const {
  constexpr size_t kNodeBytes = 48;  // of the map, beside what a node holds
  const std::lock_guard change(impl_->change);
  VideoEdition edition;
  edition.frames = impl_->frames.edition();
  edition.stills = impl_->stills.edition();
  edition.moments = impl_->moments;
  edition.videos = impl_->videos.size();
  edition.memory_bytes = edition.frames.memory_bytes() + edition.stills.memory_bytes() +
                         impl_->moments->memory_bytes() +
                         impl_->videos.size() * (sizeof(Impl::Rows) + kNodeBytes);
  return edition;
}

}  // namespace weir
