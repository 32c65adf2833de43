// SPDX-License-Identifier: Apache-2.0
#include "server/exchange/lists.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "server/exchange/line_reader.h"
#include "server/exchange/lists_for_test.h"
#include "server/rules/sha256.h"
#include "weir/base/hex.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

const std::string kPdqHex = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const std::string kMd5Hex = "d41d8cd98f00b204e9800998ecf8427e";

Signal pdq(std::optional<int> quality = std::nullopt) {
  Signal signal = parse_signal(SignalKind::kPdq, kPdqHex).value();
  signal.quality = quality;
  return signal;
}

// What two entries of a list have in common; ids and times are the store's.
void expect_same(const Entry& a, const Entry& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.media, b.media);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.signals, b.signals);
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.provenance, b.provenance);
}

TEST(PlainList, TellsTheKindFromTheNumberOfDigits) {
  const ReadList read = read_text(kPdqHex + "\n" + kMd5Hex + "\nabc\n", ListFormat::kPlain);
  ASSERT_EQ(read.entries.size(), 2u);
  EXPECT_EQ(read.entries[0].signals, std::vector{pdq()});
  EXPECT_EQ(read.entries[1].signals[0].kind, SignalKind::kMd5);
  ASSERT_EQ(read.errors.size(), 1u);
  EXPECT_EQ(read.errors[0].first, 3u);
  EXPECT_NE(read.errors[0].second.message.find("found 3"), std::string::npos);
}

TEST(PlainList, TakesTheFormsOfOtherTools) {
  for (const std::string& line :
       {kPdqHex + ",a b.jpg", "hash=" + kPdqHex + ",a b.jpg", "pdq " + kPdqHex + " a b.jpg",
        kPdqHex + "  a b.jpg", kPdqHex + " *a b.jpg", "  " + kPdqHex + "\ta b.jpg  "}) {
    const ReadList read = read_text(line, ListFormat::kPlain);
    ASSERT_EQ(read.entries.size(), 1u) << line;
    EXPECT_EQ(read.entries[0].name, "a b.jpg") << line;
    EXPECT_EQ(read.entries[0].signals, std::vector{pdq()}) << line;
  }
  const ReadList sums = read_text(kPdqHex + "  x", ListFormat::kPlain, SignalKind::kSha256);
  EXPECT_EQ(sums.entries.at(0).signals[0].kind, SignalKind::kSha256);
  EXPECT_EQ(read_text("pdq " + kPdqHex, ListFormat::kPlain, SignalKind::kMd5).errors.size(), 1u);
}

// SHA-256 of "1", "2", ...: no kind is named, and they are no PDQ.
TEST(PlainList, BareSha256IsNotTakenForPdq) {
  std::string sums;
  for (int i = 1; i <= 100; ++i) {
    const std::string text = std::to_string(i);
    sums += to_hex(sha256_of({reinterpret_cast<const uint8_t*>(text.data()), text.size()})) + "\n";
  }
  const ReadList guessed = read_text(sums, ListFormat::kPlain);
  EXPECT_TRUE(guessed.entries.empty());
  ASSERT_EQ(guessed.errors.size(), 100u);
  EXPECT_EQ(guessed.errors[99].first, 100u);
  EXPECT_NE(guessed.errors[0].second.message.find("--kind sha256"), std::string::npos);
  EXPECT_EQ(read_text(sums.substr(0, 64), ListFormat::kPlain).errors.size(), 1u);
  EXPECT_EQ(read_text(sums, ListFormat::kPlain, SignalKind::kSha256).entries.size(), 100u);
  EXPECT_EQ(read_text(sums, ListFormat::kPlain, SignalKind::kPdq).entries.size(), 100u);

  std::string hashes, named;
  for (int i = 0; i < 100; ++i) hashes += kPdqHex + "\n", named += "sha256 " + kPdqHex + "\n";
  EXPECT_EQ(read_text(hashes, ListFormat::kPlain).entries.size(), 100u);
  EXPECT_EQ(read_text(named, ListFormat::kPlain).entries.size(), 100u);
}

