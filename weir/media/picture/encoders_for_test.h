// SPDX-License-Identifier: Apache-2.0
//
// Files of every format, made in memory for tests, and pictures to put into them.
#pragma once

#include <jxl/encode.h>
#include <libheif/heif.h>
#include <vips/vips.h>
#include <webp/encode.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

// jpeglib.h wants FILE and size_t declared before it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include "weir/base/pixels.h"

namespace weir::media {

using FileBytes = std::vector<uint8_t>;

// Smooth, so that lossy formats keep it well, and different under each of the eight orientations.
inline Pixels test_picture(uint32_t width, uint32_t height, uint32_t channels) {
  Pixels picture{{}, width, height, channels};
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x)
      for (uint32_t c = 0; c < channels; ++c) {
        const double u = double(x) / width, v = double(y) / height;
        const double wave = std::sin(3.0 * u + 5.0 * v * v + 1.3 * c) * 60;
        picture.samples.push_back(static_cast<uint8_t>(110 + 50 * u - 30 * v + wave));
      }
  return picture;
}

// The PSNR in decibels; 99 when equal. Pictures of other sizes are infinitely unlike.
inline double likeness(const Pixels& a, const Pixels& b) {
  if (a.width != b.width || a.height != b.height || a.channels != b.channels) return 0;
  double squares = 0;
  for (size_t i = 0; i < a.samples.size(); ++i) {
    const double off = double(a.samples[i]) - double(b.samples[i]);
    squares += off * off;
  }
  return squares == 0 ? 99 : 10 * std::log10(255.0 * 255.0 * double(a.samples.size()) / squares);
}

inline Pixels luma_of(const Pixels& rgb) {
  Pixels luma{{}, rgb.width, rgb.height, 1};
  for (size_t i = 0; i < rgb.samples.size(); i += 3)
    luma.samples.push_back(static_cast<uint8_t>(std::lround(
        0.299 * rgb.samples[i] + 0.587 * rgb.samples[i + 1] + 0.114 * rgb.samples[i + 2])));
  return luma;
}

struct JpegOptions {
  J_COLOR_SPACE in = JCS_RGB;
  J_COLOR_SPACE stored = JCS_YCbCr;
  int channels = 3;
  int quality = 95;
  bool is_progressive = false;
  bool is_arithmetic = false;
  int restart_rows = 0;
  int orientation = 0;           // 0: no EXIF
  bool has_adobe_marker = true;  // where libjpeg writes one
  std::vector<uint8_t> profile = {};
};

inline FileBytes exif_block(int orientation, bool is_big_endian) {
  if (is_big_endian)
    return {'E', 'x', 'i', 'f',  0,    0, 'M', 'M', 0, 42, 0, 0, 0,
            8,   0,   1,   0x01, 0x12, 0, 3,   0,   0, 0,  1, 0, static_cast<uint8_t>(orientation),
            0,   0,   0,   0,    0,    0};
  return {'E', 'x',  'i',  'f', 0,
          0,   'I',  'I',  42,  0,
          8,   0,    0,    0,   1,
          0,   0x12, 0x01, 3,   0,
          1,   0,    0,    0,   static_cast<uint8_t>(orientation),
          0,   0,    0,    0,   0,
          0,   0};
}

inline FileBytes jpeg_file(const std::vector<uint8_t>& samples, uint32_t width, uint32_t height,
                           const JpegOptions& options = {}) {
  jpeg_compress_struct compress;
  jpeg_error_mgr errors;
  compress.err = jpeg_std_error(&errors);
  jpeg_create_compress(&compress);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&compress, &bytes, &size);
  compress.image_width = width;
  compress.image_height = height;
  compress.input_components = options.channels;
  compress.in_color_space = options.in;
  jpeg_set_defaults(&compress);
  jpeg_set_colorspace(&compress, options.stored);
  jpeg_set_quality(&compress, options.quality, TRUE);
  if (options.is_progressive) jpeg_simple_progression(&compress);
  compress.arith_code = options.is_arithmetic;
  if (!options.has_adobe_marker) compress.write_Adobe_marker = FALSE;
  compress.restart_in_rows = options.restart_rows;
  jpeg_start_compress(&compress, TRUE);
  if (options.orientation) {
    const FileBytes exif = exif_block(options.orientation, options.orientation % 2);
    jpeg_write_marker(&compress, JPEG_APP0 + 1, exif.data(), static_cast<unsigned>(exif.size()));
  }
  if (!options.profile.empty()) {
    constexpr uint8_t kName[] = {'I', 'C', 'C', '_', 'P', 'R', 'O', 'F', 'I', 'L', 'E', 0, 1, 1};
    FileBytes marker(std::begin(kName), std::end(kName));
    marker.insert(marker.end(), options.profile.begin(), options.profile.end());
    jpeg_write_marker(&compress, JPEG_APP0 + 2, marker.data(),
                      static_cast<unsigned>(marker.size()));
  }
  while (compress.next_scanline < height) {
    auto* row = const_cast<uint8_t*>(samples.data()) +
                size_t{compress.next_scanline} * width * options.channels;
    jpeg_write_scanlines(&compress, &row, 1);
  }
  jpeg_finish_compress(&compress);
  jpeg_destroy_compress(&compress);
  FileBytes file(bytes, bytes + size);
  std::free(bytes);
  return file;
}

