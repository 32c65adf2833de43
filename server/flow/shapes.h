// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "server/flow/curate.h"
#include "server/flow/match.h"

namespace weir {

// The JSON that the command line and HTTP share. Keys keep the order they are written in. All text
// is UTF-8 whatever came in.
using Json = nlohmann::ordered_json;

Json shape_of(const Error& error);  // {"code","message"}
// {"kind","value","quality"?,"region"?,"time_s"?}; tmk has "bytes", their number, and no value.
Json shape_of(const Signal& signal);
Json shape_of(const Bank& bank);
Json shape_of(const Entry& entry);
Json shape_of(const ItemSignals& item);  // media, bytes, sha256, md5, width, height, signals, ...
Json shape_of(const SharedRegion& region);
// {"log_odds", "element", "moment", "terms": [{"name", "value", "element", "moment"}]}, what counts
// most first.
Json shape_of(const Judged& judged);          // as a member of "evidence"
Json shape_of(const SharedSegment& segment);  // {"item","entry","speed","mirrored","still"?}
Json shape_of(const KnownMatch& match);
// {"media","duration_s"?,"coverage"?,"matches":[...],"notes":[...]?}
Json shape_of(const ItemReport& report);
Json shape_of(const AddedItem& added);  // the entry with "status": "new", "present", "retired"

// Reads [{"kind","value","quality"?}, ...]. Errors: invalid, naming the place.
Result<std::vector<Signal>> signals_from(const Json& json);
// Reads {"key":"value", ...}. Errors: invalid.
Result<Labels> labels_from(const Json& json);

// One line of JSON; bytes that are not UTF-8 are replaced instead of failing.
std::string dump(const Json& json);

}  // namespace weir
