// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include "server/http/json_body.h"
#include "server/http/routes/handlers.h"
#include "server/http/routes/uploads.h"
#include "weir/base/utf8.h"

namespace weir::http {
namespace {

// {"results":[...]} for several files; the one object, or its error as the reply, for one.
Result<Response> reply(std::vector<Result<Json>> objects, const std::vector<UploadedFile>& files) {
  if (objects.size() == 1) return json_response(200, TRY(std::move(objects.front())));
  Json results = Json::array();
  for (size_t i = 0; i < objects.size(); ++i) {
    Json object;
    object["path"] = to_utf8(files[i].name);
    if (objects[i])
      object.update(*objects[i]);
    else
      object["error"] = shape_of(objects[i].error());
    results.push_back(std::move(object));
  }
  Json body;
  body["results"] = std::move(results);
  return json_response(200, body);
}

// One object a file, in order: its path, then what `describe` adds; or why it was not decoded.
std::vector<Result<Json>> objects_of(
    const std::vector<Result<ItemSignals>>& decoded, const std::vector<UploadedFile>& files,
    const std::function<void(Json& object, const ItemSignals& item)>& describe) {
  std::vector<Result<Json>> objects;
  objects.reserve(decoded.size());
  for (size_t i = 0; i < decoded.size(); ++i) {
    if (decoded[i]) {
      Json object{{"path", to_utf8(files[i].name)}};
      describe(object, *decoded[i]);
      objects.emplace_back(std::move(object));
    } else {
      objects.emplace_back(decoded[i].error());
    }
  }
  return objects;
}

Result<std::vector<std::string>> banks_asked(const Request& request) {
  TRY(request.fields.only({"bank"}));
  std::vector<std::string> banks = request.query.all("bank");
  for (std::string& bank : request.fields.all("bank")) banks.push_back(std::move(bank));
  return banks;
}

// Whether the client is told where to look for the answer instead of waiting for it: because it
// asked for that, or because the file is large. Errors: invalid.
Result<bool> answers_later(const Request& request, Site& site) {
  const std::optional<std::string> async = TRY(request.query.one("async"));
  if (async && *async != "0" && *async != "1") return Error{ErrorCode::kInvalid, "async is 1 or 0"};
  const bool asked = async ? *async == "1" : request.prefers_async;
  if (asked && request.files.size() != 1)
    return Error{ErrorCode::kInvalid, "a job is about one file; send each by itself"};
  if (asked || async || request.files.size() != 1) return asked;
  return request.files.front().bytes.size() > site.options.job_bytes;
}

Result<Response> begin_job(const Request& request, std::vector<std::string> banks, Site& site) {
  const UploadedFile& file = request.files.front();
  const std::string id = TRY(site.jobs.submit(file.bytes.fd(), {file.name, std::move(banks), {}}));
  Response response = json_response(202, {{"job", id}});
  response.headers.emplace_back("Location", "/v1/jobs/" + id);
  if (request.prefers_async) response.headers.emplace_back("Preference-Applied", "respond-async");
  return response;
}

}  // namespace

Result<Response> post_match_files(const Request& request, Site& site) {
  std::vector<std::string> banks = TRY(banks_asked(request));
  if (TRY(answers_later(request, site))) return begin_job(request, std::move(banks), site);
  const DecodeWants wants = TRY(wants_to_match(site.services));
  const std::vector<Result<ItemSignals>> decoded = TRY(decode_uploads(request, wants, site));
  std::vector<ItemToMatch> items;
  for (const auto& item : decoded)
    if (item) items.push_back(TRY(item_to_match(*item)));
  const std::vector<ItemReport> reports = TRY(match_against_banks(items, banks, site.services));

  size_t next_report = 0;
  auto objects = objects_of(decoded, request.files, [&](Json& object, const ItemSignals&) {
    object.update(shape_of(reports[next_report++]));
  });
  return reply(std::move(objects), request.files);
}

// {"signals":[...]} is one item, {"items":[{"signals":[...]}, ...]} several.
Result<Response> post_match(const Request& request, const MatchRequest& asked, Site& site) {
  TRY(request.query.only({"bank", "name"}));
  std::vector<std::string> banks = TRY(banks_asked(request));
  banks.insert(banks.end(), asked.banks.begin(), asked.banks.end());
  const std::vector<ItemReport> reports =
      TRY(match_against_banks(asked.items, banks, site.services));
  if (!asked.is_list) return json_response(200, shape_of(reports.front()));
  Json results;
  results["results"] = Json::array();
  for (const ItemReport& report : reports) results["results"].push_back(shape_of(report));
  return json_response(200, results);
}

Result<Response> post_hash(const Request& request, Site& site) {
  TRY(request.fields.only({}));
  const std::vector<Result<ItemSignals>> decoded =
      TRY(decode_uploads(request, wants_to_hash(), site));
  auto objects = objects_of(decoded, request.files, [](Json& object, const ItemSignals& item) {
    object.update(shape_of(item));
  });
  return reply(std::move(objects), request.files);
}

}  // namespace weir::http
