// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "weir/base/result.h"
#include "weir/signal/video_track.h"

namespace weir {

// Every kind of signal, once: its number is stored and its name is spoken, so neither ever changes.
enum class SignalKind : uint8_t {
  kSha256 = 1,     // of the file's bytes
  kMd5 = 2,        // of the file's bytes, for exchange with others only: collisions can be made
  kPdq = 3,        // of one picture, 256 bits
  kVpdq = 4,       // of a video: frames with their PDQ, docs/formats/vpdq.md
  kTmk = 5,        // of a video: a whole .tmk file, docs/formats/tmk.md
  kFeatures = 6,   // of the first picture: its spots, docs/formats/picture-features.md
  kTrack = 7,      // of a video: its frames and stills, docs/formats/video-track.md
  kSha1 = 9,       // of the file's bytes, for exchange with others only: collisions can be made
  kPdqTurned = 8,  // of one picture that is asked about: PDQ in eight orientations, see turned.h
};

// What a signal is computed from.
enum class SignalOf : uint8_t { kFile, kPicture, kVideo };

// The width and height of the upright picture that a value says it is of.
struct SaidSize {
  uint32_t width = 0;
  uint32_t height = 0;
};

// How much was asked of the signals of one item, where a kind can be asked for more or less.
struct SignalOptions {
  FeatureOptions features;
  TrackOptions track;
  std::chrono::microseconds longest{0};  // from the first frame of a video to the last
};

// What is known of a kind. A new kind is a row of this table, and what computes and finds it.
struct KindRow {
  SignalKind kind;
  std::string_view name;  // "sha256"
  SignalOf of;
  size_t bytes = 0;           // of a value; 0 where values differ in size
  bool is_exchanged = false;  // with other programs, in lists and over HTTP; else Weir's own
  bool is_text = false;       // lists of lines may hold it
  bool is_kept = false;       // with entries, of Weir's own
  // OpenSSL's name of the algorithm; of digests alone: equal or not, nothing between.
  const char* digest = nullptr;
  // Errors: invalid or corrupt, saying why, when these are not the bytes of a value. Null where
  // the size says all.
  Status (*check)(std::span<const uint8_t> value) = nullptr;
  // How many values one item has at most.
  size_t most_of_item = 1;
  // Errors: invalid, when a value holds more than what was asked for. Null where all values hold
  // the same. Precondition: check() passed.
  Status (*check_asked)(std::span<const uint8_t> value, const SignalOptions& asked) = nullptr;
  // Null for kinds that do not say. Precondition: check() passed.
  SaidSize (*size_of)(std::span<const uint8_t> value) = nullptr;
};

std::span<const KindRow> all_kinds();
const KindRow& row_of(SignalKind kind);     // precondition: one of the table
const KindRow* find_kind(uint8_t number);   // null when there is none
std::string_view name_of(SignalKind kind);  // "sha256", "md5", "pdq", ...
bool is_digest(SignalKind kind);            // equal or not, nothing between
bool is_kept(SignalKind kind);              // one of Weir's own that entries keep
size_t value_bytes(SignalKind kind);        // 0 where values differ in size

std::vector<SignalKind> digest_kinds();
std::vector<SignalKind> exchanged_kinds();
std::vector<SignalKind> text_kinds();

// Errors: as KindRow::check; invalid, naming both sizes.
Status check_value(SignalKind kind, std::span<const uint8_t> value);

// One that is exchanged with others. Errors: invalid, naming those.
Result<SignalKind> parse_signal_kind(std::string_view name);

}  // namespace weir
