// SPDX-License-Identifier: Apache-2.0
#include "apps/decode/signals.h"

#include <utility>

#include "weir/hash/content_box.h"
#include "weir/hash/digest.h"
#include "weir/hash/pdq.h"
#include "weir/media/image.h"

namespace weir {
namespace {

PictureHash hash_region(const Frame& frame, const Rect& region, bool is_content_box) {
  const PdqDihedral hash = pdq_dihedral(frame.pixels.view().crop(region));
  return {hash.dihedral, hash.quality, region, is_content_box, frame.time};
}

void add_frame(ItemSignals& item, const Frame& frame) {
  const Rect whole{0, 0, frame.pixels.width, frame.pixels.height};
  item.pictures.push_back(hash_region(frame, whole, false));
  if (const auto box = content_box(frame.pixels.view()))
    item.pictures.push_back(hash_region(frame, *box, true));
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
  if (wants.pdq || wants.preview_side > 0) {
    DecodedImage image = TRY(decode_image(file, limits));
    item.format = std::move(image.format);
    item.width = image.width;
    item.height = image.height;
    item.frames = image.frame_count;
    item.note = std::move(image.note);
    if (wants.pdq)
      for (const Frame& frame : image.frames) add_frame(item, frame);
  }
  if (wants.preview_side > 0)
    item.preview_jpeg = TRY(preview_jpeg(file, limits, wants.preview_side));
  return item;
}

}  // namespace weir
