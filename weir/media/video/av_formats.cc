// SPDX-License-Identifier: Apache-2.0
#include "weir/media/video/av_formats.h"

#include <algorithm>
#include <string_view>

namespace weir::media {
namespace {

// A demuxer that has several names is listed under its first.
constexpr std::string_view kDemuxers[] = {
    "mov",  "matroska", "avi",  "mpegts", "mpeg",      "asf",  "flv",   "live_flv",
    "ogg",  "gif",      "apng", "rm",     "mpegvideo", "h264", "hevc",  "m4v",
    "h263", "h261",     "vc1",  "obu",    "av1",       "ivf",  "mjpeg", "mjpeg_2000",
    "dv",   "mxf",      "gxf",  "nut",    "nsv",       "nuv",  "wtv",   "yuv4mpegpipe",
    "swf",  "bink",     "smk",  "flic",   "cavsvideo", "dirac"};

constexpr AVCodecID kCodecs[] = {
    // What nearly all uploads are.
    AV_CODEC_ID_H264,
    AV_CODEC_ID_HEVC,
    AV_CODEC_ID_AV1,
    AV_CODEC_ID_VP8,
    AV_CODEC_ID_VP9,
    AV_CODEC_ID_MPEG4,
    AV_CODEC_ID_H263,
    AV_CODEC_ID_MPEG1VIDEO,
    AV_CODEC_ID_MPEG2VIDEO,
    AV_CODEC_ID_MJPEG,
    AV_CODEC_ID_GIF,
    AV_CODEC_ID_APNG,
    // Of older archives.
    AV_CODEC_ID_MSMPEG4V1,
    AV_CODEC_ID_MSMPEG4V2,
    AV_CODEC_ID_MSMPEG4V3,
    AV_CODEC_ID_WMV1,
    AV_CODEC_ID_WMV2,
    AV_CODEC_ID_WMV3,
    AV_CODEC_ID_VC1,
    AV_CODEC_ID_FLV1,
    AV_CODEC_ID_H263I,
    AV_CODEC_ID_H263P,
    AV_CODEC_ID_H261,
    AV_CODEC_ID_VP3,
    AV_CODEC_ID_VP4,
    AV_CODEC_ID_VP5,
    AV_CODEC_ID_VP6,
    AV_CODEC_ID_VP6F,
    AV_CODEC_ID_VP6A,
    AV_CODEC_ID_VP7,
    AV_CODEC_ID_THEORA,
    AV_CODEC_ID_RV10,
    AV_CODEC_ID_RV20,
    AV_CODEC_ID_RV30,
    AV_CODEC_ID_RV40,
    AV_CODEC_ID_SVQ1,
    AV_CODEC_ID_SVQ3,
    AV_CODEC_ID_CINEPAK,
    AV_CODEC_ID_INDEO2,
    AV_CODEC_ID_INDEO3,
    AV_CODEC_ID_INDEO4,
    AV_CODEC_ID_INDEO5,
    AV_CODEC_ID_MSVIDEO1,
    AV_CODEC_ID_MSRLE,
    AV_CODEC_ID_8BPS,
    AV_CODEC_ID_QTRLE,
    AV_CODEC_ID_RPZA,
    AV_CODEC_ID_SMC,
    AV_CODEC_ID_AMV,
    AV_CODEC_ID_CAVS,
    AV_CODEC_ID_DIRAC,
    AV_CODEC_ID_SNOW,
    AV_CODEC_ID_MJPEGB,
    AV_CODEC_ID_SP5X,
    AV_CODEC_ID_BINKVIDEO,
    AV_CODEC_ID_SMACKVIDEO,
    AV_CODEC_ID_FLIC,
    AV_CODEC_ID_NUV,
    AV_CODEC_ID_MSS1,
    AV_CODEC_ID_MSS2,
    // Cameras and editing.
    AV_CODEC_ID_DVVIDEO,
    AV_CODEC_ID_PRORES,
    AV_CODEC_ID_DNXHD,
    AV_CODEC_ID_CFHD,
    AV_CODEC_ID_JPEG2000,
    AV_CODEC_ID_HQ_HQA,
    AV_CODEC_ID_HQX,
    AV_CODEC_ID_HAP,
    AV_CODEC_ID_AIC,
    AV_CODEC_ID_V210,
    AV_CODEC_ID_V308,
    AV_CODEC_ID_V408,
    AV_CODEC_ID_V410,
    AV_CODEC_ID_RAWVIDEO,
    AV_CODEC_ID_PNG,
    AV_CODEC_ID_BMP,
    AV_CODEC_ID_TARGA,
    AV_CODEC_ID_LJPEG,
    AV_CODEC_ID_JPEGLS,
    // Without loss, and of screens.
    AV_CODEC_ID_FFV1,
    AV_CODEC_ID_HUFFYUV,
    AV_CODEC_ID_FFVHUFF,
    AV_CODEC_ID_UTVIDEO,
    AV_CODEC_ID_MAGICYUV,
    AV_CODEC_ID_LAGARITH,
    AV_CODEC_ID_FRAPS,
    AV_CODEC_ID_ZMBV,
    AV_CODEC_ID_TSCC,
    AV_CODEC_ID_TSCC2,
    AV_CODEC_ID_CSCD,
    AV_CODEC_ID_G2M,
    AV_CODEC_ID_FLASHSV,
    AV_CODEC_ID_FLASHSV2,
    AV_CODEC_ID_SCREENPRESSO,
    AV_CODEC_ID_RSCC,
    AV_CODEC_ID_MSZH,
    AV_CODEC_ID_ZLIB,
    AV_CODEC_ID_LOCO,
    AV_CODEC_ID_SHEERVIDEO,
    AV_CODEC_ID_ASV1,
    AV_CODEC_ID_ASV2,
};

struct ContainerName {
  std::string_view demuxer;
  std::string_view name;
};
constexpr ContainerName kNames[] = {
    {"mov", "mp4"},      {"matroska", "matroska"}, {"mpeg", "mpeg"},
    {"live_flv", "flv"}, {"yuv4mpegpipe", "y4m"},
};

}  // namespace

std::string allowed_demuxers() {
  std::string list;
  for (const std::string_view name : kDemuxers) {
    if (!list.empty()) list += ',';
    list += name;
  }
  return list;
}

const AVCodec* video_decoder(AVCodecID id) {
  if (std::ranges::find(kCodecs, id) == std::end(kCodecs)) return nullptr;
  // FFmpeg's own AV1 decoder only drives hardware, so AV1 is asked for by the library's name.
  if (id == AV_CODEC_ID_AV1) return avcodec_find_decoder_by_name("libdav1d");
  return avcodec_find_decoder(id);
}

std::string container_name(const AVInputFormat& format) {
  const std::string_view all = format.name;
  const std::string_view first = all.substr(0, all.find(','));
  for (const ContainerName& known : kNames)
    if (known.demuxer == first) return std::string(known.name);
  std::string name(first);
  std::ranges::replace(name, '_', '-');
  return name;
}

}  // namespace weir::media
