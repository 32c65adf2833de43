// SPDX-License-Identifier: Apache-2.0
#include "server/http/multipart.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

namespace weir::http {
namespace {

struct Part {
  PartHead head;
  std::string bytes;
  bool ended = false;
};
bool operator==(const Part& a, const Part& b) {
  return a.head.name == b.head.name && a.head.file_name == b.head.file_name && a.bytes == b.bytes &&
         a.ended == b.ended;
}

class Recorder final : public MultipartSink {
 public:
  Status begin_part(PartHead head) override {
    parts.push_back({std::move(head), "", false});
    return {};
  }
  Status part_bytes(std::string_view bytes) override {
    parts.back().bytes += bytes;
    return {};
  }
  Status end_part() override {
    parts.back().ended = true;
    return {};
  }
  std::vector<Part> parts;
};

struct Scanned {
  std::vector<Part> parts;
  std::string error;
};

// Scans `form` in the pieces that end at `cuts`.
Scanned scan(std::string_view form, const std::vector<size_t>& cuts,
             const std::string& type = "multipart/form-data; boundary=xyz") {
  Recorder recorder;
  auto scanner = MultipartScanner::create(type, recorder);
  if (!scanner) return {{}, scanner.error().message};
  size_t at = 0;
  Status status;
  for (size_t cut : cuts) {
    cut = std::min(cut, form.size());
    if (!status || cut <= at) continue;
    status = scanner->feed(form.substr(at, cut - at));
    at = cut;
  }
  if (status) status = scanner->feed(form.substr(at));
  if (status) status = scanner->finish();
  return {recorder.parts, status ? "" : status.error().message};
}
Scanned scan(std::string_view form) {
  return scan(form, {});
}

std::string part(const std::string& head, const std::string& bytes) {
  return "--xyz\r\n" + head + "\r\n\r\n" + bytes + "\r\n";
}
std::string file(const std::string& bytes) {
  return part("Content-Disposition: form-data; name=\"f\"; filename=\"a.jpg\"", bytes);
}
std::string file_name_of(const std::string& parameters) {
  const Scanned got =
      scan(part("Content-Disposition: form-data; name=f; " + parameters, "x") + "--xyz--\r\n");
  return got.error.empty() ? got.parts.at(0).head.file_name.value_or("(none)") : got.error;
}

TEST(Multipart, ReadsFilesAndFields) {
  const Scanned got =
      scan("preamble\r\n" + file("bytes") +
           part("content-type: text/plain\r\ncontent-disposition: form-data; name=labels", "{}") +
           file("") + "--xyz--\r\nepilogue");
  EXPECT_EQ(got.error, "");
  const std::vector<Part> expected = {{{"f", "a.jpg"}, "bytes", true},
                                      {{"labels", std::nullopt}, "{}", true},
                                      {{"f", "a.jpg"}, "", true}};
  EXPECT_TRUE(got.parts == expected);
}

// The slow definition: a part's content is what lies between two delimiters, found by searching the
// whole form. Contents are made of the delimiter's own pieces, so that near misses are the rule.
RC_GTEST_PROP(Multipart, CutsAndNearBoundariesChangeNothing, ()) {
  const auto piece = rc::gen::elementOf(std::vector<std::string>{
      "\r", "\n", "\r\n", "-", "--", "x", "xy", "\r\n--", "\r\n--x", "\r\n--xy", "\r\r\n--xy", "a",
      std::string(1, '\0'), std::string(300, 'b')});
  const auto contents = *rc::gen::container<std::vector<std::vector<std::string>>>(
      rc::gen::container<std::vector<std::string>>(piece));
  std::string form;
  std::vector<std::string> expected;
  for (const auto& pieces : contents) {
    std::string bytes;
    for (const std::string& one : pieces) bytes += one;
    if (("\r\n" + bytes + "\r\n").find("\r\n--xyz") != std::string::npos) continue;
    form += file(bytes);
    expected.push_back(bytes);
  }
  form += "--xyz--\r\n";
  auto cuts = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, form.size()));
  std::sort(cuts.begin(), cuts.end());
  const Scanned got = scan(form, cuts);
  RC_ASSERT(got.error == "");
  RC_ASSERT(got.parts.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) RC_ASSERT(got.parts[i].bytes == expected[i]);
}

TEST(Multipart, ByteByByteIsAsGoodAsAtOnce) {
  const std::string form =
      "\r\n" + file("a\r\n--xyy\r\n--xy") + "--xyz \t\r\n" + file("\r\n\r\n").substr(7) + "--xyz--";
  std::vector<size_t> every;
  for (size_t i = 1; i < form.size(); ++i) every.push_back(i);
  EXPECT_EQ(scan(form).error, "");
  EXPECT_EQ(scan(form).parts.size(), 2u);
  EXPECT_TRUE(scan(form).parts == scan(form, every).parts);
}

