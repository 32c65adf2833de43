// SPDX-License-Identifier: Apache-2.0
#include "server/http/request.h"

#include <cassert>

namespace weir::http {

const std::string& Request::capture(std::string_view name) const {
  for (const auto& [key, value] : captures)
    if (key == name) return value;
  assert(!"the route has no such part");
  std::abort();
}

Response json_response(int status, const Json& body) {
  Response response;
  response.status = status;
  response.body = dump(body) + "\n";
  return response;
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return 400;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kDenied:
      return 403;
    case ErrorCode::kCorrupt:
      return 422;
    case ErrorCode::kLimit:
      return 413;
    case ErrorCode::kUnavailable:
      return 503;
  }
  return 500;
}

Response error_response(const Error& error) {
  return error_response(status_of(error.code), error);
}

Response error_response(int status, const Error& error) {
  Json body;
  body["error"] = shape_of(error);
  Response response = json_response(status, body);
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
  }
  return "Unknown";
}

}  // namespace weir::http
