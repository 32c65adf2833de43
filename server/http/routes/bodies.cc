// SPDX-License-Identifier: Apache-2.0
#include "server/http/routes/bodies.h"

namespace weir::http {
namespace {

constexpr size_t kMostAdded = 1000;
constexpr size_t kMostItems = 1000;  // chosen: well under a second of searching
constexpr size_t kMostSignals = 1000;

// What `read` makes of each member of the array under `key`. Errors: of array_under(); of `read`,
// with the member's place before it.
template <class T>
Result<std::vector<T>> each_under(const Json& body, std::string_view key, size_t most,
                                  Result<T> (*read)(const Json& object)) {
  std::vector<T> all;
  const Json* members = TRY(array_under(body, key, most));
  for (size_t i = 0; members && i < members->size(); ++i) {
    const Json& member = (*members)[i];
    auto one = member.is_object() ? read(member) : Result<T>(invalid("must be an object"));
    if (!one)
      return Error{one.error().code,
                   std::string(key) + "[" + std::to_string(i) + "]: " + one.error().message};
    all.push_back(std::move(*one));
  }
  return all;
}

// A state may be absent. Errors: invalid.
Result<std::optional<State>> state_under(const Json& body) {
  const std::optional<std::string> name = TRY(text_under(body, "state"));
  if (!name) return std::optional<State>();
  auto state = parse_state(*name);
  if (!state) return invalid("'state': " + state.error().message);
  return std::optional(*state);
}

Result<std::vector<Signal>> signals_under(const Json& object) {
  const Json* signals = TRY(array_under(object, "signals", kMostSignals));
  if (!signals) return invalid("'signals' must be an array, not empty");
  return signals_from(*signals);
}

Result<NewSignals> new_entry_from(const Json& object) {
  TRY(only_keys(object, {"signals", "name", "labels", "provenance"}));
  NewSignals entry;
  entry.signals = TRY(signals_under(object));
  entry.origin.name = TRY(text_under(object, "name")).value_or("");
  entry.origin.labels = TRY(labels_under(object, "labels"));
  entry.origin.provenance = TRY(labels_under(object, "provenance"));
  TRY(check_labels(entry.origin.labels));
  TRY(check_given_provenance(entry.origin.provenance));
  entry.origin.provenance["weir.source"] = "api";
  return entry;
}

Result<ItemToMatch> item_from(const Json& object) {
  TRY(only_keys(object, {"signals"}));
  return item_to_match(TRY(signals_under(object)));
}

}  // namespace

Result<NewBank> new_bank_from(const Json& body) {
  TRY(only_keys(body, {"name", "description", "kind"}));
  NewBank out;
  const auto name = TRY(text_under(body, "name"));
  if (!name) return invalid("'name' is missing: the name of the bank");
  out.bank.name = *name;
  out.bank.description = TRY(text_under(body, "description")).value_or("");
  if (const auto kind = TRY(text_under(body, "kind"))) {
    auto known = parse_bank_kind(*kind);
    if (!known) return invalid("'kind': " + known.error().message);
    out.bank.kind = *known;
  }
  return out;
}

Result<BankChange> bank_change_from(const Json& body) {
  TRY(only_keys(body, {"state", "description"}));
  BankChange change;
  change.state = TRY(state_under(body));
  change.description = TRY(text_under(body, "description"));
  return change;
}

Result<EntryChange> entry_change_from(const Json& body) {
  TRY(only_keys(body, {"state", "labels"}));
  EntryChange change;
  change.state = TRY(state_under(body));
  if (body.contains("labels")) change.labels = TRY(labels_under(body, "labels"));
  return change;
}

Result<NewEntries> new_entries_from(const Json& body) {
  NewEntries out;
  out.is_list = body.contains("entries");
  if (out.is_list) {
    TRY(only_keys(body, {"entries"}));
    out.entries = TRY(each_under(body, "entries", kMostAdded, new_entry_from));
  } else {
    out.entries.push_back(TRY(new_entry_from(body)));
  }
  return out;
}

Result<MatchRequest> match_request_from(const Json& body) {
  TRY(only_keys(body, {"signals", "items", "banks"}));
  MatchRequest out;
  out.banks = TRY(texts_under(body, "banks"));
  out.is_list = body.contains("items");
  if (body.contains("signals") == out.is_list)
    return invalid("the body must have either 'signals' or 'items'");
  if (out.is_list)
    out.items = TRY(each_under(body, "items", kMostItems, item_from));
  else
    out.items.push_back(item_to_match(TRY(signals_under(body))));
  return out;
}

}  // namespace weir::http
