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

SaidSize size_of_features(std::span<const uint8_t> value) {
  const auto [width, height] = features_size(value);
  return {width, height};
}

constexpr std::array kKinds{
    KindRow{SignalKind::kSha256, "sha256", SignalOf::kFile, 1, 32, true, true, "SHA256", nullptr,
            nullptr},
    KindRow{SignalKind::kMd5, "md5", SignalOf::kFile, 1, 16, true, true, "MD5", nullptr, nullptr},
    KindRow{SignalKind::kSha1, "sha1", SignalOf::kFile, 1, 20, true, true, "SHA1", nullptr,
            nullptr},
    KindRow{SignalKind::kPdq, "pdq", SignalOf::kPicture, 1, 32, true, true, nullptr, nullptr,
            nullptr},
    KindRow{SignalKind::kVpdq, "vpdq", SignalOf::kVideo, 1, 0, true, true, nullptr,
            check_by<read_vpdq>, nullptr},
    KindRow{SignalKind::kTmk, "tmk", SignalOf::kVideo, 1, 0, true, false, nullptr,
            check_by<tmk_layout>, nullptr},
    KindRow{SignalKind::kFeatures, "features", SignalOf::kPicture, 1, 0, false, false, nullptr,
            check_by<decode_features>, size_of_features},
    KindRow{SignalKind::kTrack, "track", SignalOf::kVideo, 1, 0, false, false, nullptr,
            check_by<read_video_track>, nullptr},
    KindRow{SignalKind::kPdqTurned, "pdq_turned", SignalOf::kPicture, 1, kTurnedBytes, false, false,
            nullptr, check_turned, nullptr},
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
