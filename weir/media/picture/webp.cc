// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/webp.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "weir/media/limit_checks.h"
#include "weir/media/picture/animation.h"
#include "weir/media/picture/orient.h"
#include "weir/media/picture/transparency.h"
#include "weir/media/tones.h"

namespace weir::media {
namespace {

// libwebp's own planes or ARGB words, its RGBA result, and ours with alpha; an animation has two
// canvases.
constexpr uint64_t kWebPBytesPerPixel = 4 + 4 + 4 + 3 + 1;

Error damaged(const std::string& why) {
  return {ErrorCode::kCorrupt, "the webp data is damaged: " + why};
}

struct Delete {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};

Orientation orientation_of(const WebPDemuxer* demuxer) {
  WebPChunkIterator chunk;
  Orientation orientation = kUpright;
  if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk))
    orientation = exif_orientation({chunk.chunk.bytes, chunk.chunk.size});
  WebPDemuxReleaseChunkIterator(&chunk);
  return orientation;
}

Tones tones_of(const WebPDemuxer* demuxer) {
  WebPChunkIterator chunk;
  Tones tones;
  if (WebPDemuxGetChunk(demuxer, "ICCP", 1, &chunk))
    tones = tones_of_icc({chunk.chunk.bytes, chunk.chunk.size});
  WebPDemuxReleaseChunkIterator(&chunk);
  return tones;
}

Layers layers_in(const uint8_t* rgba, uint32_t width, uint32_t height) {
  return layers_of({rgba, width, Bands::kRgb, 4, 3, false}, height, size_t{width} * 4);
}

// The one frame of a still picture. Opaque ones are decoded straight into the result.
Result<Layers> decode_still(std::span<const uint8_t> bytes, const WebPBitstreamFeatures& features) {
  const auto width = static_cast<uint32_t>(features.width);
  const auto height = static_cast<uint32_t>(features.height);
  const uint32_t bands = features.has_alpha ? 4 : 3;
  std::vector<uint8_t> samples(size_t{width} * height * bands);
  const int stride = static_cast<int>(width * bands);
  const uint8_t* done =
      features.has_alpha
          ? WebPDecodeRGBAInto(bytes.data(), bytes.size(), samples.data(), samples.size(), stride)
          : WebPDecodeRGBInto(bytes.data(), bytes.size(), samples.data(), samples.size(), stride);
  if (!done) return damaged("its picture cannot be decoded");
  if (features.has_alpha) return layers_in(samples.data(), width, height);
  return Layers{{std::move(samples), width, height, 3}};
}

Timeline timeline_of(const WebPDemuxer* demuxer) {
  Timeline timeline;
  timeline.frame_count = WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT);
  WebPIterator frame;
  if (WebPDemuxGetFrame(demuxer, 1, &frame)) {
    do timeline.delays_ms.push_back(frame.duration);
    while (WebPDemuxNextFrame(&frame));
  }
  WebPDemuxReleaseIterator(&frame);
  return timeline;
}

Status decode_animation(std::span<const uint8_t> bytes, const WebPDemuxer* demuxer,
                        Orientation orientation, const Limits& limits, DecodedImage& image) {
  const Timeline timeline = timeline_of(demuxer);
  const uint32_t width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
  const uint32_t height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
  Selection selection = select_frames(timeline, uint64_t{width} * height, limits);
  image.frame_count = timeline.frame_count;
  image.note = std::move(selection.note);
  const Tones tones = tones_of(demuxer);

  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) return damaged("no decoder");
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  const WebPData data{bytes.data(), bytes.size()};
  const std::unique_ptr<WebPAnimDecoder, Delete> decoder(WebPAnimDecoderNew(&data, &options));
  if (!decoder) return damaged("its animation cannot be decoded");

  uint32_t next = 0;
  for (const uint32_t wanted : selection.frames) {
    uint8_t* canvas = nullptr;
    for (int end_ms = 0; next <= wanted; ++next)
      if (!WebPAnimDecoderGetNext(decoder.get(), &canvas, &end_ms))
        return damaged("frame " + std::to_string(next + 1) + " cannot be decoded");
    Layers layers = layers_in(canvas, width, height);
    show(tones, layers.colours);
    image.frames.push_back(
        frame_of(std::move(layers), orientation, time_of(timeline, wanted), image.frames.empty()));
  }
  return {};
}

}  // namespace

Result<DecodedImage> decode_webp(std::span<const uint8_t> bytes, const Limits& limits) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK)
    return damaged("its header cannot be read");
  TRY(check_size(Format::kWebp, static_cast<uint64_t>(features.width),
                 static_cast<uint64_t>(features.height), kWebPBytesPerPixel, limits));
  const WebPData data{bytes.data(), bytes.size()};
  const std::unique_ptr<WebPDemuxer, Delete> demuxer(WebPDemux(&data));
  if (!demuxer) return damaged("it breaks off or its parts do not fit together");
  const Orientation orientation = orientation_of(demuxer.get());

  DecodedImage image;
  if (features.has_animation) {
    TRY(decode_animation(bytes, demuxer.get(), orientation, limits, image));
  } else {
    Layers layers = TRY(decode_still(bytes, features));
    show(tones_of(demuxer.get()), layers.colours);
    image.frames.push_back(frame_of(std::move(layers), orientation, {}, true));
  }
  if (image.frames.empty()) return damaged("it has no frame");
  image.width = image.frames[0].pixels.width;
  image.height = image.frames[0].pixels.height;
  return image;
}

}  // namespace weir::media
