// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "server/flow/curate.h"
#include "server/http/json_body.h"
#include "weir/match/item.h"

namespace weir::http {

// What the JSON bodies of routes say, read once and for all: a handler gets the type, and the page
// has a schema of the same name. A key that is not known, a value of another type or beyond its
// limit is an error that names the place, such as "entries[3]: 'signals' must be an array".

struct NewBank {
  Bank bank;
};
Result<NewBank> new_bank_from(const Json& body);

Result<BankChange> bank_change_from(const Json& body);
Result<EntryChange> entry_change_from(const Json& body);

struct NewEntries {
  std::vector<NewSignals> entries;
  bool is_list = false;  // they came as "entries", and are answered as a list
};
Result<NewEntries> new_entries_from(const Json& body);

struct MatchRequest {
  std::vector<ItemToMatch> items;
  bool is_list = false;  // they came as "items", and are answered as a list
  std::vector<std::string> banks;
};
Result<MatchRequest> match_request_from(const Json& body);

}  // namespace weir::http
