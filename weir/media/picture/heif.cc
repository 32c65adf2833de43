// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/heif.h"

#include <libheif/heif.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "weir/media/limit_checks.h"
#include "weir/media/picture/animation.h"
#include "weir/media/picture/heif_codec.h"
#include "weir/media/picture/transparency.h"
#include "weir/media/tones.h"

namespace weir::media {
namespace {

// Coded tiles, the whole in YCbCr of 16 bits, the same in RGBA, and the result.
constexpr uint64_t kHeifBytesPerPixel = 3 + 6 + 4 + 3;

// Tiles stand over the picture's edge, and alpha is a second picture. A small one may be padded to
// one block of its codec.
constexpr uint64_t kHeifPicturesOfWork = 3;
constexpr uint64_t kBlockPixels = 256 * 256;

constexpr size_t kMostProfileBytes = 1 << 20;

struct Free {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
  void operator()(heif_image* image) const { heif_image_release(image); }
  void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Status check(Format format, heif_error error) {
  if (error.code == heif_error_Ok) return {};
  const std::string says = std::string(error.message ? error.message : "no reason given");
  if (error.code == heif_error_Memory_allocation_error ||
      error.subcode == heif_suberror_Security_limit_exceeded)
    return Error{ErrorCode::kLimit, "a limit of libheif's was reached in this " +
                                        std::string(name_of(format)) + ": " + says};
  return Error{ErrorCode::kCorrupt,
               "the " + std::string(name_of(format)) + " data is damaged: " + says};
}

Result<Layers> layers_in(Format format, const heif_image* image, bool has_alpha,
                         const Limits& limits) {
  int stride = 0;
  const uint8_t* samples = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
  const int width = heif_image_get_width(image, heif_channel_interleaved);
  const int height = heif_image_get_height(image, heif_channel_interleaved);
  if (!samples || width <= 0 || height <= 0)
    return Error{ErrorCode::kCorrupt,
                 "the " + std::string(name_of(format)) + " file has no picture"};
  // Once more: a coded picture need not have the size that the container told.
  TRY(check_size(format, static_cast<uint64_t>(width), static_cast<uint64_t>(height),
                 kHeifBytesPerPixel, limits));
  const Row first{samples,           static_cast<size_t>(width), Bands::kRgb,
                  has_alpha ? 4 : 3, has_alpha ? 3 : 0,          false};
  return layers_of(first, static_cast<uint32_t>(height), static_cast<size_t>(stride));
}

Status check_size(Format format, const heif_image_handle* handle, const Limits& limits) {
  return check_size(format, static_cast<uint64_t>(heif_image_handle_get_width(handle)),
                    static_cast<uint64_t>(heif_image_handle_get_height(handle)), kHeifBytesPerPixel,
                    limits);
}

// Transfer function 8 of ITU-T H.273 is light itself; others, and the wide ones, are left alone.
Tones tones_of(const heif_image_handle* handle) {
  heif_color_profile_nclx* coded = nullptr;
  if (heif_image_handle_get_nclx_color_profile(handle, &coded).code == heif_error_Ok) {
    const bool is_light = coded->transfer_characteristics == heif_transfer_characteristic_linear;
    heif_nclx_color_profile_free(coded);
    return is_light ? tones_of_power(1) : Tones();
  }
  std::vector<uint8_t> profile(heif_image_handle_get_raw_color_profile_size(handle));
  if (profile.empty() || profile.size() > kMostProfileBytes ||
      heif_image_handle_get_raw_color_profile(handle, profile.data()).code != heif_error_Ok)
    return {};
  return tones_of_icc(profile);
}

Result<Layers> decode_picture(Format format, heif_image_handle* handle, const Limits& limits) {
  const bool has_alpha = heif_image_handle_has_alpha_channel(handle);
  const Owned<heif_decoding_options> options(heif_decoding_options_alloc());
  options->convert_hdr_to_8bit = 1;
  HeifBudget budget(limits.pixels * kHeifPicturesOfWork + kBlockPixels);
  heif_image* decoded = nullptr;
  const heif_error error = heif_decode_image(
      handle, &decoded, heif_colorspace_RGB,
      has_alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
  const Owned<heif_image> image(decoded);
  if (error.code != heif_error_Ok && budget.stopped) return *budget.stopped;
  TRY(check(format, error));
  Layers layers = TRY(layers_in(format, decoded, has_alpha, limits));
  show(tones_of(handle), layers.colours);
  return layers;
}

// Pictures of the file that stand for themselves beside the primary one, as in a burst.
void add_others(Format format, heif_context* context, const Limits& limits, DecodedImage& result) {
  std::vector<heif_item_id> ids(
      static_cast<size_t>(std::max(0, heif_context_get_number_of_top_level_images(context))));
  const int found = heif_context_get_list_of_top_level_image_IDs(context, ids.data(),
                                                                 static_cast<int>(ids.size()));
  ids.resize(static_cast<size_t>(std::max(0, found)));
  if (ids.size() < 2) return;
  result.frame_count = static_cast<uint32_t>(ids.size());
  PagesLeft left(result.frame_count, uint64_t{result.width} * result.height, limits);
  heif_item_id first = 0;
  if (heif_context_get_primary_image_ID(context, &first).code != heif_error_Ok) return;
  uint32_t index = 0;
  for (const heif_item_id id : ids) {
    if (id == first || ++index >= kMostPages) continue;
    const auto other = [&]() -> Status {
      heif_image_handle* raw = nullptr;
      TRY(check(format, heif_context_get_image_handle(context, id, &raw)));
      const Owned<heif_image_handle> handle(raw);
      TRY(check_size(format, raw, limits));
      const auto pixels = static_cast<uint64_t>(heif_image_handle_get_width(raw)) *
                          static_cast<uint64_t>(heif_image_handle_get_height(raw));
      if (!left.take(pixels)) return {};
      result.frames.push_back(
          frame_of(TRY(decode_picture(format, raw, limits)), kUpright, {}, false));
      return {};
    };
    if (!other()) left.failed(index);
  }
  result.note = left.note();
}

}  // namespace

Result<DecodedImage> decode_heif(Format format, std::span<const uint8_t> bytes,
                                 const Limits& limits) {
  const Owned<heif_context> context(heif_context_alloc());
  if (!context)
    return Error{ErrorCode::kLimit, "decoding this picture needs more memory than there is"};
  heif_context_set_max_decoding_threads(context.get(), 0);
  TRY(check(format, heif_context_read_from_memory_without_copy(context.get(), bytes.data(),
                                                               bytes.size(), nullptr)));
  heif_image_handle* primary = nullptr;
  TRY(check(format, heif_context_get_primary_image_handle(context.get(), &primary)));
  const Owned<heif_image_handle> handle(primary);
  TRY(check_size(format, primary, limits));

  DecodedImage result;
  result.frames.push_back(
      frame_of(TRY(decode_picture(format, primary, limits)), kUpright, {}, true));
  result.width = result.frames[0].pixels.width;
  result.height = result.frames[0].pixels.height;
  add_others(format, context.get(), limits, result);
  return result;
}

Status init_heif() {
  const heif_error error = heif_register_decoder_plugin(&heif_codec());
  if (error.code != heif_error_Ok)
    return Error{ErrorCode::kUnavailable, "libheif did not take the codecs"};
  heif_context_free(heif_context_alloc());  // the first one looks for plug-ins
  return {};
}

}  // namespace weir::media
