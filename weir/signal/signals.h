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

#include "weir/base/hash256.h"
#include "weir/base/pixels.h"
#include "weir/base/result.h"
#include "weir/signal/kinds.h"

namespace weir {

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

}  // namespace weir