// In which many shared lists come: told from the number of its digits, and written so.
TEST(PlainList, Sha1IsTakenAndGiven) {
  const std::string hex = "a9993e364706816aba3e25717850c26c9cd0d89d";
  for (const std::string& line : {hex, "sha1 " + hex, hex + "  a.jpg"}) {
    const ReadList read = read_text(line + "\n", ListFormat::kPlain);
    ASSERT_EQ(read.entries.size(), 1u) << line;
    EXPECT_EQ(read.entries[0].signals[0].kind, SignalKind::kSha1);
    EXPECT_EQ(write_list_entry(read.entries[0], ListFormat::kPlain, ""), hex + "\n");
    EXPECT_EQ(write_list_entry(read.entries[0], ListFormat::kCsv, ""),
              "sha1," + hex + ",,POSITIVE_CLASS,\n");
  }
  const ReadList csv = read_text(
      "signal_type,signal_str\nsha1," + hex + "\nvideo_sha1," + hex + "\n", ListFormat::kCsv);
  ASSERT_EQ(csv.entries.size(), 2u);
  EXPECT_EQ(csv.entries[1].media, "video");
}

TEST(EveryList, SaysWhatItIsWhenItIsNoTextInUtf8) {
  for (const auto& [beginning, said] : {std::pair<std::string, std::string>{"\xFF\xFE"
                                                                            "a",
                                                                            "UTF-16"},
                                        {"\xFE\xFF", "UTF-16"},
                                        {"\x1F\x8B\x08", "gunzip"},
                                        {"BZh9", "bunzip2"},
                                        {"PK\x03\x04", "save it as CSV"}}) {
    for (const ListFormat format : {ListFormat::kPlain, ListFormat::kCsv, ListFormat::kJsonl}) {
      const ReadList read = read_text(beginning + "\n" + kPdqHex + "\n", format);
      ASSERT_FALSE(read.status) << said;
      EXPECT_EQ(read.status.error().code, ErrorCode::kInvalid);
      EXPECT_NE(read.status.error().message.find(said), std::string::npos);
      EXPECT_TRUE(read.entries.empty());
    }
  }
}

TEST(EveryList, SkipsMarksBlanksAndCommentsAndEndsWithoutALineEnd) {
  const ReadList read =
      read_text("\xEF\xBB\xBF" + kPdqHex + "\r\n\r\n  \t\n# old\n" + kMd5Hex, ListFormat::kPlain);
  EXPECT_EQ(read.entries.size(), 2u);
  EXPECT_TRUE(read.errors.empty());
  for (const ListFormat format : {ListFormat::kPlain, ListFormat::kJsonl}) {
    EXPECT_TRUE(read_text("", format).status);
    EXPECT_TRUE(read_text("\xEF\xBB\xBF", format).status);
  }
}

// One bad line costs that line, and its number is right whatever came before.
TEST(EveryList, NamesWhatIsWrongWithALineAndReadsOn) {
  const std::string long_line(kListLineBytes + 1, 'a');
  const std::string text =
      "xyz\n" + kPdqHex + std::string("\0", 1) + "\n\xFF\xFE\n" + long_line + "\n" + kPdqHex + "\n";
  const ReadList read = read_text(text, ListFormat::kPlain);
  ASSERT_EQ(read.errors.size(), 4u);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(read.errors[i].first, i + 1);
  EXPECT_NE(read.errors[1].second.message.find("zero byte"), std::string::npos);
  EXPECT_NE(read.errors[2].second.message.find("UTF-8"), std::string::npos);
  EXPECT_EQ(read.errors[3].second.code, ErrorCode::kLimit);
  EXPECT_EQ(read.entries.size(), 1u);
}

TEST(EveryList, StopsWhenItsReaderSaysSo) {
  std::istringstream in(kPdqHex + "\n" + kPdqHex + "\n");
  int lines = 0;
  const Status status = read_list(in, ListFormat::kPlain, std::nullopt, [&](ListLine) -> Status {
    ++lines;
    return Error{ErrorCode::kLimit, "enough"};
  });
  EXPECT_EQ(lines, 1);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "enough");
}

TEST(EveryList, ThatCannotBeReadIsCorrupt) {
  std::istringstream in(kPdqHex);
  in.setstate(std::ios::badbit);
  const Status status =
      read_list(in, ListFormat::kPlain, std::nullopt, [](ListLine) { return Status(); });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCorrupt);
}

