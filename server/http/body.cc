// SPDX-License-Identifier: Apache-2.0
#include "server/http/body.h"

#include "server/http/multipart.h"
#include "server/http/text.h"
#include "weir/base/utf8.h"

namespace weir::http {
namespace {

constexpr size_t kFields = 100;            // of one form; the API knows three
constexpr size_t kFieldBytes = 64 * 1024;  // room for 64 labels of a kilobyte

// "the form has more than 100 fields", and who allows no more, where that can be configured.
Error over(std::string_view what, uint64_t limit, std::string_view unit,
           std::string_view allowed_by = ", the most that is taken") {
  return Error{ErrorCode::kLimit, std::string(what) + " has more than " + std::to_string(limit) +
                                      " " + std::string(unit) + std::string(allowed_by)};
}
constexpr std::string_view kByFileLimits =
    ", which is what limits.file_mib and limits.video_mib allow";

class EmptyBody final : public Body {
 public:
  Status take(std::string_view bytes) override {
    if (bytes.empty()) return {};
    return Error{ErrorCode::kInvalid, "this route takes no body"};
  }
  Status finish(Request&) override { return {}; }
};

class JsonBody final : public Body {
 public:
  JsonBody(const ServerOptions& options, BytesHeld& held) : options_(options), held_(held) {}
  ~JsonBody() override { held_ -= counted_; }

  Status take(std::string_view bytes) override {
    if (text_.size() + bytes.size() > options_.json_bytes)
      return over("the JSON body", options_.json_bytes, "bytes");
    if (held_.fetch_add(bytes.size()) + bytes.size() > options_.json_bytes_held) {
      held_ -= bytes.size();
      return Error{ErrorCode::kUnavailable, "too many JSON bodies at once; ask again later"};
    }
    counted_ += bytes.size();
    text_ += bytes;
    return {};
  }

  // The bytes stay counted until the body goes, which is after its request was answered.
  Status finish(Request& request) override {
    request.json = std::move(text_);
    request.is_json = true;
    return {};
  }

 private:
  const ServerOptions& options_;
  BytesHeld& held_;
  uint64_t counted_ = 0;
  std::string text_;
};

class FileBody final : public Body {
 public:
  explicit FileBody(const ServerOptions& options) : options_(options) {}
  bool writes() const override { return true; }

  Status take(std::string_view bytes) override {
    if (file_.fd() < 0) file_ = TRY(SpoolFile::create(options_.spool_folder));
    if (file_.size() + bytes.size() > options_.file_bytes)
      return over("the file", options_.file_bytes, "bytes", kByFileLimits);
    return file_.append(bytes);
  }

  Status finish(Request& request) override {
    if (file_.fd() < 0) return Error{ErrorCode::kInvalid, "the body is empty"};
    std::optional<std::string> name = TRY(request.query.one("name"));
    request.files.push_back({name.value_or(""), std::move(file_)});
    return {};
  }

 private:
  const ServerOptions& options_;
  SpoolFile file_{-1};
};

class FormBody final : public Body, private MultipartSink {
 public:
  explicit FormBody(const ServerOptions& options) : options_(options) {}
  Status open(std::string_view content_type) {
    scanner_ = TRY(MultipartScanner::create(content_type, *this));
    return {};
  }
  bool writes() const override { return true; }
  Status take(std::string_view bytes) override { return scanner_->feed(bytes); }

  Status finish(Request& request) override {
    TRY(scanner_->finish());
    request.files = std::move(files_);
    request.fields = std::move(fields_);
    return {};
  }

 private:
  Status begin_part(PartHead head) override {
    head_ = std::move(head);
    value_.clear();
    if (!head_.file_name) {
      if (++field_count_ > kFields) return over("the form", kFields, "fields");
      return {};
    }
    if (files_.size() == options_.files) return over("the form", options_.files, "files");
    SpoolFile file = TRY(SpoolFile::create(options_.spool_folder));
    files_.push_back({*head_.file_name, std::move(file)});
    return {};
  }

  Status part_bytes(std::string_view bytes) override {
    if (!head_.file_name) {
      value_ += bytes;
      if (value_.size() <= kFieldBytes) return {};
      return over("a field without a file name", kFieldBytes, "bytes");
    }
    SpoolFile& file = files_.back().bytes;
    if (file.size() + bytes.size() > options_.file_bytes)
      return over("file " + std::to_string(files_.size()), options_.file_bytes, "bytes",
                  kByFileLimits);
    return file.append(bytes);
  }

  Status end_part() override {
    if (!head_.file_name) {
      if (!is_utf8(head_.name) || !is_utf8(value_))
        return Error{ErrorCode::kInvalid, "a field of the form is not UTF-8"};
      fields_.add(std::move(head_.name), std::move(value_));
    } else if (head_.file_name->empty() && files_.back().bytes.size() == 0) {
      files_.pop_back();  // what browsers send for a file input that was left empty
    }
    return {};
  }

  const ServerOptions& options_;
  std::optional<MultipartScanner> scanner_;
  PartHead head_;
  std::string value_;
  size_t field_count_ = 0;
  Query fields_;
  std::vector<UploadedFile> files_;
};

}  // namespace

Result<std::unique_ptr<Body>> body_for(Accepts accepts, std::string_view content_type,
                                       const ServerOptions& options, BytesHeld& held) {
  std::unique_ptr<Body> body;
  if (accepts == Accepts::kNothing) {
    body = std::make_unique<EmptyBody>();
    return body;
  }
  const HeaderValue type = TRY(parse_header_value(content_type));
  const bool files = accepts == Accepts::kFiles || accepts == Accepts::kJsonOrFiles;
  const bool json = accepts == Accepts::kJson || accepts == Accepts::kJsonOrFiles;
  if (json && type.value == "application/json") {
    body = std::make_unique<JsonBody>(options, held);
  } else if (files && type.value == "multipart/form-data") {
    auto form = std::make_unique<FormBody>(options);
    TRY(form->open(content_type));
    body = std::move(form);
  } else if (files && (type.value.starts_with("image/") || type.value.starts_with("video/") ||
                       type.value == "application/octet-stream")) {
    body = std::make_unique<FileBody>(options);
  }
  return body;
}

std::string_view types_of(Accepts accepts) {
  switch (accepts) {
    case Accepts::kNothing:
      return "no body";
    case Accepts::kJson:
      return "application/json";
    case Accepts::kFiles:
      return "multipart/form-data, image/*, video/* or application/octet-stream";
    case Accepts::kJsonOrFiles:
      return "application/json, multipart/form-data, image/*, video/* or application/octet-stream";
  }
  return "";
}

}  // namespace weir::http
