// SPDX-License-Identifier: Apache-2.0
#include "server/flow/catalog.h"
#include "server/http/routes/handlers.h"

namespace weir::http {

Result<Response> get_banks(const Request&, Site& site) {
  Json body;
  body["banks"] = Json::array();
  for (const Bank& bank : TRY(list_banks(site.services.store)))
    body["banks"].push_back(shape_of(bank));
  return json_response(200, body);
}

Result<Response> post_bank(const Request&, const NewBank& made, Site& site) {
  const Bank bank = TRY(create_bank(made.bank, site.services.store));
  Response response = json_response(201, shape_of(bank));
  response.headers.emplace_back("Location", "/v1/banks/" + bank.name);
  return response;
}

Result<Response> get_bank(const Request& request, Site& site) {
  return json_response(200, shape_of(TRY(find_bank(request.capture("bank"), site.services.store))));
}

Result<Response> patch_bank(const Request& request, const BankChange& change, Site& site) {
  return json_response(
      200, shape_of(TRY(change_bank(request.capture("bank"), change, site.services.store))));
}

Result<Response> delete_bank(const Request& request, Site& site) {
  return patch_bank(request, {.state = State::kRetired}, site);
}

}  // namespace weir::http
