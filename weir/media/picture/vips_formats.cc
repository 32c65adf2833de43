// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/vips_formats.h"

// vector.h is not among the headers of vips.h, and needs it.
// clang-format off
#include <vips/vips.h>
#include <vips/vector.h>
// clang-format on

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "weir/media/limit_checks.h"
#include "weir/media/picture/animation.h"
#include "weir/media/picture/orient.h"
#include "weir/media/picture/png_chunks.h"
#include "weir/media/picture/transparency.h"
#include "weir/media/tones.h"

namespace weir::media {
namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
using Image = std::unique_ptr<VipsImage, Unref>;
using Region = std::unique_ptr<VipsRegion, Unref>;

// Colours and alpha, beside one interlaced PNG of 16-bit RGBA that libvips must hold whole.
constexpr uint64_t kVipsBytesPerPixel = 3 + 1 + 8;

// libvips makes PNG and GIF rows in strips of this height; asking for the same spares it a cache.
constexpr int kStripRows = 16;

Error vips_failure(Format format) {
  std::string why = vips_error_buffer();
  vips_error_clear();
  while (!why.empty() && why.back() == '\n') why.pop_back();
  std::ranges::replace(why, '\n', ';');
  return {ErrorCode::kCorrupt, "the " + std::string(name_of(format)) + " data is damaged: " + why};
}

Status check_size(Format format, const VipsImage* image, const Limits& limits) {
  return check_size(format, static_cast<uint64_t>(vips_image_get_width(image)),
                    static_cast<uint64_t>(vips_image_get_height(image)), kVipsBytesPerPixel,
                    limits);
}

// Reads the header only; pixels follow on demand. `page` as libvips numbers frames.
Result<Image> open_page(Format format, std::span<const uint8_t> bytes, int page) {
  VipsImage* image = nullptr;
  void* data = const_cast<uint8_t*>(bytes.data());
  constexpr auto fail_on = VIPS_FAIL_ON_TRUNCATED;
  int failed = -1;
  switch (format) {
    case Format::kPng:
      failed = vips_pngload_buffer(data, bytes.size(), &image, "access", VIPS_ACCESS_SEQUENTIAL,
                                   "fail_on", fail_on, nullptr);
      break;
    case Format::kGif:
      failed = vips_gifload_buffer(data, bytes.size(), &image, "access", VIPS_ACCESS_SEQUENTIAL,
                                   "fail_on", fail_on, "page", page, nullptr);
      break;
    case Format::kTiff:
      failed = vips_tiffload_buffer(data, bytes.size(), &image, "access", VIPS_ACCESS_SEQUENTIAL,
                                    "fail_on", fail_on, "page", page, nullptr);
      break;
    default:
      break;
  }
  if (failed) return vips_failure(format);
  return Image(image);
}

bool is_direct(const VipsImage* image) {
  const auto samples = vips_image_get_format(image);
  if (samples != VIPS_FORMAT_UCHAR && samples != VIPS_FORMAT_USHORT) return false;
  switch (vips_image_get_interpretation(image)) {
    case VIPS_INTERPRETATION_MULTIBAND:
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB16:
      return true;
    case VIPS_INTERPRETATION_CMYK:
      return vips_image_get_bands(image) >= 4;
    default:
      return false;
  }
}

bool is_float(const VipsImage* image) {
  const auto samples = vips_image_get_format(image);
  return samples == VIPS_FORMAT_FLOAT || samples == VIPS_FORMAT_DOUBLE;
}

// Grey of floating point is light from 0 to 1, as R, G and B are; libvips takes it for 0 to 255.
Result<Image> grey_as_light(Format format, VipsImage* image) {
  VipsImage* grey = nullptr;
  if (vips_extract_band(image, &grey, 0, nullptr)) return vips_failure(format);
  const Image one(grey);
  VipsImage* all[] = {grey, grey, grey};
  VipsImage* three = nullptr;
  if (vips_bandjoin(all, &three, 3, nullptr)) return vips_failure(format);
  const Image joined(three);
  VipsImage* light = nullptr;
  if (vips_copy(three, &light, "interpretation", VIPS_INTERPRETATION_scRGB, nullptr))
    return vips_failure(format);
  return Image(light);
}

// Rows that write_row() understands: as they are where possible, else converted to sRGB.
Result<Image> simplify(Format format, VipsImage* image) {
  if (is_direct(image)) return Image(VIPS_IMAGE(g_object_ref(image)));
  Image light;
  if (is_float(image) && vips_image_get_bands(image) < 3) {
    light = TRY(grey_as_light(format, image));
    image = light.get();
  }
  VipsImage* srgb = nullptr;
  if (vips_colourspace(image, &srgb, VIPS_INTERPRETATION_sRGB, nullptr))
    return vips_failure(format);
  const Image converted(srgb);
  VipsImage* bytes = nullptr;
  if (vips_cast_uchar(srgb, &bytes, nullptr)) return vips_failure(format);
  return Image(bytes);
}

Row row_of(const VipsImage* image) {
  Row row{};
  row.width = static_cast<size_t>(vips_image_get_width(image));
  row.bands_a_pixel = vips_image_get_bands(image);
  row.is_16_bit = vips_image_get_format(image) == VIPS_FORMAT_USHORT;
  if (vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK)
    row.bands = Bands::kCmyk, row.alpha_band = row.bands_a_pixel == 5 ? 4 : 0;
  else if (row.bands_a_pixel < 3)
    row.bands = Bands::kGrey, row.alpha_band = row.bands_a_pixel == 2 ? 1 : 0;
  else
    row.bands = Bands::kRgb, row.alpha_band = row.bands_a_pixel == 4 ? 3 : 0;
  return row;
}

struct Drawing {
  Layers layers;
  uint32_t rows_read = 0;  // those after it are kBackground: the data failed there
};

// What people see of the stored samples; `power` when no profile says.
Tones tones_of(VipsImage* image, double power) {
  const void* profile = nullptr;
  size_t bytes = 0;
  if (!vips_image_get_typeof(image, VIPS_META_ICC_NAME) ||
      vips_image_get_blob(image, VIPS_META_ICC_NAME, &profile, &bytes) != 0)
    return power > 0 ? tones_of_power(power) : Tones();
  return tones_of_icc({static_cast<const uint8_t*>(profile), bytes});
}

// Draws the rows through a region in this thread; libvips's own sinks would start workers.
Result<Drawing> draw(Format format, VipsImage* stored, double power = 0) {
  const Image simple = TRY(simplify(format, stored));
  VipsImage* image = simple.get();
  Row row = row_of(image);
  const Tones tones =
      is_direct(stored) && row.bands != Bands::kCmyk ? tones_of(stored, power) : Tones();
  if (!tones.empty()) row.tones = tones.data();
  Drawing drawing{layers_for(row, static_cast<uint32_t>(vips_image_get_height(image)))};
  auto& [layers, rows_read] = drawing;
  Pixels& pixels = layers.colours;

  const Region region(vips_region_new(image));
  while (rows_read < pixels.height) {
    const int rows = static_cast<int>(std::min<uint32_t>(kStripRows, pixels.height - rows_read));
    const VipsRect strip{0, static_cast<int>(rows_read), static_cast<int>(pixels.width), rows};
    if (vips_region_prepare(region.get(), &strip)) break;
    for (int y = 0; y < rows; ++y) {
      row.samples = VIPS_REGION_ADDR(region.get(), 0, strip.top + y);
      write_row(row, rows_read++, layers);
    }
  }
  const auto rest = [&](Pixels& plane, uint8_t level) {
    const size_t there = size_t{plane.width} * plane.channels * rows_read;
    std::fill(plane.samples.begin() + static_cast<ptrdiff_t>(std::min(there, plane.samples.size())),
              plane.samples.end(), level);
  };
  rest(pixels, kBackground);
  rest(layers.alpha, 255);
  return drawing;
}

Orientation orientation_of(VipsImage* image) {
  int orientation = kUpright;
  if (vips_image_get_typeof(image, VIPS_META_ORIENTATION))
    vips_image_get_int(image, VIPS_META_ORIENTATION, &orientation);
  return orientation;
}

// The frames of an animation and their delays in milliseconds; one frame for anything else.
Timeline timeline_of(VipsImage* image) {
  Timeline timeline;
  timeline.frame_count = static_cast<uint32_t>(std::max(1, vips_image_get_n_pages(image)));
  int* delays = nullptr;
  int count = 0;
  if (vips_image_get_typeof(image, "delay") &&
      vips_image_get_array_int(image, "delay", &delays, &count) == 0)
    timeline.delays_ms.assign(delays, delays + count);
  return timeline;
}

Result<DecodedImage> decode_png(std::span<const uint8_t> bytes, const Limits& limits) {
  const PngPicture png = reduce_png(bytes);
  const Image image = TRY(open_page(Format::kPng, png.bytes, 0));
  TRY(check_size(Format::kPng, image.get(), limits));
  DecodedImage result;
  auto [layers, rows_read] = TRY(draw(Format::kPng, image.get(), png.power));
  if (rows_read < layers.colours.height)
    result.note = TRY(note_missing_rows(Format::kPng, rows_read, layers.colours.height));
  result.frames.push_back(frame_of(std::move(layers), png.orientation, {}, true));
  return result;
}

// A page after the first. Errors end it alone.
Status add_page(std::span<const uint8_t> bytes, uint32_t index, const Limits& limits,
                PagesLeft& left, DecodedImage& result) {
  const Image page = TRY(open_page(Format::kTiff, bytes, static_cast<int>(index)));
  TRY(check_size(Format::kTiff, page.get(), limits));
  if (!left.take(VIPS_IMAGE_N_PELS(page.get()))) return {};
  auto [layers, rows_read] = TRY(draw(Format::kTiff, page.get()));
  if (rows_read < layers.colours.height) return vips_failure(Format::kTiff);
  result.frames.push_back(frame_of(std::move(layers), orientation_of(page.get()), {}, false));
  return {};
}

Result<DecodedImage> decode_tiff(std::span<const uint8_t> bytes, const Limits& limits) {
  const Image image = TRY(open_page(Format::kTiff, bytes, 0));
  TRY(check_size(Format::kTiff, image.get(), limits));
  DecodedImage result;
  result.frame_count = timeline_of(image.get()).frame_count;
  auto [layers, rows_read] = TRY(draw(Format::kTiff, image.get()));
  if (rows_read < layers.colours.height)
    result.note = TRY(note_missing_rows(Format::kTiff, rows_read, layers.colours.height));
  result.frames.push_back(frame_of(std::move(layers), orientation_of(image.get()), {}, true));
  PagesLeft left(result.frame_count, VIPS_IMAGE_N_PELS(image.get()), limits);
  for (uint32_t i = 1; i < std::min(result.frame_count, kMostPages); ++i)
    if (!add_page(bytes, i, limits, left, result)) left.failed(i);
  if (const std::string pages = left.note(); !pages.empty())
    result.note += (result.note.empty() ? "" : "; ") + pages;
  return result;
}

// libvips counts only the frames that are there, and no more than these.
constexpr uint32_t kMostGifFrames = 4097;

Result<DecodedImage> decode_gif(std::span<const uint8_t> bytes, const Limits& limits) {
  Image first = TRY(open_page(Format::kGif, bytes, 0));
  TRY(check_size(Format::kGif, first.get(), limits));
  const Timeline timeline = timeline_of(first.get());
  const Selection selection = select_frames(timeline, VIPS_IMAGE_N_PELS(first.get()), limits);
  DecodedImage result;
  result.frame_count = timeline.frame_count;
  result.note = selection.note;
  if (result.note.empty() && timeline.frame_count >= kMostGifFrames)
    result.note = "long animation: only its first " + std::to_string(kMostGifFrames) +
                  " frames are looked at";
  for (const uint32_t index : selection.frames) {
    const Image page = index == 0 ? std::move(first)
                                  : TRY(open_page(Format::kGif, bytes, static_cast<int>(index)));
    auto [layers, rows_read] = TRY(draw(Format::kGif, page.get()));
    if (rows_read < layers.colours.height)
      return Error{ErrorCode::kCorrupt,
                   "frame " + std::to_string(index + 1) + " of the gif animation is damaged"};
    result.frames.push_back(
        frame_of(std::move(layers), kUpright, time_of(timeline, index), result.frames.empty()));
  }
  return result;
}

}  // namespace

