// SPDX-License-Identifier: Apache-2.0
//
// A form in two cuts: as a whole, and in pieces whose lengths come from the input. Both must find
// the same parts and fail at the same place. First byte: length of the pieces; first line: the
// boundary.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "server/http/multipart.h"

namespace {

using namespace weir::http;
using weir::Status;

class Recorder final : public MultipartSink {
 public:
  Status begin_part(PartHead head) override {
    seen += "<" + head.name + "|" + head.file_name.value_or("") + ">";
    return {};
  }
  Status part_bytes(std::string_view bytes) override {
    seen += bytes;
    return {};
  }
  Status end_part() override {
    seen += "</>";
    return {};
  }
  std::string seen;
};

std::string scan(const std::string& type, std::string_view form, size_t piece) {
  Recorder recorder;
  auto scanner = MultipartScanner::create(type, recorder);
  if (!scanner) return "";
  Status status;
  while (status && !form.empty()) {
    status = scanner->feed(form.substr(0, piece));
    form.remove_prefix(std::min(piece, form.size()));
  }
  if (status) status = scanner->finish();
  return recorder.seen + (status ? "" : status.error().message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const size_t line = input.find('\n');
  if (size < 2 || line == input.npos) return 0;
  const std::string type =
      "multipart/form-data; boundary=" + std::string(input.substr(1, line - 1));
  const std::string_view form = input.substr(line + 1);
  if (scan(type, form, form.size() + 1) != scan(type, form, bytes[0] % 32u + 1)) std::abort();
  return 0;
}
