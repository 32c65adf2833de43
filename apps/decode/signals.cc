// SPDX-License-Identifier: Apache-2.0
#include "apps/decode/signals.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "apps/decode/video_signals.h"
#include "weir/hash/features/local_features.h"
#include "weir/hash/picture/content_box.h"
#include "weir/hash/picture/framed_parts.h"
#include "weir/hash/picture/pdq.h"
#include "weir/media/picture/image.h"
#include "weir/media/video/video.h"
#include "weir/signal/features_codec.h"
#include "weir/signal/turned.h"

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
  const auto add = [&](const PixelView& picture, const Rect& region, PicturePart part) {
    const PdqDihedral hash = pdq_dihedral(picture.crop(region));
    out.pictures.push_back(
        {hash.dihedral, hash.quality, region, part, frame.time, hash.information});
    out.is_uncertain |= hash.uncertain_bits > kTooUncertain;
  };
  const PixelView view = frame.pixels.view();
  const Rect whole{0, 0, view.width, view.height};
  // As others hash it who drop alpha: the first, so that it is what is compared with theirs.
  if (!frame.beneath.samples.empty()) add(frame.beneath.view(), whole, PicturePart::kWhole);
  add(view, whole, PicturePart::kWhole);
  Rect box = shown_box(frame);
  if (const auto inner = content_box(view.crop(box)))
    box = {box.x + inner->x, box.y + inner->y, inner->width, inner->height};
  if (box != whole) add(view, box, PicturePart::kContentBox);
  return out;
}

void add_framed(const Frame& frame, std::vector<PictureHash>& pictures) {
  const PixelView view = frame.pixels.view();
  for (const FramedPart& part : framed_parts(view)) {
    const PdqDihedral hash = pdq_dihedral(part.straight.view());
    pictures.push_back({hash.dihedral, hash.quality,
                        box_around(part.outline, view.width, view.height), PicturePart::kFramed,
                        frame.time, hash.information});
  }
}

// The luma plane is as good as R, G, B for all but pictures of little contrast, where the rounding
// decides: only those are decoded again, in colour.
Result<std::vector<PictureHash>> hash_frames(DecodedImage image, bool framed,
                                             std::span<const uint8_t> file, const Limits& limits) {
  std::vector<PictureHash> all, parts;
  if (framed && !image.frames.empty()) add_framed(image.frames[0], parts);
  for (Frame& frame : image.frames) {
    FrameHashes found = hash_frame(frame);
    if (found.is_uncertain && image.is_luma_plane) {
      frame.pixels = {};  // there need not be memory for both
      const auto coloured = decode_image(file, limits, JpegColours::kDecoded);
      if (coloured) found = hash_frame(coloured->frames[0]);  // else the luma must do
    }
    all.insert(all.end(), found.pictures.begin(), found.pictures.end());
  }
  all.insert(all.end(), parts.begin(), parts.end());
  return all;
}

constexpr size_t kHead = 4096;  // says whether a file is a picture

// Private memory with the file's bytes: nobody can change or cut them while they are decoded.
Result<std::vector<uint8_t>> read_whole(ByteSource& file, const Limits& limits) {
  if (file.size() > limits.file_bytes)
    return Error{ErrorCode::kLimit,
                 "the file has " + std::to_string(file.size()) + " bytes, more than the " +
                     std::to_string(limits.file_bytes) + " that limits.file_mib allows a picture"};
  std::vector<uint8_t> bytes(file.size());
  bytes.resize(TRY(file.read(0, bytes)));
  return bytes;
}

void add_pictures(const std::vector<PictureHash>& pictures, const DecodeWants& wants,
                  ItemSignals& item) {
  for (const PictureHash& picture : pictures)
    if (wants.has(SignalKind::kPdq)) item.signals.push_back(pdq_signal(picture));
  for (const PictureHash& picture : pictures)
    if (wants.has(SignalKind::kPdqTurned)) item.signals.push_back(turned_signal(picture));
}

Status add_picture(std::span<const uint8_t> file, const DecodeWants& wants, const Limits& limits,
                   ItemSignals& item) {
  DecodedImage image = TRY(decode_image(file, limits));
  item.format = std::move(image.format);
  item.width = image.width;
  item.height = image.height;
  item.frames = image.frame_count;
  item.note = std::move(image.note);
  Signal features;
  features.kind = SignalKind::kFeatures;
  if (wants.has(SignalKind::kFeatures) && !image.frames.empty())
    features.value = encode_features(local_features(image.frames[0].pixels.view(), wants.features,
                                                    image.frames[0].shown.view()));
  if (wants.has(SignalKind::kPdq) || wants.has(SignalKind::kPdqTurned))
    add_pictures(TRY(hash_frames(std::move(image), wants.framed, file, limits)), wants, item);
  if (!features.value.empty()) item.signals.push_back(std::move(features));
  if (wants.preview_side > 0)
    item.preview_jpeg = TRY(preview_jpeg(file, limits, wants.preview_side));
  return {};
}

}  // namespace

Result<ItemSignals> compute_signals(ByteSource& file, const DecodeWants& wants,
                                    const Limits& limits, const DecodeProgress& say) {
  ItemSignals item;
  item.bytes = file.size();
  std::vector<uint8_t> head(std::min<uint64_t>(kHead, file.size()));
  head.resize(TRY(file.read(0, head)));
  const FirstBytes looks = look_at(head);
  const bool wants_picture = wants.has_any(SignalOf::kPicture) || wants.preview_side > 0;
  const bool wants_video = wants.has_any(SignalOf::kVideo);

  if (looks == FirstBytes::kOther && wants_video) {
    TRY(add_video(file, wants, limits, say, item));
    return item;
  }
  // Pictures are read once: what is hashed is what is decoded.
  const std::vector<uint8_t> bytes = TRY(read_whole(file, limits));
  MemorySource memory(bytes);
  const bool may_move = looks == FirstBytes::kAnimation && wants_video;
  if (wants_picture || may_move) TRY(add_picture(bytes, wants, limits, item));
  // Of these formats no decoder of pictures counts the frames.
  const bool is_uncounted = item.format == "png" || item.format == "avif" || item.format == "heic";
  if (may_move && is_uncounted) {
    // What is a picture in any case stays one, whatever else the file claims to hold.
    ItemSignals moving = item;
    const Status video = add_video(memory, wants, limits, say, moving);
    if (item.format == "png") {
      TRY(video);
    } else {
      moving.format = item.format;  // not that of the container of its track
    }
    if (video) return moving;
    item.note += (item.note.empty() ? "" : "; ") +
                 ("its pictures in sequence are not looked at: " + video.error().message);
  } else if (may_move && item.frames > 1) {
    TRY(add_video(memory, wants, limits, say, item));
  }
  return item;
}

}  // namespace weir
