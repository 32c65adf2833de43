// SPDX-License-Identifier: Apache-2.0
#pragma once

// clang-format off
#include <cstdio>
#include <jpeglib.h>  // forgets <cstdio>
// clang-format on

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "weir/base/pixels.h"

// Pictures of benches to files and back, without the sandbox. Files are trusted: damage ends the
// program.
namespace weir::bench {

// In RGB, or the luma plane alone: JCS_RGB, JCS_GRAYSCALE.
inline Pixels decode_jpeg(const std::vector<uint8_t>& file, J_COLOR_SPACE space = JCS_RGB) {
  jpeg_decompress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, file.data(), file.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = space;
  jpeg_start_decompress(&jpeg);
  const auto channels = static_cast<uint32_t>(jpeg.output_components);
  Pixels picture{{}, jpeg.output_width, jpeg.output_height, channels};
  const size_t stride = size_t{picture.width} * picture.channels;
  picture.samples.resize(stride * picture.height);
  while (jpeg.output_scanline < jpeg.output_height) {
    uint8_t* row = picture.samples.data() + stride * jpeg.output_scanline;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return picture;
}

// `picture` has 3 channels.
inline std::vector<uint8_t> encode_jpeg(const PixelView& picture, int quality) {
  jpeg_compress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = picture.width;
  jpeg.image_height = picture.height;
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < picture.height) {
    auto* row = const_cast<uint8_t*>(picture.row(jpeg.next_scanline));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::vector<uint8_t> file(bytes, bytes + size);
  std::free(bytes);
  return file;
}

// By the mean of what falls into each new pixel; a picture that is small enough stays as it is.
inline Pixels shrunk(Pixels picture, uint32_t side) {
  const uint32_t longer = std::max(picture.width, picture.height);
  if (longer <= side) return picture;
  const auto place = [&](uint32_t i) { return uint32_t(uint64_t{i} * longer / side); };
  Pixels out{{},
             uint32_t(uint64_t{picture.width} * side / longer),
             uint32_t(uint64_t{picture.height} * side / longer),
             picture.channels};
  for (uint32_t y = 0; y < out.height; ++y)
    for (uint32_t x = 0; x < out.width; ++x)
      for (uint32_t c = 0; c < out.channels; ++c) {
        uint32_t sum = 0, count = 0;
        for (uint32_t v = place(y); v < std::min(place(y + 1), picture.height); ++v)
          for (uint32_t u = place(x); u < std::min(place(x + 1), picture.width); ++u, ++count)
            sum += picture.samples[(size_t{v} * picture.width + u) * picture.channels + c];
        out.samples.push_back(uint8_t(count > 0 ? sum / count : 0));
      }
  return out;
}

}  // namespace weir::bench
