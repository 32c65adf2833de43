// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "apps/weir/file_run.h"
#include "apps/weir/home.h"
#include "apps/weir/verbs.h"
#include "weir/base/hex.h"

namespace weir {
namespace {

std::string text_of(const ItemSignals& item) {
  std::string text = fmt::format("{} {}x{}\n  sha256 {}\n  md5    {}", item.format, item.width,
                                 item.height, to_hex(item.sha256), to_hex(item.md5));
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
  if (!item.note.empty()) text += "\n  note   " + item.note;
  return text;
}

}  // namespace

Result<int> hash_verb(const Common& common, const HashRequest& request) {
  const Config config = TRY(load_config(common));
  const std::unique_ptr<Decoder> decoder = TRY(start_decoder(config));
  FileRun run{common, decoder->callers(), [&](const std::string& path) -> Result<Answer> {
                const ItemSignals item = TRY(decoder->decode_file(path, DecodeWants{}));
                return Answer{shape_of(item), text_of(item), ""};
              }};
  return run_files(run, request.paths);
}

}  // namespace weir
