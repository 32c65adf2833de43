// SPDX-License-Identifier: Apache-2.0
//
// Kinds of items that are more than a span of a known video: few frames, one frame, several videos
// in one frame, slides under a camera, lines of text; and which of two claims is surer.
#include <gtest/gtest.h>

#include "weir/match/videos/laid_over.h"
#include "weir/match/videos/made_videos_for_test.h"
#include "weir/match/videos/slide_match.h"
#include "weir/match/videos/video_match.h"
#include "weir/match/videos/video_parts.h"

namespace weir {
namespace {

using made::edited;
using made::film;
using made::joined;
using made::part;
using made::seconds;
using made::Video;

class VideoKinds : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    archive_ = std::make_unique<made::Archive>();
    for (int64_t entry = 1; entry <= 4; ++entry) archive_->add(entry, known(entry));
  }
  static void TearDownTestSuite() { archive_.reset(); }
  static Video known(int64_t entry) { return film(static_cast<unsigned>(entry), 40); }
  static std::vector<VideoMatch> match(const Video& item) { return archive_->match(item); }

  // How many seconds of the item a match covers; 0 when the entry is not found.
  static double covered(const std::vector<VideoMatch>& found, int64_t entry) {
    double sum = 0;
    for (const VideoMatch& match : found)
      for (const SharedSegment& one : match.segments)
        if (match.entry == EntryId{entry}) sum += seconds(one.item_to - one.item_from);
    return sum;
  }
  // Minus log10 of the false alarms that are expected; 0 when the entry is not found.
  static double sureness(const Video& item, int64_t entry) {
    for (const VideoMatch& match : match(item))
      if (match.entry == EntryId{entry}) return -std::log10(match.expected_false_alarms);
    return 0;
  }

  static std::unique_ptr<made::Archive> archive_;
};
std::unique_ptr<made::Archive> VideoKinds::archive_;

// Each frame is held until the next one.
Video stepped(const Video& video, double rate) {
  return {video.seconds,
          [=](double time) { return video.at(std::floor(time * rate + 1e-9) / rate); }};
}

TEST_F(VideoKinds, FindsACopyWithFewFramesASecond) {
  for (const double rate : {0.5, 0.7, 1.0, 1.5, 3.0}) {
    SCOPED_TRACE(rate);
    const auto found = match(stepped(part(known(3), 10, 30), rate));
    EXPECT_EQ(found.size(), 1u);
    EXPECT_GE(covered(found, 3), 15);
  }
}

TEST_F(VideoKinds, FindsAVideoOfOneFrame) {
  const Video all = known(2);
  const auto found = match({0.1, [=](double) { return all.at(12.0); }});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].entry, EntryId{2});
}

Video in_one_frame(const Video& a, const Video& b, bool above) {
  const uint32_t wide = above ? 256 : 128, high = above ? 96 : 192;
  return {std::min(a.seconds, b.seconds), [=](double time) {
            return made::with(made::with(made::resized(a.at(time), 256, 192),
                                         made::resized(a.at(time), wide, high), 0, 0),
                              made::resized(b.at(time), wide, high), 256 - wide, 192 - high);
          }};
}

TEST_F(VideoKinds, FindsBothOfTwoVideosInOneFrame) {
  for (const bool above : {false, true}) {
    SCOPED_TRACE(above ? "above" : "beside");
    const auto found = match(in_one_frame(part(known(1), 5, 17), part(known(2), 20, 32), above));
    EXPECT_EQ(found.size(), 2u);
    EXPECT_GE(covered(found, 1), 9);
    EXPECT_GE(covered(found, 2), 9);
    for (const VideoMatch& one : found) {
      ASSERT_FALSE(one.segments.empty());
      const Rect& where = one.segments[0].item_region;
      const bool is_second = one.entry == EntryId{2};
      EXPECT_NEAR(above ? where.y : where.x, is_second ? (above ? 96 : 128) : 0, 8);
    }
  }
}

TEST_F(VideoKinds, AVideoByItselfHasNoParts) {
  for (unsigned seed = 1; seed < 5; ++seed)
    EXPECT_TRUE(parts_of(made::track_of(film(seed, 20), kItemTrack)).empty());
}

// A camera that comes nearer to a picture.
Video approached(const Pixels& picture, double seconds) {
  return {seconds, [=](double time) {
            const double share = 1 - 0.2 * time / seconds;
            const auto wide = static_cast<uint32_t>(picture.width * share);
            const auto high = static_cast<uint32_t>(picture.height * share);
            return made::resized(made::cropped(picture, {(picture.width - wide) / 2,
                                                         (picture.height - high) / 2, wide, high}),
                                 picture.width, picture.height);
          }};
}

