// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/features.h"
#include "weir/base/hash256.h"
#include "weir/base/pixels.h"
#include "weir/base/result.h"
#include "weir/base/video.h"

namespace weir {

// Every kind of signal, once: its number is stored and its name is spoken, so neither ever changes.
enum class SignalKind : uint8_t {
  kSha256 = 1,  // of the file's bytes
  kMd5 = 2,     // of the file's bytes, for exchange with others only: collisions can be made
  kPdq = 3,     // of one picture, 256 bits
  kVpdq = 4,    // of a video: frames with their PDQ, docs/formats/vpdq.md
  kTmk = 5,     // of a video: a whole .tmk file, docs/formats/tmk.md
};
std::span<const SignalKind> all_signal_kinds();
std::string_view name_of(SignalKind kind);  // "sha256", "md5", "pdq", "vpdq", "tmk"
bool is_digest(SignalKind kind);            // sha256 and md5: equal or not, nothing between
size_t value_bytes(SignalKind kind);        // 32, 16, 32, or 0 where values differ in size
// Errors: invalid, saying why, when these are not the bytes of a value of this kind.
Status check_value(SignalKind kind, std::span<const uint8_t> value);
Result<SignalKind> parse_signal_kind(std::string_view name);  // Errors: invalid, naming the kinds

// PDQ below this quality says too little to match by (PDQ specification: discard 49 and less).
constexpr int kPdqMatchableQuality = 50;

constexpr int kPdqBits = 256;

// PDQ that tells less than so many bits of its picture is of a regular pattern, and proves little:
// of 2,687 edited photographs that PDQ names, the least had 116 (decision 0014).
constexpr int kPdqTellingBits = 100;

// The PDQ radius that the field uses for a match, in bits.
constexpr Distance kPdqMatchRadius{31};

// One signal as it is stored and exchanged.
struct Signal {
  SignalKind kind = SignalKind::kSha256;
  std::vector<uint8_t> value;  // in the order of the hex digits; see value_bytes(), check_value()
  std::optional<int> quality;  // PDQ: 0 to 100; absent when an imported list has none
  std::optional<Rect> region;  // PDQ: what was hashed, in the upright picture
  std::optional<std::chrono::microseconds> time;  // PDQ of a frame of an animation: when
  friend bool operator==(const Signal&, const Signal&) = default;
};
std::string value_hex(const Signal& signal);
// Errors: invalid when the digits are not those of a value of this kind.
Result<Signal> parse_signal(SignalKind kind, std::string_view hex);
// False for PDQ of a quality that is known and below kPdqMatchableQuality.
bool is_matchable(const Signal& signal);
// Precondition: value_bytes(kind) == 32.
Hash256 as_hash256(const Signal& signal);

// What has been done to a picture, undone by applying it to the other side. The order of PDQ's
// published dihedral list; a rotation is counter-clockwise as PDQ names it.
enum class Dihedral : uint8_t {
  kOriginal,
  kRotate90,
  kRotate180,
  kRotate270,
  kFlipX,
  kFlipY,
  kFlipPlus1,
  kFlipMinus1,
};
constexpr size_t kDihedrals = 8;
std::string_view name_of(Dihedral dihedral);  // "original", "rotate90", ..., "flipminus1"

// What of a picture was hashed: all of it; what uniform borders left over; or a part with a frame
// of its own, straightened.
enum class PicturePart : uint8_t { kWhole, kContentBox, kFramed };

// PDQ of one picture or of a part, in all eight orientations.
struct PictureHash {
  std::array<Hash256, kDihedrals> dihedral{};  // by Dihedral; [kOriginal] is the hash
  int quality = 0;                             // 0 to 100
  Rect region;                                 // in the upright picture; around a framed part
  PicturePart part = PicturePart::kWhole;
  std::chrono::microseconds time{0};  // of the frame; 0 for a still picture
  // How many bits of the hash tell of the picture, 0 to kPdqBits: few of a regular pattern, nearly
  // all of a photograph. All, where nobody said.
  int information = kPdqBits;
};

// What is computed from one submitted file.
struct ItemSignals {
  std::string media = "image";  // kind of media, as in JSON: "image", "video"
  std::string format;           // "jpeg", "png", "webp", "gif", "avif", "mp4", "matroska", ...
  uint64_t bytes = 0;
  std::array<uint8_t, 32> sha256{};
  std::array<uint8_t, 16> md5{};
  uint32_t width = 0;  // of the upright picture
  uint32_t height = 0;
  uint32_t frames = 1;  // in the file, as far as it says; not all are hashed
  // The whole first frame first, then its parts. Where it is transparent and has colours beneath,
  // the hash of these comes before, as others give it.
  std::vector<PictureHash> pictures;
  PictureFeatures features;           // of the first frame; of no size unless asked for
  std::vector<uint8_t> preview_jpeg;  // small picture for people; empty unless asked for
  std::string note;                   // what a person should know, such as "truncated: ..."
  std::optional<VideoSignals> video;  // when `media` is "video": wanted, and the file moves
};
// As `weir hash` prints and a bank stores them: sha256, md5, then one pdq a picture; of a video its
// vpdq and tmk, if they were asked for.
std::vector<Signal> signals_of(const ItemSignals& item);

}  // namespace weir