inline FileBytes jpeg_file(const Pixels& picture, JpegOptions options = {}) {
  options.channels = static_cast<int>(picture.channels);
  if (picture.channels == 1) options.in = options.stored = JCS_GRAYSCALE;
  return jpeg_file(picture.samples, picture.width, picture.height, options);
}

// By libvips: `suffix` with options, such as ".png[interlace]"; `prepare` may change the picture.
template <class Sample>
FileBytes vips_file(const std::vector<Sample>& samples, uint32_t width, uint32_t height, int bands,
                    VipsBandFormat format, VipsInterpretation meaning, const std::string& suffix,
                    const std::function<void(VipsImage*)>& prepare = {}) {
  VipsImage* raw =
      vips_image_new_from_memory(samples.data(), samples.size() * sizeof(Sample),
                                 static_cast<int>(width), static_cast<int>(height), bands, format);
  VipsImage* image = nullptr;
  vips_copy(raw, &image, "interpretation", meaning, nullptr);
  if (prepare) prepare(image);
  void* bytes = nullptr;
  size_t size = 0;
  FileBytes file;
  if (vips_image_write_to_buffer(image, suffix.c_str(), &bytes, &size, nullptr) == 0)
    file.assign(static_cast<uint8_t*>(bytes), static_cast<uint8_t*>(bytes) + size);
  else
    std::fprintf(stderr, "%s", vips_error_buffer()), vips_error_clear();
  g_free(bytes);
  g_object_unref(image);
  g_object_unref(raw);
  return file;
}

inline FileBytes vips_file(const Pixels& picture, const std::string& suffix,
                           const std::function<void(VipsImage*)>& prepare = {}) {
  return vips_file(picture.samples, picture.width, picture.height,
                   static_cast<int>(picture.channels), VIPS_FORMAT_UCHAR,
                   picture.channels == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB,
                   suffix, prepare);
}

inline std::function<void(VipsImage*)> with_orientation(int orientation) {
  return [=](VipsImage* image) { vips_image_set_int(image, VIPS_META_ORIENTATION, orientation); };
}

// A chunk right after the header, which always ends at byte 33. Its checksum is wrong: it is read
// here, and not by libpng.
inline FileBytes png_with(FileBytes png, const std::string& type, const FileBytes& content) {
  FileBytes chunk{0, 0, 0, static_cast<uint8_t>(content.size())};
  chunk.insert(chunk.end(), type.begin(), type.end());
  chunk.insert(chunk.end(), content.begin(), content.end());
  chunk.insert(chunk.end(), 4, 0);
  png.insert(png.begin() + 33, chunk.begin(), chunk.end());
  return png;
}

inline FileBytes png_with_exif(FileBytes png, int orientation) {
  const FileBytes exif = exif_block(orientation, orientation % 2);
  return png_with(std::move(png), "eXIf", {exif.begin() + 6, exif.end()});
}

// An animation whose frame k is all of grey shade(k).
inline uint8_t shade(uint32_t frame) {
  return static_cast<uint8_t>(10 + frame * 23 % 240);
}

inline FileBytes jxl_animation(const Pixels& tall, uint32_t frames, int delay_ms);

inline FileBytes animation_file(const std::string& suffix, uint32_t frames, uint32_t side,
                                int delay_ms) {
  Pixels tall{{}, side, side * frames, 3};
  for (uint32_t k = 0; k < frames; ++k)
    tall.samples.insert(tall.samples.end(), size_t{side} * side * 3, shade(k));
  if (suffix == ".jxl") return jxl_animation(tall, frames, delay_ms);
  return vips_file(tall, suffix, [=](VipsImage* image) {
    vips_image_set_int(image, VIPS_META_PAGE_HEIGHT, static_cast<int>(side));
    const std::vector<int> delays(frames, delay_ms);
    vips_image_set_array_int(image, "delay", delays.data(), static_cast<int>(frames));
  });
}