// The reader's definition: lines are what stands between line feeds.
RC_GTEST_PROP(LineReader, GivesTheLinesOfAnyBytes, ()) {
  std::string text;
  std::vector<std::string> expected;
  std::vector<bool> too_long;
  const size_t limit = 300'000;  // more than one chunk
  const auto sizes = *rc::gen::container<std::vector<size_t>>(rc::gen::element<size_t>(
      0, 1, 7, 262'143, 262'144, 262'145, limit - 1, limit, limit + 1, 2 * limit + 5));
  const bool ended = *rc::gen::arbitrary<bool>();
  const bool carriage = *rc::gen::arbitrary<bool>();
  for (size_t i = 0; i < sizes.size(); ++i) {
    const std::string line(sizes[i], static_cast<char>('a' + i % 26));
    expected.push_back(sizes[i] > limit ? "" : line);
    too_long.push_back(sizes[i] > limit);
    text += line;
    if (ended || i + 1 < sizes.size()) text += carriage ? "\r\n" : "\n";
  }
  if (!ended && !sizes.empty() && sizes.back() == 0) {  // nothing after the last line end
    expected.pop_back();
    too_long.pop_back();
  }
  std::istringstream in(text);
  LineReader reader(in, limit, 64);
  LineReader::Line line;
  for (size_t i = 0; i < expected.size(); ++i) {
    RC_ASSERT(reader.next(line).value());
    RC_ASSERT(line.number == i + 1);
    RC_ASSERT(line.too_long == too_long[i]);
    RC_ASSERT(line.text == expected[i]);
  }
  RC_ASSERT(!reader.next(line).value());
}

TEST(CsvList, ReadsWhatPythonThreatexchangeWrites) {
  const std::string text =
      "signal_type,signal_str,collab,category,tags\r\n"
      "pdq," +
      kPdqHex +
      ",\"Sample, Signals\",POSITIVE_CLASS,isil video isil\r\n"
      "video_md5," +
      kMd5Hex +
      ",c,INVESTIGATION_SEED,\r\n"
      "raw_text,\"say \"\"hi\"\"\",c,POSITIVE_CLASS,\r\n"
      "pdq," +
      kPdqHex + ",c,NEGATIVE_CLASS,\r\n";
  const ReadList read = read_text(text, ListFormat::kCsv);
  ASSERT_TRUE(read.status);
  ASSERT_EQ(read.entries.size(), 3u);
  EXPECT_EQ(read.entries[0].provenance.at("collab"), "Sample, Signals");
  EXPECT_EQ(read.entries[0].labels.at("tags"), "isil video");
  EXPECT_EQ(read.entries[0].labels.at("category"), "POSITIVE_CLASS");
  EXPECT_EQ(read.entries[0].signals, std::vector{pdq()});
  EXPECT_EQ(read.entries[1].media, "video");
  EXPECT_EQ(read.entries[1].signals[0].kind, SignalKind::kMd5);
  EXPECT_EQ(read.entries[2].state, State::kRetired);
  ASSERT_EQ(read.errors.size(), 1u);
  EXPECT_EQ(read.errors[0].first, 4u);
  EXPECT_NE(read.errors[0].second.message.find("\"raw_text\""), std::string::npos);
}

TEST(CsvList, NeedsItsHeader) {
  for (const std::string text :
       {"", "\n", "pdq,abc\n", "signal_type\n", "signal_type,signal_str,signal_str\n",
        "signal_type,signal_str,color\n", "\"signal_type,signal_str\n", "\xFF\n"}) {
    const ReadList read = read_text(text, ListFormat::kCsv);
    ASSERT_FALSE(read.status) << text;
    EXPECT_EQ(read.status.error().code, ErrorCode::kInvalid) << text;
  }
  EXPECT_EQ(
      read_text("signal_str,signal_type\n" + kPdqHex + ",pdq", ListFormat::kCsv).entries.size(),
      1u);
}

TEST(CsvList, OneStrayQuoteCostsOneLine) {
  const std::string text = "signal_type,signal_str,tags\npdq," + kPdqHex + ",\"open\npdq," +
                           kPdqHex + ",a\"b\npdq," + kPdqHex + ",\"a\"b\npdq," + kPdqHex +
                           "\npdq," + kPdqHex + ",a,b\npdq," + kPdqHex + ",fine\n";
  const ReadList read = read_text(text, ListFormat::kCsv);
  EXPECT_EQ(read.errors.size(), 5u);
  EXPECT_EQ(read.entries.size(), 1u);
}

TEST(CsvList, LeavesOutWhatItCannotSay) {
  Entry entry;
  entry.signals = {pdq(49), pdq(50), pdq()};
  const std::string rows = write_list_entry(entry, ListFormat::kCsv, "ours, and \"theirs\"");
  EXPECT_EQ(rows, "pdq," + kPdqHex + ",\"ours, and \"\"theirs\"\"\",POSITIVE_CLASS,\n" + "pdq," +
                      kPdqHex + ",\"ours, and \"\"theirs\"\"\",POSITIVE_CLASS,\n");
  entry.state = State::kRetired;
  EXPECT_EQ(write_list_entry(entry, ListFormat::kCsv, ""), "");
  EXPECT_EQ(write_list_entry(entry, ListFormat::kPlain, ""), "");
  entry.labels["category"] = "NEGATIVE_CLASS";
  EXPECT_NE(write_list_entry(entry, ListFormat::kCsv, ""), "");
}

TEST(PlainList, WrittenAndReadBackKeepsKinds) {
  for (const SignalKind kind : {SignalKind::kSha256, SignalKind::kMd5, SignalKind::kPdq}) {
    Entry entry;
    Signal signal{.kind = kind, .value = {}, .quality = {}, .region = {}, .time = {}};
    signal.value.assign(value_bytes(kind), 0xA5);
    entry.signals = {signal};
    const ReadList read =
        read_text(write_list_entry(entry, ListFormat::kPlain, ""), ListFormat::kPlain);
    ASSERT_EQ(read.entries.size(), 1u);
    EXPECT_EQ(read.entries[0].signals, entry.signals);
  }
}

TEST(JsonList, ReadsAnEntryWithEverything) {
  const ReadList read = read_text(
      R"({"name":"a.gif","media":"image","state":"retired","signals":[{"kind":"pdq","value":")" +
          kPdqHex +
          R"(","quality":98,"region":[1,2,3,4],"time_s":1.5}],"labels":{"group":"x"},)"
          R"("provenance":{"source":"y"}})",
      ListFormat::kJsonl);
  ASSERT_EQ(read.entries.size(), 1u) << (read.errors.empty() ? "" : read.errors[0].second.message);
  const Entry& entry = read.entries[0];
  EXPECT_EQ(entry.state, State::kRetired);
  EXPECT_EQ(entry.signals[0].quality, 98);
  EXPECT_EQ(entry.signals[0].region, (Rect{1, 2, 3, 4}));
  EXPECT_EQ(entry.signals[0].time, std::chrono::microseconds(1'500'000));
}

