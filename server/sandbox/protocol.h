// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "server/sandbox/decoder.h"
#include "weir/base/limits.h"
#include "weir/base/result.h"
#include "weir/signal/item_signals.h"

// What the parent (Decoder), the zygote and the workers say to each other. Both programs are of one
// build, and kProtocolVersion is checked first; fixed structs travel as they lie in memory. Only a
// worker has seen foreign bytes, so only what a worker says is parsed with distrust.

namespace weir {

constexpr uint32_t kProtocolVersion = 11;

// The descriptor on which weir-decode finds its control socket, and each worker its own.
constexpr int kSocketFd = 3;

// Parent to zygote.
enum class ControlVerb : uint32_t {
  kFork = 1,  // a worker for the two files that come along: its socket, its answer memory
  kEnd = 2,   // kill worker `pid` if it still lives, and say how it ended
};
struct ControlRequest {
  uint32_t version = kProtocolVersion;
  ControlVerb verb = ControlVerb::kFork;
  int32_t pid = 0;
  uint32_t workers = 1;  // kFork: that there may be, this one included
  uint32_t nice = 0;     // kFork: added to the niceness of the zygote
  uint32_t padding = 0;
  Limits limits;
};

// Zygote to parent: one for each request, and one when it is ready.
struct ControlReply {
  uint32_t version = kProtocolVersion;
  int32_t failure = 0;  // errno, 0 for success; text then says what could not be done
  int32_t pid = 0;      // kFork: in the zygote's own numbering
  int32_t status = 0;   // kEnd: as waitpid() gives it
  char text[240] = {};
};

// Parent to worker, with the file.
struct JobRequest {
  uint32_t version = kProtocolVersion;
  uint32_t kinds = 0;   // of signals: the bit of each kind's number
  uint32_t framed = 0;  // 1: DecodeWants::framed
  uint32_t preview_side = 0;
  uint32_t room = 0;  // which of the kAnswerRooms takes the answer
  FeatureOptions features;
  TrackOptions track;
  uint64_t bytes = 0;
};

// Worker to parent: the answer lies in the first `length` bytes of the room that was asked for. Of
// a video, any number of messages that say how far it is come before.
struct JobReply {
  uint32_t version = kProtocolVersion;
  uint32_t length = 0;
  uint32_t retire = 0;    // 1: this worker has grown or aged, and wants to be replaced
  uint32_t progress = 0;  // 0: this is the answer; else 1 + the share done in millionths
};
constexpr uint32_t kWholeProgress = 1'000'000;

// The bits of JobRequest::kinds.
uint32_t bits_of(const std::vector<SignalKind>& kinds);
std::vector<SignalKind> kinds_of(uint32_t bits);  // bits of no kind are left out

template <class T>
std::span<const uint8_t> bytes_of(const T& message) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const uint8_t*>(&message), sizeof message};
}
template <class T>
std::span<uint8_t> room_of(T& message) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<uint8_t*>(&message), sizeof message};
}

// A worker is replaced after any of these; a new one costs a few milliseconds (measured), less than
// one percent of what leads to it. The worker asks for it, and the parent counts for itself.
constexpr uint32_t kFilesInLife = 2000;
constexpr long kPeakKibInLife = 256 * 1024;
constexpr long kCpuSecondsInLife = 600;

// Files that a worker may have been handed and not answered. The second waits in the socket while
// the first is decoded, so that a busy worker never waits for the parent.
constexpr uint32_t kFilesUnderWay = 2;

// The answer memory that a worker shares with the parent has a room for each file under way; a
// longer answer is an error. Room that nobody wrote to takes no memory. The track of a video of
// hours is within its TrackBudget (weir/hash/video/video_track.h), and fits.
constexpr uint32_t kAnswerRooms = kFilesUnderWay;
constexpr size_t kAnswerBytes = 192u << 20;
constexpr size_t kAnswerMemoryBytes = kAnswerRooms * kAnswerBytes;

// A longer answer is the worker's last: the memory that it took is given back with the worker, and
// once that has ended the answer can be read where it lies.
constexpr size_t kCopiedAnswerBytes = 8u << 20;

// What came of one file.
struct DecodeAnswer {
  Result<ItemSignals> outcome;
};

// Writes an answer into `room` and gives its length. An ItemSignals that does not fit becomes a
// limit error, which always fits into 3 KiB. Little-endian; the layout is in protocol.cc.
size_t write_answer(const Result<ItemSignals>& outcome, std::span<uint8_t> room);

// Parses what a worker wrote. Everything is checked: lengths, ranges, each signal by the table of
// kinds, that regions lie within the picture and features are of it, that a preview begins like a
// JPEG, that text is printable. Nobody may write to `bytes` meanwhile: a copy, or the memory of a
// worker that has ended.
// Errors: corrupt when any of that does not hold, or bytes are left over.
Result<DecodeAnswer> read_answer(std::span<const uint8_t> bytes);

// The layers in force in a new worker, its first message.
std::vector<uint8_t> write_layers(const std::vector<SandboxLayer>& layers);
// Errors: corrupt.
Result<std::vector<SandboxLayer>> read_layers(std::span<const uint8_t> bytes);

}  // namespace weir
