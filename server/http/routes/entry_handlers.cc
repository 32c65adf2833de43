// SPDX-License-Identifier: Apache-2.0
#include "server/http/json_body.h"
#include "server/http/routes/handlers.h"
#include "server/http/routes/uploads.h"
#include "server/http/text.h"
#include "weir/base/utf8.h"

namespace weir::http {
namespace {

constexpr int64_t kMostListed = 1000;
constexpr int64_t kUsualListed = 100;
constexpr size_t kMostAdded = 1000;
constexpr int64_t kLargestId = 4'294'967'295;  // EntryId

// The entry that the address names. Errors: not_found, also when it lies in another bank.
Result<Entry> entry_of(const Request& request, Store& store) {
  const std::string& bank_name = request.capture("bank");
  const Bank bank = TRY(store.find_bank(bank_name));
  const auto id = parse_number(request.capture("id"), "an entry's id", kLargestId);
  auto entry = id ? store.find_entry(EntryId{*id}) : Result<Entry>(id.error());
  if (!entry && entry.error().code == ErrorCode::kUnavailable) return entry;
  if (!entry || entry->bank != bank.id)
    return Error{ErrorCode::kNotFound, "bank " + bank_name + " has no such entry"};
  return entry;
}

// Added results as a reply: one as it is, several as {"results":[...]}; 201 when any is new.
Result<Response> reply(std::vector<Result<AddedItem>> added, bool as_list,
                       const std::vector<UploadedFile>& files) {
  int status = 200;
  for (const auto& item : added)
    if (item && item->added == Added::kNew) status = 201;
  if (!as_list) return json_response(status, shape_of(TRY(std::move(added.front()))));
  Json body;
  body["results"] = Json::array();
  for (size_t i = 0; i < added.size(); ++i) {
    Json object = added[i] ? shape_of(*added[i]) : Json::object();
    if (!added[i]) {
      if (i < files.size()) object["path"] = to_utf8(files[i].name);
      object["error"] = shape_of(added[i].error());
    }
    body["results"].push_back(std::move(object));
  }
  return json_response(status, body);
}

Result<Response> add_files(const Bank& bank, const Request& request, Site& site) {
  TRY(request.query.only({"name"}));
  TRY(request.fields.only({"labels"}));
  ItemOrigin origin;
  if (const std::optional<std::string> labels = TRY(request.fields.one("labels")))
    origin.labels = TRY(labels_from(TRY(parse_json_object(*labels))));
  TRY(check_labels(origin.labels));
  origin.provenance["source"] = "api";

  const std::vector<Result<ItemSignals>> decoded =
      TRY(decode_uploads(request.files, wants_to_add(), site));
  std::vector<Result<AddedItem>> added;
  for (size_t i = 0; i < decoded.size(); ++i) {
    origin.name = base_name(request.files[i].name);
    if (decoded[i])
      added.push_back(add_item(bank, *decoded[i], origin, site.services.store));
    else
      added.push_back(decoded[i].error());
    // What the store itself cannot do ends the request; what was added before stays added.
    if (!added.back() && added.back().error().code == ErrorCode::kUnavailable)
      return added.back().error();
  }
  return reply(std::move(added), request.files.size() > 1, request.files);
}

Result<NewSignals> new_entry_from(const Json& object) {
  if (!object.is_object()) return Error{ErrorCode::kInvalid, "'entries' must hold objects"};
  TRY(only_keys(object, {"signals", "name", "labels", "provenance"}));
  const Json* signals = TRY(array_under(object, "signals", kMostAdded));
  if (!signals) return Error{ErrorCode::kInvalid, "an entry needs 'signals'"};
  NewSignals entry;
  entry.signals = TRY(signals_from(*signals));
  entry.origin.name = TRY(text_under(object, "name")).value_or("");
  entry.origin.labels = TRY(labels_under(object, "labels"));
  entry.origin.provenance = TRY(labels_under(object, "provenance"));
  entry.origin.provenance.emplace("source", "api");
  TRY(check_labels(entry.origin.labels));
  TRY(check_labels(entry.origin.provenance));
  return entry;
}

// All entries are added, or none: one that is malformed leaves the bank as it was.
Result<Response> add_json(const Bank& bank, const Request& request, Site& site) {
  TRY(request.query.only({}));
  const Json body = TRY(parse_json_object(request.json));
  const Json* several = TRY(array_under(body, "entries", kMostAdded));
  std::vector<NewSignals> entries;
  if (several) {
    TRY(only_keys(body, {"entries"}));
    for (const Json& object : *several) entries.push_back(TRY(new_entry_from(object)));
  } else {
    entries.push_back(TRY(new_entry_from(body)));
  }
  std::vector<Result<AddedItem>> added;
  for (AddedItem& item : TRY(add_signals(bank, std::move(entries), site.services.store)))
    added.push_back(std::move(item));
  return reply(std::move(added), several != nullptr, {});
}

}  // namespace

// ?limit= entries with an id beyond ?after=, of ?state=; "next" is the `after` of the next page.
Result<Response> get_entries(const Request& request, Site& site) {
  TRY(request.query.only({"limit", "after", "state"}));
  const auto limit_text = TRY(request.query.one("limit"));
  const auto after_text = TRY(request.query.one("after"));
  const auto state_name = TRY(request.query.one("state"));
  const int64_t limit =
      limit_text ? TRY(parse_number(*limit_text, "limit", kMostListed)) : kUsualListed;
  const int64_t after = after_text ? TRY(parse_number(*after_text, "after", kLargestId)) : 0;
  std::optional<State> state;
  if (state_name) state = TRY(parse_state(*state_name));
  if (limit == 0) return Error{ErrorCode::kInvalid, "limit must be at least 1"};

  Store& store = site.services.store;
  const Bank bank = TRY(store.find_bank(request.capture("bank")));
  const auto most = static_cast<size_t>(limit);
  std::vector<Entry> entries = TRY(store.list_entries(bank.id, EntryId{after}, most + 1, state));
  const bool more = entries.size() > most;
  if (more) entries.pop_back();
  Json body;
  body["entries"] = Json::array();
  for (const Entry& entry : entries) body["entries"].push_back(shape_of(entry));
  body["next"] = more ? Json(entries.back().id.value) : Json(nullptr);
  return json_response(200, body);
}

Result<Response> post_entries(const Request& request, Site& site) {
  const Bank bank = TRY(active_bank(request.capture("bank"), site.services.store));
  return request.is_json ? add_json(bank, request, site) : add_files(bank, request, site);
}

Result<Response> get_entry(const Request& request, Site& site) {
  TRY(request.query.only({}));
  return json_response(200, shape_of(TRY(entry_of(request, site.services.store))));
}

Result<Response> patch_entry(const Request& request, Site& site) {
  TRY(request.query.only({}));
  const Json body = TRY(parse_json_object(request.json));
  TRY(only_keys(body, {"state", "labels"}));
  const std::optional<std::string> state_name = TRY(text_under(body, "state"));
  EntryChange change;
  if (state_name) change.state = TRY(parse_state(*state_name));
  if (body.contains("labels")) change.labels = TRY(labels_under(body, "labels"));
  Store& store = site.services.store;
  const Entry entry = TRY(entry_of(request, store));
  return json_response(200, shape_of(TRY(store.change_entry(entry.id, change))));
}

// Nothing is erased: the entry is retired, keeps its history and can be made active again.
Result<Response> delete_entry(const Request& request, Site& site) {
  TRY(request.query.only({}));
  Store& store = site.services.store;
  const Entry entry = TRY(entry_of(request, store));
  return json_response(200,
                       shape_of(TRY(store.change_entry(entry.id, {.state = State::kRetired}))));
}

}  // namespace weir::http
