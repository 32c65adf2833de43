// SPDX-License-Identifier: Apache-2.0
#include "weir/signal/kinds.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>

#include "weir/signal/features_codec.h"
#include "weir/signal/tmk_layout.h"
#include "weir/signal/turned.h"
#include "weir/signal/video_codec.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

// A reader of a whole value is its check.
template <auto kRead>
Status check_by(std::span<const uint8_t> value) {
  const auto read = kRead(value);
  return read ? Status{} : Status{read.error()};
}

Status too_much(std::string_view what) {
  return invalid("there is more in it than was asked for: " + std::string(what));
}

bool is_asked(const PictureFeatures& picture, const FeatureOptions& asked) {
  return picture.features.size() <= asked.most &&
         std::max(picture.plane.width, picture.plane.height) <= asked.plane_side;
}

Status check_asked_features(std::span<const uint8_t> value, const SignalOptions& asked) {
  const PictureFeatures picture = TRY(decode_features(value));
  return is_asked(picture, asked.features) ? Status{} : too_much("features");
}

Status check_asked_track(std::span<const uint8_t> value, const SignalOptions& asked) {
  const VideoTrack track = TRY(read_video_track(value));
  if (std::max(track.thumb_width, track.thumb_height) > asked.track.thumb_side)
    return too_much("thumbs");
  if (!are_apart(track.frames, asked.track.every) ||
      (!track.frames.empty() &&
       track.frames.back().time - track.frames.front().time > asked.longest))
    return too_much("frames");
  if (track.stills.size() > track.frames.size() ||
      !std::ranges::all_of(track.stills, [&](const Still& still) {
        return is_asked(still.picture, asked.track.still);
      }))
    return too_much("stills");
  return {};
}

SaidSize size_of_track(std::span<const uint8_t> value) {
  const auto [width, height] = video_track_size(value);
  return {width, height};
}

// Parts of every page of a file, each as it is shown and as it is without transparency.
constexpr size_t kMostPictures = 512;

SaidSize size_of_features(std::span<const uint8_t> value) {
  const auto [width, height] = features_size(value);
  return {width, height};
}

constexpr std::array kKinds{
    KindRow{.kind = SignalKind::kSha256,
            .name = "sha256",
            .of = SignalOf::kFile,
            .bytes = 32,
            .is_exchanged = true,
            .is_text = true,
            .digest = "SHA256"},
    KindRow{.kind = SignalKind::kMd5,
            .name = "md5",
            .of = SignalOf::kFile,
            .bytes = 16,
            .is_exchanged = true,
            .is_text = true,
            .digest = "MD5"},
    KindRow{.kind = SignalKind::kSha1,
            .name = "sha1",
            .of = SignalOf::kFile,
            .bytes = 20,
            .is_exchanged = true,
            .is_text = true,
            .digest = "SHA1"},
    KindRow{.kind = SignalKind::kPdq,
            .name = "pdq",
            .of = SignalOf::kPicture,
            .bytes = 32,
            .is_exchanged = true,
            .is_text = true,
            .most_of_item = kMostPictures},
    KindRow{.kind = SignalKind::kVpdq,
            .name = "vpdq",
            .of = SignalOf::kVideo,
            .is_exchanged = true,
            .is_text = true,
            .check = check_by<read_vpdq>},
    KindRow{.kind = SignalKind::kTmk,
            .name = "tmk",
            .of = SignalOf::kVideo,
            .is_exchanged = true,
            .check = check_by<tmk_layout>},
    KindRow{.kind = SignalKind::kFeatures,
            .name = "features",
            .of = SignalOf::kPicture,
            .is_kept = true,
            .check = check_by<decode_features>,
            .check_asked = check_asked_features,
            .size_of = size_of_features},
    KindRow{.kind = SignalKind::kTrack,
            .name = "track",
            .of = SignalOf::kVideo,
            .is_kept = true,
            .check = check_by<read_video_track>,
            .check_asked = check_asked_track,
            .size_of = size_of_track},
    KindRow{.kind = SignalKind::kPdqTurned,
            .name = "pdq_turned",
            .of = SignalOf::kPicture,
            .bytes = kTurnedBytes,
            .check = check_turned,
            .most_of_item = kMostPictures},
};

// The kinds of which this is said.
std::vector<SignalKind> kinds_with(bool KindRow::*said) {
  std::vector<SignalKind> kinds;
  for (const KindRow& row : kKinds)
    if (row.*said) kinds.push_back(row.kind);
  return kinds;
}

}  // namespace

std::span<const KindRow> all_kinds() {
  return kKinds;
}

const KindRow* find_kind(uint8_t number) {
  const auto at = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindRow& row) {
    return static_cast<uint8_t>(row.kind) == number;
  });
  return at == kKinds.end() ? nullptr : &*at;
}

const KindRow& row_of(SignalKind kind) {
  const KindRow* row = find_kind(static_cast<uint8_t>(kind));
  assert(row != nullptr && "a signal kind outside the table");
  return *row;
}

std::string_view name_of(SignalKind kind) {
  return row_of(kind).name;
}

bool is_digest(SignalKind kind) {
  return row_of(kind).digest != nullptr;
}

bool is_kept(SignalKind kind) {
  return row_of(kind).is_kept;
}

std::vector<SignalKind> digest_kinds() {
  std::vector<SignalKind> kinds;
  for (const KindRow& row : kKinds)
    if (row.digest != nullptr) kinds.push_back(row.kind);
  return kinds;
}

std::vector<SignalKind> exchanged_kinds() {
  return kinds_with(&KindRow::is_exchanged);
}

std::vector<SignalKind> text_kinds() {
  return kinds_with(&KindRow::is_text);
}

size_t value_bytes(SignalKind kind) {
  return row_of(kind).bytes;
}

Status check_value(SignalKind kind, std::span<const uint8_t> value) {
  const KindRow& row = row_of(kind);
  if (row.bytes > 0 && value.size() != row.bytes)
    return Error{ErrorCode::kInvalid, "a " + std::string(row.name) + " value has " +
                                          std::to_string(row.bytes) + " bytes, found " +
                                          std::to_string(value.size())};
  return row.check != nullptr ? row.check(value) : Status{};
}

Result<SignalKind> parse_signal_kind(std::string_view name) {
  std::string known;
  for (const KindRow& row : kKinds) {
    if (!row.is_exchanged) continue;
    if (row.name == name) return row.kind;
    known += known.empty() ? "" : ", ";
    known += row.name;
  }
  return Error{ErrorCode::kInvalid, "unknown signal kind; known are " + known};
}

}  // namespace weir