inline FileBytes webp_file(const Pixels& picture) {
  uint8_t* bytes = nullptr;
  const size_t size = WebPEncodeLosslessRGB(picture.samples.data(), static_cast<int>(picture.width),
                                            static_cast<int>(picture.height),
                                            static_cast<int>(picture.width * 3), &bytes);
  FileBytes file(bytes, bytes + size);
  WebPFree(bytes);
  return file;
}

inline FileBytes written(heif_context* context) {
  FileBytes file;
  heif_writer writer{1, [](heif_context*, const void* data, size_t size, void* to) {
                       const auto* from = static_cast<const uint8_t*>(data);
                       static_cast<FileBytes*>(to)->assign(from, from + size);
                       return heif_error{heif_error_Ok, heif_suberror_Unspecified, ""};
                     }};
  heif_context_write(context, &writer, &file);
  return file;
}

// HEIC or AVIF by libheif's encoders. `has_alpha`: samples are R, G, B, A.
inline FileBytes heif_file(const std::vector<uint8_t>& samples, int width, int height,
                           bool has_alpha, heif_compression_format format,
                           bool is_lossless = false) {
  heif_context* context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  heif_context_get_encoder_for_format(context, format, &encoder);
  heif_encoder_set_lossy_quality(encoder, 90);
  heif_encoder_set_lossless(encoder, is_lossless);
  heif_image* image = nullptr;
  const int bands = has_alpha ? 4 : 3;
  heif_image_create(width, height, heif_colorspace_RGB,
                    has_alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, &image);
  heif_image_add_plane(image, heif_channel_interleaved, width, height, 8);
  int stride = 0;
  uint8_t* plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  for (int y = 0; y < height; ++y)
    std::copy_n(samples.data() + size_t{1} * y * width * bands, width * bands, plane + y * stride);
  heif_image_handle* handle = nullptr;
  heif_context_encode_image(context, image, encoder, nullptr, &handle);
  const FileBytes file = written(context);
  heif_image_handle_release(handle);
  heif_image_release(image);
  heif_encoder_release(encoder);
  heif_context_free(context);
  return file;
}

// HEIC of several square pictures that stand for themselves, each of one shade.
inline FileBytes heif_burst(const std::vector<uint8_t>& shades, int side) {
  heif_context* context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder);
  for (const uint8_t shade : shades) {
    heif_image* image = nullptr;
    heif_image_create(side, side, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &image);
    heif_image_add_plane(image, heif_channel_interleaved, side, side, 8);
    int stride = 0;
    uint8_t* plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
    std::fill_n(plane, side * stride, shade);
    heif_image_handle* handle = nullptr;
    heif_context_encode_image(context, image, encoder, nullptr, &handle);
    heif_image_handle_release(handle);
    heif_image_release(image);
  }
  const FileBytes file = written(context);
  heif_encoder_release(encoder);
  heif_context_free(context);
  return file;
}

struct JxlOptions {
  bool is_lossless = true;
  int orientation = 1;
  bool is_light = false;  // the samples are light
  // Of an animation: how many frames the samples hold, one below the other, and how long each is.
  uint32_t frames = 1;
  uint32_t frame_ms = 0;
};

