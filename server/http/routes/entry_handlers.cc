// SPDX-License-Identifier: Apache-2.0
#include "server/flow/catalog.h"
#include "server/http/json_body.h"
#include "server/http/routes/handlers.h"
#include "server/http/routes/uploads.h"
#include "server/http/text.h"
#include "weir/base/utf8.h"

namespace weir::http {
namespace {

constexpr int64_t kMostListed = 1000;
constexpr int64_t kUsualListed = 100;
constexpr int64_t kLargestId = 4'294'967'295;  // EntryId

// The id that the address names. Errors: not_found for what is none.
Result<EntryId> id_of(const Request& request) {
  const auto id = parse_number(request.capture("id"), "an entry's id", kLargestId);
  if (!id)
    return Error{ErrorCode::kNotFound, "bank " + request.capture("bank") + " has no such entry"};
  return EntryId{*id};
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
  TRY(request.fields.only({"labels"}));
  ItemOrigin origin;
  if (const std::optional<std::string> labels = TRY(request.fields.one("labels")))
    origin.labels = TRY(labels_from(TRY(parse_json_object(*labels))));
  TRY(check_labels(origin.labels));
  origin.provenance["weir.source"] = "api";

  const std::vector<Result<ItemSignals>> decoded =
      TRY(decode_uploads(request, wants_to_add(), site));
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

}  // namespace

// ?limit= entries with an id beyond ?after=, of ?state=; "next" is the `after` of the next page.
Result<Response> get_entries(const Request& request, Site& site) {
  const auto limit_text = TRY(request.query.one("limit"));
  const auto after_text = TRY(request.query.one("after"));
  const auto state_name = TRY(request.query.one("state"));
  const int64_t limit =
      limit_text ? TRY(parse_number(*limit_text, "limit", kMostListed)) : kUsualListed;
  const int64_t after = after_text ? TRY(parse_number(*after_text, "after", kLargestId)) : 0;
  EntryPageAsked asked{EntryId{after}, static_cast<size_t>(limit)};
  if (state_name) asked.state = TRY(parse_state(*state_name));
  if (limit == 0) return invalid("limit must be at least 1");

  const EntryPage page = TRY(list_entries(request.capture("bank"), asked, site.services.store));
  Json body;
  body["entries"] = Json::array();
  for (const Entry& entry : page.entries) body["entries"].push_back(shape_of(entry));
  body["next"] = page.next ? Json(page.next->value) : Json(nullptr);
  return json_response(200, body);
}

Result<Response> post_files_as_entries(const Request& request, Site& site) {
  const Bank bank = TRY(active_bank(request.capture("bank"), site.services.store));
  return add_files(bank, request, site);
}

// All entries are added, or none: one that is malformed leaves the bank as it was.
Result<Response> post_entries(const Request& request, const NewEntries& made, Site& site) {
  TRY(request.query.only({}));
  const Bank bank = TRY(active_bank(request.capture("bank"), site.services.store));
  std::vector<Result<AddedItem>> added;
  for (AddedItem& item : TRY(add_signals(bank, made.entries, site.services.store)))
    added.push_back(std::move(item));
  return reply(std::move(added), made.is_list, {});
}

Result<Response> get_entry(const Request& request, Site& site) {
  const EntryId id = TRY(id_of(request));
  return json_response(200,
                       shape_of(TRY(find_entry(request.capture("bank"), id, site.services.store))));
}

Result<Response> patch_entry(const Request& request, const EntryChange& change, Site& site) {
  const EntryId id = TRY(id_of(request));
  return json_response(
      200, shape_of(TRY(change_entry(request.capture("bank"), id, change, site.services.store))));
}

Result<Response> delete_entry(const Request& request, Site& site) {
  return patch_entry(request, {.state = State::kRetired}, site);
}

}  // namespace weir::http
