// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "weir/base/result.h"

namespace weir::http {

// One part of a form. A part with a file name, even an empty one, is a file, and so is one whose
// Content-Type is of a picture, a video or bytes, which some clients send without a name; others
// are fields.
struct PartHead {
  std::string name;
  std::optional<std::string> file_name;
};

// What a MultipartScanner found, in order: begin, any number of pieces, end, then the next part.
class MultipartSink {
 public:
  virtual ~MultipartSink() = default;
  virtual Status begin_part(PartHead head) = 0;
  virtual Status part_bytes(std::string_view bytes) = 0;
  virtual Status end_part() = 0;
};

// Reads a multipart/form-data body (RFC 7578) as it arrives, in any pieces: where they are cut
// changes nothing but how part_bytes() is cut. Holds no more than one part's head (8 KiB). The
// first error, its own or the sink's, is final.
class MultipartScanner {
 public:
  // From the request's Content-Type. Errors: invalid, when it is not multipart/form-data with a
  // boundary of 1 to 70 characters (RFC 2046, 5.1.1).
  static Result<MultipartScanner> create(std::string_view content_type, MultipartSink& sink);

  // Errors: invalid (the form is malformed), limit (a part's head over 8 KiB), the sink's.
  Status feed(std::string_view bytes);
  // Nothing follows. Errors: invalid when the closing boundary has not come.
  Status finish();

 private:
  enum class Place { kPreamble, kPart, kAfterBoundary, kHead, kEpilogue };

  MultipartScanner(std::string delimiter, MultipartSink& sink)
      : delimiter_(std::move(delimiter)), sink_(&sink) {}
  Status take(std::string_view& bytes);
  Status take_part(std::string_view& bytes);
  Status pass_delimiter();
  Status take_line_end(std::string_view& bytes);
  Status take_head(std::string_view& bytes);
  Status emit(std::string_view bytes);

  std::string delimiter_;  // "\r\n--BOUNDARY"
  MultipartSink* sink_;
  Place place_ = Place::kPreamble;
  size_t matched_ = 2;   // characters of delimiter_ that the bytes so far end with
  std::string pending_;  // of kAfterBoundary and kHead: what has come of it
  std::optional<Error> error_;
};

}  // namespace weir::http
