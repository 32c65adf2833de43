// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>

#include "apps/weir/file_run.h"
#include "apps/weir/home.h"
#include "apps/weir/verbs.h"
#include "apps/weir/words.h"
#include "server/flow/match.h"
#include "weir/base/hex.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

constexpr int kVpdqQuality = 50;  // below which a frame is not matched

std::string text_of(const VideoSignals& video) {
  std::string text;
  if (!video.vpdq.empty()) {
    const auto good = std::count_if(video.vpdq.begin(), video.vpdq.end(), [](const auto& frame) {
      return frame.quality >= kVpdqQuality;
    });
    text += fmt::format("\n  vpdq   {} frames, {} of them of a quality that is matched",
                        video.vpdq.size(), good);
  }
  if (!video.tmk.empty()) text += fmt::format("\n  tmk    {} bytes", video.tmk.size());
  return text;
}

std::string text_of(const ItemSignals& item) {
  std::string text = fmt::format("{} {}x{}", item.format, item.width, item.height);
  if (item.video) text += fmt::format("  {}", words_of(*item.video));
  text += fmt::format("\n  sha256 {}\n  md5    {}", to_hex(item.sha256), to_hex(item.md5));
  const Rect whole{0, 0, item.width, item.height};
  for (const PictureHash& picture : item.pictures) {
    text += fmt::format("\n  pdq    {}  quality {}", to_hex(picture.dihedral[0]), picture.quality);
    if (picture.region != whole)
      text += fmt::format(", of {}x{} at {},{}", picture.region.width, picture.region.height,
                          picture.region.x, picture.region.y);
    if (picture.time.count() != 0)
      text += fmt::format(", at {:.2f} s", static_cast<double>(picture.time.count()) / 1e6);
    if (picture.quality < kPdqMatchableQuality) text += ": too low to be matched";
  }
  if (item.video) text += text_of(*item.video);
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
  wants.tmk = !request.tmk_folder.empty();
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
                if (item.video && !item.video->tmk.empty())
                  TRY(keep_tmk(request.tmk_folder, path, item.video->tmk));
                return Answer{shape_of(item), text_of(item), ""};
              }};
  return run_files(run, request.paths);
}

}  // namespace weir