TEST(JsonList, RefusesWhatItDoesNotKnowAndSaysWhat) {
  const std::string signal = R"({"kind":"pdq","value":")" + kPdqHex + "\"";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"[1]", "object"},
      {"{", "not JSON"},
      {R"({"colour":1})", "\"colour\""},
      {R"({"signals":[]})", "at least one signal"},
      {R"({"signals":{}})", "\"signals\""},
      {R"({"signals":[{"kind":"pdq"}]})", "\"value\""},
      {R"({"signals":[{"kind":"phash","value":"00"}]})", "unknown signal kind"},
      {"{\"signals\":[" + signal + R"(,"quality":101}]})", "\"quality\""},
      {"{\"signals\":[" + signal + R"(,"quality":1.5}]})", "\"quality\""},
      {"{\"signals\":[" + signal + R"(,"region":[1,2,3]}]})", "\"region\""},
      {"{\"signals\":[" + signal + R"(,"region":[1,2,3,4294967296]}]})", "\"region\""},
      {"{\"signals\":[" + signal + R"(,"time_s":-1}]})", "\"time_s\""},
      {"{\"signals\":[" + signal + R"(,"time_s":1e300}]})", "\"time_s\""},
      {"{\"name\":1,\"signals\":[" + signal + "}]}", "\"name\""},
      {"{\"state\":\"gone\",\"signals\":[" + signal + "}]}", "state"},
      {"{\"labels\":{\"a\":1},\"signals\":[" + signal + "}]}", "\"labels\""},
      {"{\"labels\":{\"a\":\"1\",\"a\":\"2\"},\"signals\":[" + signal + "}]}", "twice"},
      {std::string(100'000, '['), "not JSON"},
      {"{\"name\":\"a\\u0000b\",\"signals\":[" + signal + "}]}", "zero bytes"},
  };
  for (const auto& [line, expected] : cases) {
    const ReadList read = read_text(line, ListFormat::kJsonl);
    ASSERT_EQ(read.errors.size(), 1u) << line.substr(0, 100);
    EXPECT_NE(read.errors[0].second.message.find(expected), std::string::npos)
        << line.substr(0, 100) << " gave " << read.errors[0].second.message;
  }
}

rc::Gen<std::string> any_text(size_t most) {
  return rc::gen::map(rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
                      [most](std::string text) {
                        std::erase(text, '\0');
                        text = to_utf8(text);
                        return text.size() > most ? std::string("long") : text;
                      });
}

rc::Gen<Labels> any_labels() {
  return rc::gen::map(
      rc::gen::container<std::map<std::string, std::string>>(any_text(64), any_text(1024)),
      [](Labels labels) {
        labels.erase("");
        while (labels.size() > kLabelsMost) labels.erase(labels.begin());
        return labels;
      });
}

Signal any_signal() {
  Signal signal;
  signal.kind = *rc::gen::element(SignalKind::kPdq, SignalKind::kMd5, SignalKind::kSha256);
  signal.value = *rc::gen::container<std::vector<uint8_t>>(value_bytes(signal.kind),
                                                           rc::gen::arbitrary<uint8_t>());
  if (*rc::gen::arbitrary<bool>()) signal.quality = *rc::gen::inRange(0, 101);
  if (*rc::gen::arbitrary<bool>())
    signal.region = Rect{*rc::gen::arbitrary<uint32_t>(), *rc::gen::arbitrary<uint32_t>(),
                         *rc::gen::arbitrary<uint32_t>(), *rc::gen::arbitrary<uint32_t>()};
  if (*rc::gen::arbitrary<bool>())
    signal.time = std::chrono::microseconds(*rc::gen::inRange<int64_t>(0, 1'000'000'000'000'000));
  return signal;
}

RC_GTEST_PROP(JsonList, RoundTripsExactly, ()) {
  Entry entry;
  entry.name = *any_text(1024);
  entry.media = *any_text(64);
  entry.state = *rc::gen::element(State::kActive, State::kRetired);
  const int count = *rc::gen::inRange(1, 5);
  for (int i = 0; i < count; ++i) entry.signals.push_back(any_signal());
  entry.labels = *any_labels();
  entry.provenance = *any_labels();
  const std::string line = write_list_entry(entry, ListFormat::kJsonl, "");
  const ReadList read = read_text(line, ListFormat::kJsonl);
  RC_ASSERT(read.entries.size() == 1u);
  expect_same(read.entries[0], entry);
  RC_ASSERT(write_list_entry(read.entries[0], ListFormat::kJsonl, "") == line);
}

RC_GTEST_PROP(CsvList, WrittenRowsAreReadBack, ()) {
  Entry entry;
  entry.signals.push_back(any_signal());
  entry.signals[0].quality.reset();
  entry.signals[0].region.reset();
  entry.signals[0].time.reset();
  entry.media = *rc::gen::element<std::string>("", "video", "image");
  entry.labels["tags"] = *any_text(100);
  const std::string text =
      list_header(ListFormat::kCsv) + write_list_entry(entry, ListFormat::kCsv, *any_text(100));
  const ReadList read = read_text(text, ListFormat::kCsv);
  RC_ASSERT(read.errors.empty());
  RC_ASSERT(read.entries.size() == 1u);
  RC_ASSERT(read.entries[0].signals == entry.signals);
  RC_ASSERT(
      list_header(ListFormat::kCsv) + write_list_entry(read.entries[0], ListFormat::kCsv, "") ==
      list_header(ListFormat::kCsv) +
          write_list_entry(read_text(text, ListFormat::kCsv).entries[0], ListFormat::kCsv, ""));
}

RC_GTEST_PROP(EveryList, TakesAnyBytesWithoutHarm, (const std::string& bytes)) {
  for (const ListFormat format : {ListFormat::kPlain, ListFormat::kCsv, ListFormat::kJsonl}) {
    const ReadList read =
        read_text(format == ListFormat::kCsv ? list_header(format) + bytes : bytes, format);
    for (const auto& [line, error] : read.errors) RC_ASSERT(is_utf8(error.message));
    for (const Entry& entry : read.entries) RC_ASSERT(check_entry(entry).has_value());
  }
}

}  // namespace
}  // namespace weir
