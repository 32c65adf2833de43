// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/request.h"
#include "server/http/routes/bodies.h"

namespace weir::http {

// One handler a route, as router.cc lists them; what each answers is in openapi.yaml. A handler
// says which and what, the flow does it, and the caller turns an Error into a reply. One that takes
// JSON gets it as a type of bodies.h.

// match_handlers.cc
Result<Response> post_match(const Request& request, const MatchRequest& asked, Site& site);
Result<Response> post_match_files(const Request& request, Site& site);
Result<Response> post_hash(const Request& request, Site& site);

// job_handlers.cc
Result<Response> get_job(const Request& request, Site& site);
Result<Response> get_job_events(const Request& request, Site& site);

// bank_handlers.cc
Result<Response> get_banks(const Request& request, Site& site);
Result<Response> post_bank(const Request& request, const NewBank& made, Site& site);
Result<Response> get_bank(const Request& request, Site& site);
Result<Response> patch_bank(const Request& request, const BankChange& change, Site& site);
Result<Response> delete_bank(const Request& request, Site& site);

// entry_handlers.cc
Result<Response> get_entries(const Request& request, Site& site);
Result<Response> post_entries(const Request& request, const NewEntries& made, Site& site);
Result<Response> post_files_as_entries(const Request& request, Site& site);
Result<Response> get_entry(const Request& request, Site& site);
Result<Response> patch_entry(const Request& request, const EntryChange& change, Site& site);
Result<Response> delete_entry(const Request& request, Site& site);

// house_handlers.cc: the service itself
Result<Response> get_health(const Request& request, Site& site);
Result<Response> get_ready(const Request& request, Site& site);
Result<Response> get_metrics(const Request& request, Site& site);
Result<Response> get_openapi(const Request& request, Site& site);
Result<Response> get_page(const Request& request, Site& site);

}  // namespace weir::http