// long: one walk through the steps that encoding takes
inline FileBytes jxl_file(const std::vector<uint8_t>& samples, uint32_t width, uint32_t height,
                          uint32_t bands, JxlOptions options = {}) {
  JxlEncoder* encoder = JxlEncoderCreate(nullptr);
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = width;
  info.ysize = height;
  info.bits_per_sample = 8;
  info.num_color_channels = bands < 3 ? 1 : 3;
  info.num_extra_channels = info.alpha_bits ? 1 : 0;
  if (bands % 2 == 0) info.alpha_bits = 8, info.num_extra_channels = 1;
  info.uses_original_profile = options.is_lossless;
  info.orientation = static_cast<JxlOrientation>(options.orientation);
  if (options.frames > 1) {
    info.have_animation = JXL_TRUE;
    info.animation.tps_numerator = 1000;
    info.animation.tps_denominator = 1;
  }
  JxlEncoderSetBasicInfo(encoder, &info);
  JxlColorEncoding colour;
  if (options.is_light)
    JxlColorEncodingSetToLinearSRGB(&colour, bands < 3);
  else
    JxlColorEncodingSetToSRGB(&colour, bands < 3);
  JxlEncoderSetColorEncoding(encoder, &colour);
  JxlEncoderFrameSettings* settings = JxlEncoderFrameSettingsCreate(encoder, nullptr);
  JxlEncoderSetFrameLossless(settings, options.is_lossless);
  const JxlPixelFormat format{bands, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
  const size_t bytes_a_frame = samples.size() / options.frames;
  for (uint32_t i = 0; i < options.frames; ++i) {
    if (options.frames > 1) {
      JxlFrameHeader header;
      JxlEncoderInitFrameHeader(&header);
      header.duration = options.frame_ms;
      JxlEncoderSetFrameHeader(settings, &header);
    }
    JxlEncoderAddImageFrame(settings, &format, samples.data() + i * bytes_a_frame, bytes_a_frame);
  }
  JxlEncoderCloseInput(encoder);
  FileBytes file(1 << 22);
  uint8_t* next = file.data();
  size_t left = file.size();
  JxlEncoderProcessOutput(encoder, &next, &left);
  file.resize(file.size() - left);
  JxlEncoderDestroy(encoder);
  return file;
}

inline FileBytes jxl_animation(const Pixels& tall, uint32_t frames, int delay_ms) {
  return jxl_file(tall.samples, tall.width, tall.height / frames, tall.channels,
                  {.frames = frames, .frame_ms = static_cast<uint32_t>(delay_ms)});
}

inline void append_le(FileBytes& to, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

// 24 bits, or 8 with a grey palette for one channel; rows from the bottom.
inline FileBytes pnm_file(const Pixels& picture) {
  const std::string head = std::string(picture.channels == 1 ? "P5\n" : "P6\n") +
                           std::to_string(picture.width) + " " + std::to_string(picture.height) +
                           "\n255\n";
  FileBytes file(head.begin(), head.end());
  file.insert(file.end(), picture.samples.begin(), picture.samples.end());
  return file;
}

inline FileBytes bmp_file(const Pixels& picture) {
  const uint32_t palette = picture.channels == 1 ? 1024 : 0;
  const uint32_t row = (picture.width * picture.channels + 3) / 4 * 4;
  FileBytes file{'B', 'M'};
  append_le(file, 54 + palette + row * picture.height, 4);
  append_le(file, 0, 4);
  append_le(file, 54 + palette, 4);
  append_le(file, 40, 4);
  append_le(file, picture.width, 4);
  append_le(file, picture.height, 4);
  append_le(file, 1, 2);
  append_le(file, picture.channels * 8, 2);
  for (const uint32_t field : {0u, row * picture.height, 2835u, 2835u, 0u, 0u})
    append_le(file, field, 4);
  for (uint32_t i = 0; i < palette / 4; ++i) append_le(file, i * 0x010101, 4);
  for (uint32_t y = picture.height; y-- > 0;) {
    const uint8_t* in = picture.samples.data() + size_t{y} * picture.width * picture.channels;
    for (uint32_t i = 0; i < row; ++i) {
      const uint32_t c = i % 3;  // stored B, G, R
      const bool is_padding = i >= picture.width * picture.channels;
      file.push_back(is_padding ? 0 : picture.channels == 1 ? in[i] : in[i - c + 2 - c]);
    }
  }
  return file;
}

// A picture of each format that decode_image() knows, 40 x 28, by the name it should be called.
struct NamedFile {
  std::string format;
  FileBytes bytes;
  double least_likeness;  // to test_picture(40, 28, 3), or its luma
};

inline std::vector<NamedFile> one_of_each(uint32_t width = 40, uint32_t height = 28) {
  const Pixels rgb = test_picture(width, height, 3);
  const auto w = static_cast<int>(width), h = static_cast<int>(height);
  return {
      {"jpeg", jpeg_file(rgb), 38},
      {"png", vips_file(rgb, ".png"), 99},
      {"webp", webp_file(rgb), 99},
      {"gif", vips_file(rgb, ".gif"), 22},
      {"tiff", vips_file(rgb, ".tif[compression=lzw]"), 99},
      {"bmp", bmp_file(rgb), 99},
      {"pnm", pnm_file(rgb), 99},
      {"avif", heif_file(rgb.samples, w, h, false, heif_compression_AV1), 32},
      {"heic", heif_file(rgb.samples, w, h, false, heif_compression_HEVC), 32},
      {"jxl", jxl_file(rgb.samples, width, height, 3), 99},
  };
}

}  // namespace weir::media
