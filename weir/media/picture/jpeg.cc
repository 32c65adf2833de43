// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/jpeg.h"

#include <algorithm>
#include <array>
#include <utility>

#include "weir/media/limit_checks.h"
#include "weir/media/picture/jpeg_reader.h"
#include "weir/media/picture/orient.h"
#include "weir/media/tones.h"

namespace weir::media {
namespace {

// How many row pointers libjpeg gets at once; it fills one group of at most 4 a call.
constexpr uint32_t kRowsAtOnce = 16;

// (255 - ink) * (255 - black) / 255, the conversion without a colour profile that the field's tools
// use. JPEG files of four inks store 255 - ink, as Adobe's programs do and browsers and Pillow take
// for granted, whether or not Adobe's marker is there.
void cmyk_to_rgb(const uint8_t* stored, size_t width, uint8_t* rgb) {
  for (size_t x = 0; x < width; ++x, stored += 4, rgb += 3)
    for (int c = 0; c < 3; ++c)
      rgb[c] = static_cast<uint8_t>((stored[c] * uint32_t{stored[3]} + 127) / 255);
}

// Picks what libjpeg is to give. Luma alone spares the chroma planes their transform, upsampling
// and conversion, and is what PDQ is computed from.
Status choose_output(jpeg_decompress_struct& decompress, bool in_colour) {
  switch (decompress.jpeg_color_space) {
    case JCS_GRAYSCALE:
      decompress.out_color_space = JCS_GRAYSCALE;
      return {};
    case JCS_YCbCr:
      decompress.out_color_space = in_colour ? JCS_RGB : JCS_GRAYSCALE;
      return {};
    case JCS_RGB:
      decompress.out_color_space = JCS_RGB;
      return {};
    case JCS_CMYK:
    case JCS_YCCK:
      decompress.out_color_space = JCS_CMYK;
      return {};
    default:
      return Error{ErrorCode::kInvalid, "a kind of JPEG that is not read here: " +
                                            std::to_string(decompress.num_components) +
                                            " components of no known meaning"};
  }
}

// All rows as stored, not yet upright.
Result<Pixels> read_pixels(JpegReader& reader) {
  TRY(reader.start());
  jpeg_decompress_struct& decompress = reader.decompress();
  const bool is_cmyk = decompress.out_color_space == JCS_CMYK;
  Pixels pixels;
  pixels.width = decompress.output_width;
  pixels.height = decompress.output_height;
  pixels.channels = decompress.out_color_space == JCS_GRAYSCALE ? 1 : 3;
  const size_t stride = size_t{pixels.width} * pixels.channels;
  pixels.samples.resize(stride * pixels.height);
  std::vector<uint8_t> inks(is_cmyk ? size_t{pixels.width} * 4 * kRowsAtOnce : 0);

  uint32_t y = 0;
  while (y < pixels.height) {
    std::array<uint8_t*, kRowsAtOnce> rows;
    const uint32_t count = std::min(kRowsAtOnce, pixels.height - y);
    for (uint32_t i = 0; i < count; ++i)
      rows[i] = is_cmyk ? inks.data() + size_t{pixels.width} * 4 * i
                        : pixels.samples.data() + stride * (y + i);
    const uint32_t read = TRY(reader.read_rows(rows.data(), count));
    if (read == 0) return Error{ErrorCode::kCorrupt, "the JPEG data ends before the picture"};
    for (uint32_t i = 0; is_cmyk && i < read; ++i)
      cmyk_to_rgb(rows[i], pixels.width, pixels.samples.data() + stride * (y + i));
    y += read;
  }
  return pixels;
}

Result<std::string> note_on(const JpegReader& reader) {
  if (reader.rows_before_end())
    return note_missing_rows(Format::kJpeg, *reader.rows_before_end(),
                             reader.decompress().image_height);
  if (reader.is_coarse()) return std::string("truncated: the last scans, fine detail, are missing");
  if (reader.is_damaged())
    return std::string("damaged: the JPEG data has errors, part of the picture may be wrong");
  return std::string();
}

Result<Pixels> decode_reduced(std::span<const uint8_t> bytes, const Limits& limits, uint32_t side,
                              bool in_colour) {
  JpegReader reader(bytes, limits);
  TRY(reader.read_header());
  jpeg_decompress_struct& decompress = reader.decompress();
  TRY(choose_output(decompress, in_colour));
  const uint32_t longest = std::max(decompress.image_width, decompress.image_height);
  decompress.scale_denom = 8;
  decompress.scale_num = 1;
  while (decompress.scale_num < 8 && uint64_t{longest} * decompress.scale_num < uint64_t{side} * 8)
    decompress.scale_num *= 2;
  const Tones tones = tones_of_icc(reader.profile());
  Pixels stored = TRY(read_pixels(reader));
  show(tones, stored);
  return upright(std::move(stored), reader.orientation());
}

}  // namespace

Result<DecodedImage> decode_jpeg(std::span<const uint8_t> bytes, const Limits& limits,
                                 JpegColours colours) {
  JpegReader reader(bytes, limits);
  TRY(reader.read_header());
  const bool is_cmyk = reader.decompress().num_components == 4;
  const Tones tones = is_cmyk ? Tones() : tones_of_icc(reader.profile());
  // Luma of other samples than a screen's is not what people see of the colours.
  TRY(choose_output(reader.decompress(), colours == JpegColours::kDecoded || !tones.empty()));
  reader.decompress().dct_method = JDCT_ISLOW;
  Pixels stored = TRY(read_pixels(reader));
  show(tones, stored);

  DecodedImage image;
  image.note = TRY(note_on(reader));
  image.is_luma_plane = reader.decompress().jpeg_color_space == JCS_YCbCr &&
                        reader.decompress().out_color_space == JCS_GRAYSCALE;
  image.frames.push_back({upright(std::move(stored), reader.orientation()), {}});
  image.width = image.frames[0].pixels.width;
  image.height = image.frames[0].pixels.height;
  return image;
}

// Sampling that libjpeg cannot do of the colours need not hinder the luma.
Result<Pixels> decode_jpeg_reduced(std::span<const uint8_t> bytes, const Limits& limits,
                                   uint32_t side) {
  Result<Pixels> coloured = decode_reduced(bytes, limits, side, true);
  if (coloured || coloured.error().code != ErrorCode::kCorrupt) return coloured;
  return decode_reduced(bytes, limits, side, false);
}

}  // namespace weir::media
