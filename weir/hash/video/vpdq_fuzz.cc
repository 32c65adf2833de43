// SPDX-License-Identifier: Apache-2.0
//
// The three forms of a vPDQ signal, of bytes of others: what is read can be written in all forms,
// and is then read again as the same.
#include <cstdlib>
#include <string_view>

#include "weir/hash/video/vpdq.h"
#include "weir/signal/vpdq_codec.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// Text keeps milliseconds, so the second writing is the one to compare.
void check_round_trips(std::span<const weir::VpdqFrame> frames) {
  require(weir::check_vpdq(frames).has_value());
  const auto value = weir::write_vpdq(frames);
  const auto read = weir::read_vpdq(value);
  require(read.has_value() && weir::write_vpdq(*read) == value);
  const std::string text = weir::write_vpdq_text(frames);
  const auto of_text = weir::parse_vpdq_text(text);
  require(of_text.has_value() && weir::write_vpdq_text(*of_text) == text);
  const auto of_json = weir::parse_vpdq_json(weir::write_vpdq_json(frames));
  require(of_json.has_value() && of_json->size() == frames.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto frames = weir::parse_vpdq_text(text)) check_round_trips(*frames);
  if (const auto frames = weir::parse_vpdq_json(text)) check_round_trips(*frames);
  if (const auto frames = weir::read_vpdq({bytes, size})) check_round_trips(*frames);
  return 0;
}
