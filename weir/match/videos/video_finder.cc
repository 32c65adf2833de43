// SPDX-License-Identifier: Apache-2.0
//
// The finder of videos answers three questions. Which seconds of known videos does a video show,
// which known pictures does a video show and when, and of which known videos does a picture show a
// moment? Each answer is a list of segments, which say when and where in the frame. A video is a
// row of pictures, so all three rest on the same hashes of frames and features of stills.
//
// Example: a slide show shows a known photograph from 12 to 16 s. The photograph is claimed with
// one segment, from 12 to 16 s. A screenshot of a known film gives a segment of no length on the
// side of the item.
//
// Counter-example: it does not compare vPDQ or TMK. A video that is known by those alone is left to
// exchanged/.
#include "weir/match/videos/video_finder.h"

#include <array>

#include "weir/match/videos/slide_match.h"
#include "weir/match/videos/still_match.h"

namespace weir {
namespace {

// The known videos of which the picture shows a moment. Each has one segment, which has no length
// on the item's side.
Result<std::vector<VideoMatch>> moments_of(const PictureFeatures& picture,
                                           const Question& question) {
  VideoMatchOptions options;
  options.most_false_alarms = question.most_false_alarms;
  std::vector<VideoMatch> found;
  for (const StillMatch& still :
       TRY(match_still(picture, question.snapshot.videos, question.known.tracks(), options))) {
    SharedSegment segment = still_segment(still.region);
    segment.entry_from = segment.entry_to = still.time;
    found.push_back({still.entry, {segment}, still.expected_false_alarms});
  }
  return found;
}

class VideoFinder final : public Finder {
 public:
  std::string_view name() const override { return "videos"; }
  std::span<const SignalKind> kinds() const override {
    static constexpr std::array kKinds{SignalKind::kTrack, SignalKind::kFeatures};
    return kKinds;
  }

  Status find(const Question& question, std::vector<Claims>& claims) const override {
    for (size_t i = 0; i < claims.size(); ++i)
      claims[i] = TRY(with_videos(std::move(claims[i]), question.items[i], question));
    return {};
  }

 private:
  // Adds what a video shows of known videos and pictures, or what a picture shows of known videos.
  static Result<Claims> with_videos(Claims claims, const ItemToMatch& item,
                                    const Question& question) {
    const Snapshot& snapshot = question.snapshot;
    const bool knows_videos = snapshot.videos.videos > 0;
    if (!item.video) {
      if (!knows_videos || item.features.features.empty()) return claims;
      return joined(std::move(claims), TRY(moments_of(item.features, question)), MatchKind::kImage);
    }
    const VideoTrack& track = item.video->track;
    claims = joined(std::move(claims),
                    TRY(match_slides(track, snapshot.pictures, question.known.pictures(),
                                     question.most_false_alarms)),
                    MatchKind::kImage);
    if (!knows_videos) return claims;
    VideoMatchOptions options;
    options.most_false_alarms = question.most_false_alarms;
    return joined(std::move(claims),
                  TRY(match_video(track, snapshot.videos, question.known.tracks(), options)));
  }
};

}  // namespace

const Finder& video_finder() {
  static const VideoFinder finder;
  return finder;
}

}  // namespace weir