// Whatever is wrong is wrong however it is cut, and with the same words.
RC_GTEST_PROP(Multipart, DamagedFormsFailAlike, (std::string noise)) {
  std::string form = file("one") + file("two") + "--xyz--\r\n";
  const size_t at = *rc::gen::inRange<size_t>(0, form.size());
  form.replace(at, std::min(noise.size(), form.size() - at), noise);
  std::vector<size_t> every;
  for (size_t i = 1; i < form.size(); ++i) every.push_back(i);
  const Scanned whole = scan(form), bytewise = scan(form, every);
  RC_ASSERT(whole.error == bytewise.error);
  RC_ASSERT(whole.parts == bytewise.parts);
}

TEST(Multipart, AFormWithoutItsClosingBoundaryIsRefused) {
  const std::string form = file("one") + "--xyz--";
  for (size_t length = 0; length < form.size(); ++length)
    EXPECT_NE(scan(form.substr(0, length)).error, "") << length;
  EXPECT_EQ(scan(form).error, "");
}

TEST(Multipart, FileNamesAreReadAsClientsWriteThem) {
  EXPECT_EQ(file_name_of("filename=\"a b;c.jpg\""), "a b;c.jpg");
  EXPECT_EQ(file_name_of("filename=plain.jpg"), "plain.jpg");
  EXPECT_EQ(file_name_of("filename=\"\""), "");
  EXPECT_EQ(file_name_of("filename=\"say \\\"x\\\".jpg\""), "say \"x\".jpg");
  EXPECT_EQ(file_name_of("filename=\"say %22x%22%0D%0A 100%25.jpg\""), "say \"x\"\r\n 100%25.jpg");
  EXPECT_EQ(file_name_of("filename=\"C:\\temp\\a.jpg\""), "C:\\temp\\a.jpg");
  EXPECT_EQ(file_name_of("filename=\"\xd8\xb5.jpg\""), "\xd8\xb5.jpg");
  EXPECT_EQ(file_name_of("filename*=UTF-8''%d8%b5.jpg"), "\xd8\xb5.jpg");
  EXPECT_EQ(file_name_of("filename=\"a.jpg\"; filename*=UTF-8''b.jpg"), "a.jpg");
  EXPECT_EQ(file_name_of("other=1"), "(none)");
}

TEST(Multipart, MalformedFormsAreRefused) {
  const std::string end = "--xyz--\r\n";
  const std::string bad[] = {
      "",
      "no boundary at all",
      "--xyzz\r\n\r\nx\r\n" + end,                        // not at the line's end
      "--xyz-\r\n" + end,                                 // neither closed nor open
      "--xyz\n" + end,                                    // LF alone
      part("Content-Type: text/plain", "x") + end,        // no disposition
      part("Content-Disposition: form-data", "x") + end,  // no name
      part("Content-Disposition: attachment; name=f", "x") + end,
      part("Content-Disposition: form-data; name=f; name=g", "x") + end,
      part("Content-Disposition: form-data; name=\"f", "x") + end,
      part("Content-Disposition: form-data; name=f\r\ncontent-disposition: form-data; name=g",
           "x") +
          end,
      part("Content-Disposition: form-data; name=f\r\nContent-Transfer-Encoding: base64", "x") +
          end,
      part("Content-Disposition: form-data; name=f; filename*=latin1''x", "x") + end,
      part("no colon", "x") + end,
      "--xyz" + std::string(300, ' ') + "\r\n" + end,
      "--xyz\r\nContent-Disposition: form-data; name=" + std::string(9000, 'n') + "\r\n\r\n" + end,
  };
  for (const std::string& form : bad) EXPECT_NE(scan(form).error, "") << form;
}

TEST(Multipart, ABoundaryIsWhatTheStandardAllows) {
  const auto accepted = [](const std::string& type) {
    Recorder recorder;
    return MultipartScanner::create(type, recorder).has_value();
  };
  EXPECT_TRUE(accepted("multipart/form-data; boundary=----WebKitFormBoundaryABC123"));
  EXPECT_TRUE(accepted("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"a b?c\""));
  EXPECT_TRUE(accepted("multipart/form-data; boundary=" + std::string(70, 'b')));
  EXPECT_FALSE(accepted("multipart/form-data; boundary=" + std::string(71, 'b')));
  EXPECT_FALSE(accepted("multipart/form-data; boundary="));
  EXPECT_FALSE(accepted("multipart/form-data; boundary=\"a \""));
  EXPECT_FALSE(accepted("multipart/form-data; boundary=\"a\rb\""));
  EXPECT_FALSE(accepted("multipart/form-data"));
  EXPECT_FALSE(accepted("multipart/mixed; boundary=a"));
}

}  // namespace
}  // namespace weir::http
