// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/heif_codec.h"

#include <cassert>
#include <cstring>
#include <exception>
#include <memory>
#include <vector>

#include "weir/media/video/av_own.h"
#include "weir/media/video/av_picture.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace weir::media {
namespace {

thread_local HeifBudget* budget_of_this_thread = nullptr;

constexpr heif_error kDone{heif_error_Ok, heif_suberror_Unspecified, "done"};
constexpr heif_error kFailed{heif_error_Decoder_plugin_error, heif_suberror_Unspecified,
                             "the coded picture cannot be decoded"};

struct FreeImage {
  void operator()(heif_image* image) const { heif_image_release(image); }
};

// One coded picture, collected by push_data() and decoded once.
struct CodedPicture {
  AVCodecID id = AV_CODEC_ID_NONE;
  std::vector<uint8_t> bytes;
};

// libheif gives NAL units behind 4-byte lengths; FFmpeg, told nothing else, expects start codes.
bool lengths_to_start_codes(std::vector<uint8_t>& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    if (bytes.size() - at < 4) return false;
    const uint32_t length = uint32_t{bytes[at]} << 24 | uint32_t{bytes[at + 1]} << 16 |
                            uint32_t{bytes[at + 2]} << 8 | uint32_t{bytes[at + 3]};
    if (length > bytes.size() - at - 4) return false;
    const uint8_t kStartCode[] = {0, 0, 0, 1};
    std::memcpy(bytes.data() + at, kStartCode, sizeof kStartCode);
    at += 4 + length;
  }
  return true;
}

bool copy_plane(heif_image* image, heif_channel channel, const AVFrame& from, int plane, int width,
                int height, int bits) {
  if (heif_image_add_plane(image, channel, width, height, bits).code != heif_error_Ok) return false;
  int stride = 0;
  uint8_t* to = heif_image_get_plane(image, channel, &stride);
  if (!to) return false;
  const size_t row_bytes = static_cast<size_t>(width) * (bits > 8 ? 2 : 1);
  for (int y = 0; y < height; ++y)
    std::memcpy(to + ptrdiff_t{y} * stride, from.data[plane] + ptrdiff_t{y} * from.linesize[plane],
                row_bytes);
  return true;
}

// How libheif is to turn the samples into RGB, where the container does not say so itself. libheif
// ignores numbers that it does not know.
void set_colour(heif_image* image, const AVFrame& from) {
  heif_color_profile_nclx* profile = heif_nclx_color_profile_alloc();
  if (!profile) return;
  heif_nclx_color_profile_set_color_primaries(profile, number_in(from.color_primaries));
  heif_nclx_color_profile_set_transfer_characteristics(profile, number_in(from.color_trc));
  heif_nclx_color_profile_set_matrix_coefficients(profile, number_in(from.colorspace));
  profile->full_range_flag = number_in(from.color_range) == AVCOL_RANGE_JPEG;
  heif_image_set_nclx_color_profile(image, profile);
  heif_nclx_color_profile_free(profile);
}

// Planar 4:0:0, 4:2:0, 4:2:2 and 4:4:4 of 8 to 16 bits; G, B, R planes are 4:4:4 with matrix 0.
heif_image* to_heif(const AVFrame& from) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(from.format));
  if (!format || (format->nb_components != 1 && format->nb_components != 3)) return nullptr;
  constexpr uint64_t kUnfit = AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM |
                              AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_FLOAT;
  const bool is_grey = format->nb_components == 1;
  if (format->flags & kUnfit || (!is_grey && !(format->flags & AV_PIX_FMT_FLAG_PLANAR)))
    return nullptr;
  const heif_chroma chroma = is_grey                 ? heif_chroma_monochrome
                             : format->log2_chroma_h ? heif_chroma_420
                             : format->log2_chroma_w ? heif_chroma_422
                                                     : heif_chroma_444;
  heif_image* made = nullptr;
  if (heif_image_create(from.width, from.height,
                        is_grey ? heif_colorspace_monochrome : heif_colorspace_YCbCr, chroma, &made)
          .code != heif_error_Ok)
    return nullptr;
  std::unique_ptr<heif_image, FreeImage> image(made);
  const int bits = format->comp[0].depth;
  bool is_copied = copy_plane(made, heif_channel_Y, from, 0, from.width, from.height, bits);
  if (!is_grey) {
    const int width = AV_CEIL_RSHIFT(from.width, format->log2_chroma_w);
    const int height = AV_CEIL_RSHIFT(from.height, format->log2_chroma_h);
    is_copied = is_copied && copy_plane(made, heif_channel_Cb, from, 1, width, height, bits) &&
                copy_plane(made, heif_channel_Cr, from, 2, width, height, bits);
    set_colour(made, from);
  }
  return is_copied ? image.release() : nullptr;
}

