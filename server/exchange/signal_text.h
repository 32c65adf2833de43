// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "weir/base/result.h"
#include "weir/signal/signals.h"

namespace weir {

// A value as others write it in text: hex digits, but of vpdq python-threatexchange's JSON string,
// which has no frame numbers and milliseconds only.
std::string signal_text(const Signal& signal);

// Reads that; hex digits are taken of every kind. Errors: invalid, limit.
Result<Signal> parse_signal_text(SignalKind kind, std::string_view text);

}  // namespace weir
