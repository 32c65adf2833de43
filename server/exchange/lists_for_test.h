// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "server/exchange/lists.h"

namespace weir {

// All that a list gives, and what was wrong with it.
struct ReadList {
  std::vector<Entry> entries;
  std::vector<std::pair<uint64_t, Error>> errors;
  Status status;
};

inline ReadList read_text(const std::string& text, ListFormat format,
                          std::optional<SignalKind> kind = std::nullopt) {
  ReadList all;
  std::istringstream in(text);
  all.status = read_list(in, format, kind, [&](ListLine line) -> Status {
    if (line.entry)
      all.entries.push_back(*std::move(line.entry));
    else
      all.errors.emplace_back(line.line, line.entry.error());
    return {};
  });
  return all;
}

}  // namespace weir
