// SPDX-License-Identifier: Apache-2.0
#include "apps/decode/signals.h"

#include <utility>
#include <vector>

#include "weir/hash/content_box.h"
#include "weir/hash/digest.h"
#include "weir/hash/local_features.h"
#include "weir/hash/pdq.h"
#include "weir/media/image.h"

namespace weir {
namespace {

// Half of so many bits turn where others computed luma from rounded R, G, B: more than the 4 by
// which a JPEG's hash may differ from theirs.
constexpr int kTooUncertain = 16;

struct FrameHashes {
  std::vector<PictureHash> pictures;
  bool is_uncertain = false;
};

FrameHashes hash_frame(const Frame& frame) {
  FrameHashes out;
  const auto add = [&](const Rect& region, bool is_content_box) {
    const PdqDihedral hash = pdq_dihedral(frame.pixels.view().crop(region));
    out.pictures.push_back({hash.dihedral, hash.quality, region, is_content_box, frame.time});
    out.is_uncertain |= hash.uncertain_bits > kTooUncertain;
  };
  add({0, 0, frame.pixels.width, frame.pixels.height}, false);
  if (const auto box = content_box(frame.pixels.view())) add(*box, true);
  return out;
}

// The luma plane is as good as R, G, B for all but pictures of little contrast, where the rounding
// decides: only those are decoded again, in colour.
Result<std::vector<PictureHash>> hash_frames(DecodedImage image, std::span<const uint8_t> file,
                                             const Limits& limits) {
  std::vector<PictureHash> all;
  for (Frame& frame : image.frames) {
    FrameHashes found = hash_frame(frame);
    if (found.is_uncertain && image.is_luma_plane) {
      frame.pixels = {};  // there need not be memory for both
      const auto coloured = decode_image(file, limits, JpegColours::kDecoded);
      if (coloured) found = hash_frame(coloured->frames[0]);  // else the luma must do
    }
    all.insert(all.end(), found.pictures.begin(), found.pictures.end());
  }
  return all;
}

}  // namespace

Result<ItemSignals> compute_signals(std::span<const uint8_t> file, const DecodeWants& wants,
                                    const Limits& limits) {
  ItemSignals item;
  item.bytes = file.size();
  if (wants.sha256 || wants.md5) {
    DigestStream stream(wants.md5);
    stream.update(file);
    const Digests found = stream.finish();
    if (wants.sha256) item.sha256 = found.sha256;
    item.md5 = found.md5;
  }
  if (wants.pdq || wants.preview_side > 0 || wants.features.most > 0) {
    DecodedImage image = TRY(decode_image(file, limits));
    item.format = std::move(image.format);
    item.width = image.width;
    item.height = image.height;
    item.frames = image.frame_count;
    item.note = std::move(image.note);
    if (wants.features.most > 0 && !image.frames.empty())
      item.features = local_features(image.frames[0].pixels.view(), wants.features);
    if (wants.pdq) item.pictures = TRY(hash_frames(std::move(image), file, limits));
  }
  if (wants.preview_side > 0)
    item.preview_jpeg = TRY(preview_jpeg(file, limits, wants.preview_side));
  return item;
}

}  // namespace weir