TEST_F(VideoKinds, FindsPicturesOfAVideoThatACameraComesNearTo) {
  std::vector<Video> slides;
  for (const double moment : {4.0, 20.0, 36.0})
    slides.push_back(approached(known(3).at(moment), 4));
  const auto found = match(joined(slides));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].entry, EntryId{3});
  EXPECT_GE(covered(found, 3), 7);
}

TEST_F(VideoKinds, ALineOfTextAndALogoAreToldFromWhatTheyLieOver) {
  const Pixels text = made::scene(900, 512, 48);
  const Video under = joined({part(known(1), 3, 9), part(known(2), 3, 9), part(known(4), 3, 9)});
  const Video item = {18, [=](double time) {
                        const auto at = static_cast<uint32_t>(std::fmod(time * 40, 256));
                        const Pixels line = made::cropped(text, {at, 0, 256, 24});
                        return made::with(under.at(time), line, 0, 168);
                      }};
  const VideoTrack track = made::track_of(item, kItemTrack);
  const auto over = laid_over(track);
  ASSERT_EQ(over.size(), size_t{track.thumb_width} * track.thumb_height);
  EXPECT_EQ(over[over.size() - track.thumb_width / 2], 1);
  EXPECT_EQ(over[over.size() / 3 + track.thumb_width / 2], 0);
  EXPECT_TRUE(laid_over(made::track_of(under, kItemTrack)).empty());
  const auto found = match(item);
  for (const int64_t entry : {1, 2, 4}) EXPECT_GE(covered(found, entry), 4.5) << entry;
}

// Evidence is told apart however much there is: it does not end at one value.
TEST_F(VideoKinds, ASurerCopyIsSurer) {
  const Video plain = part(known(4), 6, 24);
  const Pixels other = made::scene(77, 256, 192);
  const auto hidden = [&](uint32_t rows) {
    return edited(plain, [=](Pixels picture) {
      return made::with(std::move(picture), made::cropped(other, {0, 0, 256, rows}), 0, 192 - rows);
    });
  };
  const double whole = sureness(plain, 4), captioned = sureness(hidden(36), 4);
  const double half = sureness(hidden(96), 4), brief = sureness(part(known(4), 6, 12), 4);
  EXPECT_LE(whole, 12);
  EXPECT_GT(whole, captioned + 0.1);
  EXPECT_GT(captioned, half + 0.05);
  EXPECT_GT(whole, brief + 0.1);
  EXPECT_GT(half, 3);
}

// A track of slides with fades of a second between them, its stills where they would be taken.
VideoTrack faded(const std::vector<Pixels>& pictures, double every) {
  const auto at = [&](double time) {
    const auto number = std::min(pictures.size() - 1, static_cast<size_t>(time / every));
    const double since = time - static_cast<double>(number) * every;
    Pixels out = pictures[number];
    if (number > 0 && since < 0.5)
      for (size_t i = 0; i < out.samples.size(); ++i)
        out.samples[i] = static_cast<uint8_t>((0.5 + since) * out.samples[i] +
                                              (0.5 - since) * pictures[number - 1].samples[i]);
    if (number + 1 < pictures.size() && since > every - 0.5)
      for (size_t i = 0; i < out.samples.size(); ++i)
        out.samples[i] =
            static_cast<uint8_t>((0.5 + every - since) * out.samples[i] +
                                 (0.5 - every + since) * pictures[number + 1].samples[i]);
    return out;
  };
  const double length = every * static_cast<double>(pictures.size());
  VideoTrack track = made::track_of({length, at}, kItemTrack, 0.07);
  track.stills.clear();
  for (size_t i = 0; i < pictures.size(); ++i)
    track.stills.push_back(
        {std::chrono::microseconds(std::llround((double(i) + 0.6) * every * 1e6)),
         made::item_features(pictures[i])});
  return track;
}

TEST(SlideMatch, APictureLastsFromTheMiddleOfAFadeToThatOfTheNext) {
  std::vector<Pixels> pictures;
  for (unsigned seed = 40; seed < 45; ++seed) pictures.push_back(made::scene(seed));
  LiveFeatureIndex index;
  index.add(feature_rows(1, made::entry_features(pictures[1])));
  index.add(feature_rows(2, made::entry_features(pictures[3])));
  const KnownPictures known = [&](EntryId entry) -> Result<std::optional<KnownPicture>> {
    return std::optional(
        KnownPicture{made::entry_features(pictures[entry.value == 1 ? 1 : 3]), false});
  };
  const auto found = match_slides(faded(pictures, 3), index, known, 1e-3);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2u);
  for (const VideoMatch& match : *found) {
    ASSERT_EQ(match.segments.size(), 1u);
    const double from = match.entry == EntryId{1} ? 3 : 9;
    EXPECT_NEAR(seconds(match.segments[0].item_from), from, 0.5);
    EXPECT_NEAR(seconds(match.segments[0].item_to), from + 3, 0.5);
  }
}

}  // namespace
}  // namespace weir