int supports(heif_compression_format format) {
  constexpr int kAboveAllOthers = 1000;  // theirs are 100 to 150
  return format == heif_compression_HEVC || format == heif_compression_AV1 ? kAboveAllOthers : 0;
}

// The plug-in is not told for which format it is asked: HEVC data starts with the length of a NAL
// unit (a first byte of 0), AV1 data with the header of an OBU (never 0 for a type that may stand
// first). push_data() decides by that.
heif_error new_decoder(void** decoder) try {
  *decoder = std::make_unique<CodedPicture>().release();  // free_decoder() takes it back
  return kDone;
} catch (const std::exception&) {
  return kFailed;
}

void free_decoder(void* decoder) {
  const std::unique_ptr<CodedPicture> owned(static_cast<CodedPicture*>(decoder));
}

heif_error push_data(void* decoder, const void* data, size_t size) {
  auto& coded = *static_cast<CodedPicture*>(decoder);
  const auto* bytes = static_cast<const uint8_t*>(data);
  try {
    coded.bytes.insert(coded.bytes.end(), bytes, bytes + size);
  } catch (const std::exception&) {
    return kFailed;
  }
  if (!coded.bytes.empty()) coded.id = coded.bytes[0] == 0 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_AV1;
  return kDone;
}

heif_error decode(CodedPicture& coded, heif_image** out) {
  HeifBudget* budget = HeifBudget::current();
  assert(budget && "libheif decodes outside decode_heif()");
  if (coded.id == AV_CODEC_ID_NONE) return kFailed;  // a picture of no bytes
  if (coded.id == AV_CODEC_ID_HEVC && !lengths_to_start_codes(coded.bytes)) return kFailed;
  auto picture = decode_av_picture(coded.id, coded.bytes, budget->pixels_left());
  if (!picture) {
    budget->stopped = picture.error();
    return kFailed;
  }
  budget->spend(uint64_t{static_cast<uint32_t>((*picture)->width)} *
                static_cast<uint32_t>((*picture)->height));
  *out = to_heif(**picture);
  return *out ? kDone : kFailed;
}

heif_error decode_image(void* decoder, heif_image** out) {
  try {
    return decode(*static_cast<CodedPicture*>(decoder), out);
  } catch (const std::exception&) {
    return kFailed;
  }
}

}  // namespace

HeifBudget::HeifBudget(uint64_t pixels) : pixels_left_(pixels) {
  assert(!budget_of_this_thread);
  budget_of_this_thread = this;
}

HeifBudget::~HeifBudget() {
  budget_of_this_thread = nullptr;
}

HeifBudget* HeifBudget::current() {
  return budget_of_this_thread;
}

const heif_decoder_plugin& heif_codec() {
  static constexpr heif_decoder_plugin kCodec{
      .plugin_api_version = 3,
      .get_plugin_name = [] { return "FFmpeg"; },
      .init_plugin = nullptr,
      .deinit_plugin = nullptr,
      .does_support_format = supports,
      .new_decoder = new_decoder,
      .free_decoder = free_decoder,
      .push_data = push_data,
      .decode_image = decode_image,
      .set_strict_decoding = [](void*, int) {},
      .id_name = "weir",
  };
  return kCodec;
}

}  // namespace weir::media
