// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "weir/base/limits.h"
#include "weir/base/result.h"
#include "weir/signal/item_signals.h"

namespace weir {

// What to compute from a file. Where a kind of videos is wanted, what moves is looked at as a
// video.
struct DecodeWants {
  std::vector<SignalKind> kinds;
  FeatureOptions features = kItemFeatures;  // kEntryFeatures for known pictures
  TrackOptions track = kItemTrack;          // kEntryTrack for known videos
  bool framed = false;        // PDQ of framed parts too, for pictures that are asked about
  uint32_t preview_side = 0;  // long side in pixels of ItemSignals::preview_jpeg; 0: none
  // Whose file it is. A worker reads files of one party only, so that one which a file has taken
  // over can neither read nor answer for the files of others.
  std::string party;

  bool has(SignalKind kind) const;
  bool has_any(SignalOf what) const;  // a kind that is computed from that
};

// Called now and then with the share of a video that is done, 0 to 1, by the thread that waits.
using DecodeProgress = std::function<void(double)>;

struct DecoderOptions {
  std::string program;  // weir-decode; empty: beside the running program
  // Processes for pictures, and as many for what moves; 0: one a processor.
  unsigned workers = 0;
  Limits limits;
  bool allow_unsandboxed = false;  // run although Landlock or seccomp is missing
  int long_nice = 0;               // niceness of the workers for what moves, 0 to 19
};

// One layer of the sandbox, and whether this machine's kernel let it be put in force.
struct SandboxLayer {
  std::string name;  // "landlock", "seccomp", "rlimits", "user_namespace", ...
  bool in_force = false;
  std::string detail;  // why not, or such as "ABI 7"
};

// Workers that had to be replaced since the start, by why.
struct DecoderCounts {
  uint64_t malformed = 0;   // what they said broke the protocol, or was not what was asked
  uint64_t died = 0;        // on a file
  uint64_t late = 0;        // beyond a deadline, or got no further
  uint64_t idle_ended = 0;  // died, spoke or used a processor while they had no file
};

// Foreign bytes in, signals out: hands files to weir-decode processes that can reach nothing else.
// A process that crashes, hangs past the deadline or outgrows a limit is replaced, and only its
// file fails. Digests of the file are computed here, and only what needs decoding over there.
// Thread-safe; decode() waits for a free worker, so callers set the pace.
class Decoder {
 public:
  // Errors: unavailable when weir-decode cannot be started, or Landlock or seccomp is missing and
  // allow_unsandboxed is not set.
  static Result<std::unique_ptr<Decoder>> start(const DecoderOptions& options);
  // Ends all its processes. No call may be running.
  ~Decoder();

  // `fd` is open for reading on a regular file; it stays open, is read from its start, and its
  // position stays where it is.
  // Errors: invalid (not a known format, empty), corrupt (damaged; or the decoder died on it),
  // limit (bytes, pixels, memory, deadline), unavailable (weir-decode cannot be started again).
  Result<ItemSignals> decode(int fd, const DecodeWants& wants, const DecodeProgress& progress = {});

  // Opens `path` itself, following a symbolic link to a regular file but nothing that could block.
  // Errors: also not_found; denied; invalid for a folder, pipe, socket or device.
  Result<ItemSignals> decode_file(const std::string& path, const DecodeWants& wants,
                                  const DecodeProgress& progress = {});

  // In the order in which they are put in force, those that are missing too.
  const std::vector<SandboxLayer>& layers() const;
  unsigned workers() const;
  DecoderCounts counts() const;
  // How many calls at once keep every worker busy: one that is answered and one that waits for it.
  unsigned callers() const;

 private:
  struct Impl;
  explicit Decoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