Result<DecodedImage> decode_by_vips(Format format, std::span<const uint8_t> bytes,
                                    const Limits& limits) {
  auto result = format == Format::kGif    ? decode_gif(bytes, limits)
                : format == Format::kTiff ? decode_tiff(bytes, limits)
                                          : decode_png(bytes, limits);
  vips_error_clear();  // it gathers what libraries say of damage that is told by our notes
  if (!result) return result;
  result->width = result->frames[0].pixels.width;
  result->height = result->frames[0].pixels.height;
  return result;
}

Status init_vips(const char* name) {
  // GLib's own writer asks whether a journal listens, a call that the sandbox forbids.
  g_log_set_writer_func(
      [](GLogLevelFlags, const GLogField*, gsize, gpointer) { return G_LOG_WRITER_HANDLED; },
      nullptr, nullptr);
  // Its plug-in loaders (ImageMagick, poppler, OpenSlide, ...) are found below its home: none is
  // wanted.
  const char* home = std::getenv("VIPSHOME");
  const std::string home_before = home ? home : "";
  setenv("VIPSHOME", "/nonexistent", 1);
  const bool is_up = vips_init(name) == 0;
  if (home)
    setenv("VIPSHOME", home_before.c_str(), 1);
  else
    unsetenv("VIPSHOME");
  if (!is_up) return Error{ErrorCode::kUnavailable, "libvips did not start"};
  vips_vector_set_enabled(FALSE);  // its just-in-time compiler wants files for executable memory
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* loader :
       {"VipsForeignLoadPngBuffer", "VipsForeignLoadNsgifBuffer", "VipsForeignLoadTiffBuffer"})
    vips_operation_block_set(loader, FALSE);
  return {};
}

}  // namespace weir::media
