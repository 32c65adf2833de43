// SPDX-License-Identifier: Apache-2.0
#include "server/exchange/signal_text.h"

#include "weir/hash/video/vpdq.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {

std::string signal_text(const Signal& signal) {
  if (signal.kind == SignalKind::kVpdq)
    if (const auto frames = read_vpdq(signal.value)) return write_vpdq_json(*frames);
  return value_hex(signal);
}

Result<Signal> parse_signal_text(SignalKind kind, std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  const bool is_json =
      first != std::string_view::npos && (text[first] == '[' || text[first] == '{');
  if (kind != SignalKind::kVpdq || !is_json) return parse_signal(kind, text);
  Signal signal;
  signal.kind = kind;
  signal.value = write_vpdq(TRY(parse_vpdq_json(text)));
  return signal;
}

}  // namespace weir
