// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

// What of FFmpeg is used on foreign bytes: containers and codecs in which people pass on videos.
// Left out is what opens other files (playlists, lists of parts), asks a network, renders text or
// runs a program of its own, and what only holds sound.

namespace weir::media {

// Names of demuxers, separated by commas, as FFmpeg's `format_whitelist` wants them.
std::string allowed_demuxers();

// The decoder for a codec; null when it is not on the list or this FFmpeg has none.
const AVCodec* video_decoder(AVCodecID id);

// The name by which people know a demuxer's container: "mp4", "matroska", "mpegts", ...
std::string container_name(const AVInputFormat& format);

}  // namespace weir::media
