// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "server/http/request.h"

namespace weir::http {

// The signals of each file of the request, decoded for its caller alone, or why it has none, in
// order. Failures are counted. Errors: invalid when there is no file; unavailable when the decoder
// is shutting down.
Result<std::vector<Result<ItemSignals>>> decode_uploads(const Request& request, DecodeWants wants,
                                                        Site& site);

// A file's name without the folders that some clients send with it.
std::string base_name(std::string_view path);

}  // namespace weir::http
