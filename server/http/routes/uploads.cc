// SPDX-License-Identifier: Apache-2.0
#include "server/http/routes/uploads.h"

#include "server/http/routes/metrics.h"

namespace weir::http {

Result<std::vector<Result<ItemSignals>>> decode_uploads(const Request& request, DecodeWants wants,
                                                        Site& site) {
  const std::vector<UploadedFile>& files = request.files;
  wants.party = request.caller;
  if (files.empty())
    return Error{ErrorCode::kInvalid, "no file was sent; a part of the form needs a file name"};
  std::vector<Result<ItemSignals>> decoded;
  for (const UploadedFile& file : files) {
    decoded.push_back(site.services.decoder.decode(file.bytes.fd(), wants));
    if (decoded.back()) continue;
    const Error& error = decoded.back().error();
    site.metrics.count_decoder_failure(error.code);
    if (error.code == ErrorCode::kUnavailable) return error;
  }
  return decoded;
}

std::string base_name(std::string_view path) {
  const size_t last = path.find_last_of("/\\");
  return std::string(last == path.npos ? path : path.substr(last + 1));
}

}  // namespace weir::http
