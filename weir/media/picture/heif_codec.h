// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libheif/heif_plugin.h>

#include <cstdint>
#include <optional>

#include "weir/base/result.h"

namespace weir::media {

// libheif's decoders for HEVC and AV1, by FFmpeg. Its usual ones (libde265, dav1d, libaom) start
// threads, which the sandbox does not have; FFmpeg's HEVC and dav1d by FFmpeg need none.
const heif_decoder_plugin& heif_codec();

// What the codec may spend in this thread while it lives, and why it stopped. libheif hands its
// plug-ins nothing of the caller's, hence a thread's variable. A grid may name one large tile
// thousands of times, so it is the sum over all coded pictures that is limited.
class HeifBudget {
 public:
  explicit HeifBudget(uint64_t pixels);
  ~HeifBudget();
  HeifBudget(const HeifBudget&) = delete;
  HeifBudget& operator=(const HeifBudget&) = delete;

  uint64_t pixels_left() const { return pixels_left_; }
  void spend(uint64_t pixels) { pixels_left_ -= pixels < pixels_left_ ? pixels : pixels_left_; }

  std::optional<Error> stopped;

  static HeifBudget* current();

 private:
  uint64_t pixels_left_;
};

}  // namespace weir::media
