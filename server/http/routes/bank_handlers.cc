// SPDX-License-Identifier: Apache-2.0
#include "server/http/json_body.h"
#include "server/http/routes/handlers.h"

namespace weir::http {
namespace {

// A state may be absent. Errors: invalid.
Result<std::optional<State>> state_under(const Json& body) {
  const std::optional<std::string> name = TRY(text_under(body, "state"));
  if (!name) return std::optional<State>();
  return std::optional(TRY(parse_state(*name)));
}

}  // namespace

Result<Response> get_banks(const Request& request, Site& site) {
  TRY(request.query.only({}));
  Json body;
  body["banks"] = Json::array();
  for (const Bank& bank : TRY(site.services.store.list_banks()))
    body["banks"].push_back(shape_of(bank));
  return json_response(200, body);
}

Result<Response> post_bank(const Request& request, Site& site) {
  TRY(request.query.only({}));
  const Json body = TRY(parse_json_object(request.json));
  TRY(only_keys(body, {"name", "description", "kind"}));
  Bank bank;
  bank.name = TRY(text_under(body, "name")).value_or("");
  bank.description = TRY(text_under(body, "description")).value_or("");
  if (const auto kind = TRY(text_under(body, "kind"))) bank.kind = TRY(parse_bank_kind(*kind));
  TRY(check_bank_name(bank.name));
  Response response = json_response(201, shape_of(TRY(site.services.store.create_bank(bank))));
  response.headers.emplace_back("Location", "/v1/banks/" + bank.name);
  return response;
}

Result<Response> get_bank(const Request& request, Site& site) {
  TRY(request.query.only({}));
  return json_response(200, shape_of(TRY(site.services.store.find_bank(request.capture("bank")))));
}

Result<Response> patch_bank(const Request& request, Site& site) {
  TRY(request.query.only({}));
  const std::string& name = request.capture("bank");
  const Json body = TRY(parse_json_object(request.json));
  TRY(only_keys(body, {"state", "description"}));
  BankChange change;
  change.state = TRY(state_under(body));
  change.description = TRY(text_under(body, "description"));
  return json_response(200, shape_of(TRY(site.services.store.change_bank(name, change))));
}

// Nothing is erased: the bank is retired, keeps its history and can be made active again.
Result<Response> delete_bank(const Request& request, Site& site) {
  TRY(request.query.only({}));
  const std::string& name = request.capture("bank");
  const BankChange retired{.state = State::kRetired};
  return json_response(200, shape_of(TRY(site.services.store.change_bank(name, retired))));
}

}  // namespace weir::http
