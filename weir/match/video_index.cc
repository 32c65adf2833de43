// SPDX-License-Identifier: Apache-2.0
#include "weir/match/video_index.h"

#include <algorithm>
#include <mutex>
#include <numeric>

#include "weir/match/picture_match.h"
#include "weir/match/video_cards.h"
#include "weir/signal/signals.h"

namespace weir {
namespace {

constexpr Distance kHardlyChanged{12};  // from the frame kept last: nothing new
constexpr std::chrono::microseconds kKeptAtLeast{2'000'000};
constexpr Distance kSameAsWhole{8};  // what a clean hash that says nothing new differs by
// A feature takes 14 bytes, so an hour with a still every two seconds 3 MB.
constexpr size_t kFeaturesOfStill = 120;

// Features come worthiest first, spread over the picture at any number.
std::span<const LocalFeature> chosen(const PictureFeatures& picture) {
  return std::span(picture.features).first(std::min(picture.features.size(), kFeaturesOfStill));
}

// Frames of which hashes are kept: those that show something new, and one in two seconds.
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

std::vector<KnownMoment> VideoIndex::Impl::named(const std::vector<Moment>& moments,
                                                 std::span<const uint32_t> keys) const {
  std::shared_lock lock(lists);
  std::vector<KnownMoment> out(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] >= moments.size()) continue;
    const Moment& moment = moments[keys[i]];
    const auto video = videos.find(moment.entry);
    if (video == videos.end()) continue;
    out[i] = {EntryId{moment.entry}, video->second.is_benign, moment.number, moment.is_at_end};
  }
  return out;
}

std::vector<KnownMoment> VideoIndex::Impl::frames_named(std::span<const uint32_t> keys) const {
  return named(frame_moments, keys);
}
std::vector<KnownMoment> VideoIndex::Impl::stills_named(std::span<const uint32_t> keys) const {
  return named(still_moments, keys);
}

VideoIndex::VideoIndex() : impl_(std::make_unique<Impl>()) {}
VideoIndex::~VideoIndex() = default;

Status VideoIndex::add(EntryId entry, const VideoTrack& track, bool is_benign) {
  remove(entry);
  std::lock_guard change(impl_->change);
  const auto key = static_cast<uint32_t>(entry.value);
  const std::vector<size_t> kept = frames_kept(track);
  Impl::Video video;
  video.is_benign = is_benign;
  {
    std::lock_guard lock(impl_->lists);
    constexpr size_t kMost = UINT32_MAX;
    if (impl_->frame_moments.size() + kept.size() > kMost ||
        impl_->still_moments.size() + track.stills.size() > kMost)
      return Error{ErrorCode::kLimit,
                   "the video index has named 4294967295 moments; build it anew"};
    video.first_frame = static_cast<uint32_t>(impl_->frame_moments.size());
    for (const size_t frame : kept)
      impl_->frame_moments.push_back(
          {key, static_cast<uint32_t>(frame), is_at_end(track, track.frames[frame].time)});
    video.end_frame = static_cast<uint32_t>(impl_->frame_moments.size());
    video.first_still = static_cast<uint32_t>(impl_->still_moments.size());
    for (uint32_t i = 0; i < track.stills.size(); ++i)
      impl_->still_moments.push_back({key, i, is_at_end(track, track.stills[i].time)});
    video.end_still = static_cast<uint32_t>(impl_->still_moments.size());
    impl_->videos[key] = video;
  }
  std::vector<HammingRow> hashes;
  for (size_t i = 0; i < kept.size(); ++i) {
    const TrackFrame& frame = track.frames[kept[i]];
    const auto row = static_cast<uint32_t>(video.first_frame + i);
    const bool is_whole = frame.quality >= kPdqMatchableQuality;
    if (is_whole) hashes.push_back({frame.pdq, row});
    if (frame.clean_quality >= kPdqMatchableQuality &&
        !(is_whole && distance(frame.pdq, frame.clean) <= kSameAsWhole))
      hashes.push_back({frame.clean, row});
  }
  impl_->frames.add(hashes);
  std::vector<FeatureRow> features;
  for (size_t i = 0; i < track.stills.size(); ++i) {
    const PictureFeatures& whole = track.stills[i].picture;
    const auto some = chosen(whole);
    const auto rows = feature_rows(static_cast<uint32_t>(video.first_still + i),
                                   {whole.width, whole.height, {some.begin(), some.end()}, {}});
    features.insert(features.end(), rows.begin(), rows.end());
  }
  impl_->stills.add(features);
  return {};
}

void VideoIndex::remove(EntryId entry) {
  std::lock_guard change(impl_->change);
  Impl::Video video;
  {
    std::lock_guard lock(impl_->lists);
    const auto found = impl_->videos.find(static_cast<uint32_t>(entry.value));
    if (found == impl_->videos.end()) return;
    video = found->second;
    impl_->videos.erase(found);
    for (uint32_t i = video.first_frame; i < video.end_frame; ++i)
      impl_->frame_moments[i].entry = 0;
    for (uint32_t i = video.first_still; i < video.end_still; ++i)
      impl_->still_moments[i].entry = 0;
  }
  std::vector<uint32_t> keys(video.end_frame - video.first_frame);
  std::iota(keys.begin(), keys.end(), video.first_frame);
  impl_->frames.remove(keys);
  keys.resize(video.end_still - video.first_still);
  std::iota(keys.begin(), keys.end(), video.first_still);
  impl_->stills.remove(keys);
}

Status VideoIndex::merge() {
  TRY(impl_->frames.merge());
  return impl_->stills.merge();
}

size_t VideoIndex::videos() const {
  std::shared_lock lock(impl_->lists);
  return impl_->videos.size();
}

size_t VideoIndex::memory_bytes() const {
  std::shared_lock lock(impl_->lists);
  return impl_->frames.memory_bytes() + impl_->stills.memory_bytes() +
         (impl_->frame_moments.capacity() + impl_->still_moments.capacity()) *
             sizeof(Impl::Moment) +
         impl_->videos.size() * (sizeof(Impl::Video) + 48);
}

}  // namespace weir
