// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>

#include "apps/weir/home.h"
#include "apps/weir/run/file_run.h"
#include "apps/weir/verbs.h"
#include "apps/weir/words.h"
#include "server/flow/match.h"
#include "weir/base/utf8.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

constexpr int kVpdqQuality = 50;  // below which a frame is not matched

// "  pdq    0123...  quality 98, of 640x360 at 0,30".
std::string line_of(const Signal& signal, const Rect& whole) {
  std::string line = fmt::format("\n  {:<7}", name_of(signal.kind));
  if (signal.kind == SignalKind::kVpdq) {
    const auto read = read_vpdq(signal.value);
    const auto frames = read ? *read : std::vector<VpdqFrame>();
    const auto good = std::count_if(frames.begin(), frames.end(), [](const auto& frame) {
      return frame.quality >= kVpdqQuality;
    });
    return line +
           fmt::format("{} frames, {} of them of a quality that is matched", frames.size(), good);
  }
  if (value_bytes(signal.kind) == 0) return line + fmt::format("{} bytes", signal.value.size());
  line += value_hex(signal);
  if (signal.quality) line += fmt::format("  quality {}", *signal.quality);
  if (signal.region && *signal.region != whole)
    line += fmt::format(", of {}x{} at {},{}", signal.region->width, signal.region->height,
                        signal.region->x, signal.region->y);
  if (signal.time)
    line += fmt::format(", at {:.2f} s", static_cast<double>(signal.time->count()) / 1e6);
  return is_matchable(signal) ? line : line + ": too low to be matched";
}

std::string text_of(const ItemSignals& item) {
  std::string text = fmt::format("{} {}x{}", item.format, item.width, item.height);
  if (item.is_video()) text += fmt::format("  {}", words_of_video(item));
  for (const Signal& signal : exchanged_of(item.signals))
    text += line_of(signal, {0, 0, item.width, item.height});
  if (!item.note.empty()) text += "\n  note   " + item.note;
  return text;
}

// FOLDER/NAME.tmk, after the file's own name. A file that is there is left as it is.
// Errors: conflict when it holds other bytes; unavailable.
Status keep_tmk(const std::string& folder, const std::string& path,
                std::span<const uint8_t> bytes) {
  const auto name = std::filesystem::path(path).stem().string() + ".tmk";
  const std::string target = (std::filesystem::path(folder) / name).string();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> made(std::fopen(target.c_str(), "wbx"),
                                                             &std::fclose);
  if (made) {
    const bool whole = std::fwrite(bytes.data(), 1, bytes.size(), made.get()) == bytes.size();
    if (whole && std::fflush(made.get()) == 0) return {};
    std::remove(target.c_str());
  }
  std::ifstream there(target, std::ios::binary);
  if (made || !there) return Error{ErrorCode::kUnavailable, "cannot write " + printable(target)};
  const std::vector<char> found((std::istreambuf_iterator<char>(there)), {});
  if (std::equal(found.begin(), found.end(), bytes.begin(), bytes.end(),
                 [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; }))
    return {};
  return Error{ErrorCode::kConflict,
               printable(target) + " is there already, of another video; move it away"};
}

// Frames of the video are asked for as far as what is printed needs them.
DecodeWants wants_to_hash(const HashRequest& request) {
  DecodeWants wants = weir::wants_to_hash();
  if (!request.tmk_folder.empty()) wants.kinds.push_back(SignalKind::kTmk);
  return wants;
}

}  // namespace

Result<int> hash_verb(const Common& common, const HashRequest& request) {
  const Config config = TRY(load_config(common));
  const std::unique_ptr<Decoder> decoder = TRY(start_decoder(config));
  const DecodeWants wants = wants_to_hash(request);
  FileRun run{common, decoder->callers(),
              [&](const std::string& path, const DecodeProgress& progress) -> Result<Answer> {
                const ItemSignals item = TRY(decoder->decode_file(path, wants, progress));
                const auto tmk = value_of(item.signals, SignalKind::kTmk);
                if (!tmk.empty()) TRY(keep_tmk(request.tmk_folder, path, tmk));
                return Answer{shape_of(item), text_of(item), ""};
              }};
  return run_files(run, request.paths);
}

}  // namespace weir
