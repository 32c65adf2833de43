// SPDX-License-Identifier: Apache-2.0
#include "weir/base/signals.h"

#include "weir/base/hex.h"
#include "weir/base/tmk_layout.h"
#include "weir/base/vpdq_codec.h"

namespace weir {
namespace {

struct KindRow {
  SignalKind kind;
  std::string_view name;
  size_t bytes;  // 0: it varies
};
constexpr std::array<KindRow, 5> kKinds{{{SignalKind::kSha256, "sha256", 32},
                                         {SignalKind::kMd5, "md5", 16},
                                         {SignalKind::kPdq, "pdq", 32},
                                         {SignalKind::kVpdq, "vpdq", 0},
                                         {SignalKind::kTmk, "tmk", 0}}};
constexpr std::array<SignalKind, 5> kKindList{
    SignalKind::kSha256, SignalKind::kMd5, SignalKind::kPdq, SignalKind::kVpdq, SignalKind::kTmk};

const KindRow& row_of(SignalKind kind) {
  for (const KindRow& row : kKinds)
    if (row.kind == kind) return row;
  assert(false && "a signal kind outside the table");
  return kKinds[0];
}

}  // namespace

std::span<const SignalKind> all_signal_kinds() {
  return kKindList;
}

std::string_view name_of(SignalKind kind) {
  return row_of(kind).name;
}

bool is_digest(SignalKind kind) {
  return kind == SignalKind::kSha256 || kind == SignalKind::kMd5;
}

size_t value_bytes(SignalKind kind) {
  return row_of(kind).bytes;
}

Status check_value(SignalKind kind, std::span<const uint8_t> value) {
  const KindRow& row = row_of(kind);
  if (kind == SignalKind::kVpdq) {
    TRY(read_vpdq(value));
  } else if (kind == SignalKind::kTmk) {
    TRY(tmk_layout(value));
  } else if (value.size() != row.bytes) {
    return Error{ErrorCode::kInvalid, "a " + std::string(row.name) + " value has " +
                                          std::to_string(row.bytes) + " bytes, found " +
                                          std::to_string(value.size())};
  }
  return {};
}

Result<SignalKind> parse_signal_kind(std::string_view name) {
  std::string known;
  for (const KindRow& row : kKinds) {
    if (row.name == name) return row.kind;
    known += known.empty() ? "" : ", ";
    known += row.name;
  }
  return Error{ErrorCode::kInvalid, "unknown signal kind; known are " + known};
}

std::string value_hex(const Signal& signal) {
  return to_hex(signal.value);
}

Result<Signal> parse_signal(SignalKind kind, std::string_view hex) {
  Signal signal{.kind = kind, .value = {}, .quality = {}, .region = {}, .time = {}};
  const size_t bytes = value_bytes(kind);
  signal.value.resize(bytes > 0 ? bytes : hex.size() / 2);
  Status parsed = parse_hex(hex, signal.value);
  if (parsed) parsed = check_value(kind, signal.value);
  if (!parsed)
    return Error{ErrorCode::kInvalid,
                 "not a " + std::string(name_of(kind)) + " value: " + parsed.error().message};
  return signal;
}

bool is_matchable(const Signal& signal) {
  return signal.kind != SignalKind::kPdq || signal.quality.value_or(100) >= kPdqMatchableQuality;
}

Hash256 as_hash256(const Signal& signal) {
  assert(signal.value.size() == 32);
  return hash256_from_bytes(std::span<const uint8_t, 32>(signal.value.data(), 32));
}

std::string_view name_of(Dihedral dihedral) {
  constexpr std::array<std::string_view, kDihedrals> kNames{"original",  "rotate90",  "rotate180",
                                                            "rotate270", "flipx",     "flipy",
                                                            "flipplus1", "flipminus1"};
  return kNames[static_cast<size_t>(dihedral)];
}

std::vector<Signal> signals_of(const ItemSignals& item) {
  std::vector<Signal> signals(2);
  signals[0].kind = SignalKind::kSha256;
  signals[0].value.assign(item.sha256.begin(), item.sha256.end());
  signals[1].kind = SignalKind::kMd5;
  signals[1].value.assign(item.md5.begin(), item.md5.end());
  for (const PictureHash& picture : item.pictures) {
    const auto bytes = to_bytes(picture.dihedral[0]);
    Signal& pdq = signals.emplace_back();
    pdq.kind = SignalKind::kPdq;
    pdq.value.assign(bytes.begin(), bytes.end());
    pdq.quality = picture.quality;
    pdq.region = picture.region;
    if (picture.time.count() != 0) pdq.time = picture.time;
  }
  if (item.video && !item.video->vpdq.empty()) {
    Signal& vpdq = signals.emplace_back();
    vpdq.kind = SignalKind::kVpdq;
    vpdq.value = write_vpdq(item.video->vpdq);
  }
  if (item.video && !item.video->tmk.empty()) {
    Signal& tmk = signals.emplace_back();
    tmk.kind = SignalKind::kTmk;
    tmk.value = item.video->tmk;
  }
  return signals;
}

}  // namespace weir
