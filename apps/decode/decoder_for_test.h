// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/sandbox/decoder.h"
#include "server/sandbox/socket.h"

namespace weir {

// The weir-decode of this build; nothing, and a failed test, when it does not start.
inline std::unique_ptr<Decoder> weir_decode(const Limits& limits = {}, unsigned workers = 1) {
  DecoderOptions options;
  options.program = WEIR_BINARY_DIR "/weir-decode";
  options.workers = workers;
  options.limits = limits;
  auto decoder = Decoder::start(options);
  EXPECT_TRUE(decoder) << (decoder ? "" : decoder.error().message);
  return decoder ? std::move(*decoder) : nullptr;
}

inline DecodeWants wanting(std::vector<SignalKind> kinds, uint32_t preview_side = 0) {
  DecodeWants wants;
  wants.kinds = std::move(kinds);
  wants.preview_side = preview_side;
  return wants;
}
inline DecodeWants wanting_pictures() {
  return wanting({SignalKind::kPdqTurned});
}

// The value of the first signal of this kind; empty when there is none.
inline std::vector<uint8_t> bytes_in(const ItemSignals& item, SignalKind kind) {
  const auto value = value_of(item.signals, kind);
  return {value.begin(), value.end()};
}

// An open file without a name that holds `bytes`.
inline Fd file_of(std::span<const uint8_t> bytes) {
  Fd file(memfd_create("decode_test", MFD_CLOEXEC));
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = write(file.get(), bytes.data() + done, bytes.size() - done);
    if (wrote <= 0) break;
    done += static_cast<size_t>(wrote);
  }
  return file;
}

inline DecodeWants video_wants() {
  return wanting({SignalKind::kPdq, SignalKind::kVpdq, SignalKind::kTmk, SignalKind::kTrack}, 64);
}

// A published video with video_wants(), decoded once for all tests of a program.
inline const Result<ItemSignals>& decoded_video(const std::string& path) {
  static const std::unique_ptr<Decoder> decoder = weir_decode();
  static std::map<std::string, Result<ItemSignals>> known;
  const auto found = known.find(path);
  if (found != known.end()) return found->second;
  return known.emplace(path, decoder->decode_file(path, video_wants())).first->second;
}

}  // namespace weir
