// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/protocol.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "weir/signal/features_codec.h"
#include "weir/signal/turned.h"
#include "weir/signal/video_codec.h"

namespace weir {
namespace {

std::string any_text() {
  return *rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f));
}

std::vector<uint8_t> any_bytes(size_t count) {
  return *rc::gen::container<std::vector<uint8_t>>(count, rc::gen::arbitrary<uint8_t>());
}

PictureHash any_picture(const ItemSignals& item) {
  PictureHash picture;
  for (Hash256& hash : picture.dihedral)
    hash = hash256_from_bytes(std::span<const uint8_t, 32>(any_bytes(32).data(), 32));
  picture.quality = *rc::gen::inRange(0, 101);
  picture.region.x = *rc::gen::inRange<uint32_t>(0, item.width + 1);
  picture.region.y = *rc::gen::inRange<uint32_t>(0, item.height + 1);
  picture.region.width = item.width - picture.region.x;
  picture.region.height = item.height - picture.region.y;
  picture.information = *rc::gen::inRange(0, kPdqBits + 1);
  picture.part = static_cast<PicturePart>(*rc::gen::inRange(0, 3));
  const int64_t most = kMostVideoTime.count();
  picture.time = std::chrono::microseconds(*rc::gen::inRange<int64_t>(0, most));
  return picture;
}

PictureFeatures any_features(const ItemSignals& item) {
  PictureFeatures picture;
  picture.width = item.width;
  picture.height = item.height;
  picture.features.resize(*rc::gen::inRange<size_t>(0, 4));
  for (LocalFeature& feature : picture.features) {
    feature.scale = 1;
    for (uint8_t& value : feature.descriptor) value = *rc::gen::arbitrary<uint8_t>();
  }
  picture.plane = {any_bytes(12), 4, 3, 1};
  if (*rc::gen::arbitrary<bool>()) {
    const auto either = rc::gen::element<uint8_t>(0, 255);
    picture.shown = {*rc::gen::container<std::vector<uint8_t>>(12, either), 4, 3, 1};
  }
  return picture;
}

Signal signal_with(SignalKind kind, std::vector<uint8_t> value) {
  Signal signal;
  signal.kind = kind;
  signal.value = std::move(value);
  return signal;
}

ItemSignals any_item() {
  ItemSignals item;
  item.format = *rc::gen::container<std::string>(rc::gen::inRange<char>('a', 'z' + 1));
  item.bytes = *rc::gen::arbitrary<uint64_t>();
  item.width = *rc::gen::inRange<uint32_t>(0, 100'000);
  item.height = *rc::gen::inRange<uint32_t>(0, 100'000);
  item.frames = *rc::gen::arbitrary<uint32_t>();
  for (const SignalKind kind : digest_kinds())
    if (*rc::gen::arbitrary<bool>())
      item.signals.push_back(signal_with(kind, any_bytes(value_bytes(kind))));
  for (size_t i = *rc::gen::inRange<size_t>(0, 6); i > 0; --i) {
    const PictureHash picture = any_picture(item);
    item.signals.push_back(pdq_signal(picture));
    item.signals.push_back(turned_signal(picture));
  }
  if (*rc::gen::arbitrary<bool>()) {
    item.preview_jpeg = {0xff, 0xd8, 0xff, 1};
    const auto more = *rc::gen::arbitrary<std::vector<uint8_t>>();
    item.preview_jpeg.insert(item.preview_jpeg.end(), more.begin(), more.end());
  }
  if (item.width > 0 && item.height > 0 && *rc::gen::arbitrary<bool>())
    item.signals.push_back(signal_with(SignalKind::kFeatures, encode_features(any_features(item))));
  item.note = any_text();
  return item;
}

bool same(const ItemSignals& a, const ItemSignals& b) {
  return a.media == b.media && a.format == b.format && a.bytes == b.bytes && a.width == b.width &&
         a.height == b.height && a.frames == b.frames && a.preview_jpeg == b.preview_jpeg &&
         a.note == b.note && a.signals == b.signals;
}

std::vector<uint8_t> written(const Result<ItemSignals>& outcome) {
  // Once: to clear so much memory for each of a hundred answers takes minutes.
  static std::vector<uint8_t> room(kAnswerBytes);
  const size_t size = write_answer(outcome, room);
  return {room.begin(), room.begin() + static_cast<ptrdiff_t>(size)};
}

RC_GTEST_PROP(Answer, SignalsComeBackAsTheyWere, ()) {
  const ItemSignals item = any_item();
  const auto answer = read_answer(written(item));
  RC_ASSERT(answer.has_value());
  RC_ASSERT(answer->outcome.has_value());
  RC_ASSERT(same(*answer->outcome, item));
}

RC_GTEST_PROP(Answer, ErrorsComeBackAsTheyWere, ()) {
  const Error error{static_cast<ErrorCode>(*rc::gen::inRange(0, 7)), any_text()};
  const auto answer = read_answer(written(error));
  RC_ASSERT(answer.has_value());
  RC_ASSERT(!answer->outcome.has_value());
  RC_ASSERT(answer->outcome.error().code == error.code);
  RC_ASSERT(answer->outcome.error().message == error.message);
}

RC_GTEST_PROP(Answer, EveryShorterOrLongerAnswerIsMalformed, ()) {
  std::vector<uint8_t> bytes = written(any_item());
  const size_t cut = *rc::gen::inRange<size_t>(0, bytes.size());
  RC_ASSERT(!read_answer(std::span(bytes).first(cut)));
  bytes.push_back(0);
  RC_ASSERT(!read_answer(bytes));
}

// Flipped bytes give an answer within the ranges or none; the sanitizers watch the rest.
RC_GTEST_PROP(Answer, DamageNeverGivesValuesOutOfRange, ()) {
  std::vector<uint8_t> bytes = written(any_item());
  for (int i = 0; i < 4; ++i)
    bytes[*rc::gen::inRange<size_t>(0, bytes.size())] = *rc::gen::arbitrary<uint8_t>();
  const auto answer = read_answer(bytes);
  if (!answer || !answer->outcome) return;
  for (const Signal& signal : answer->outcome->signals) {
    RC_ASSERT(check_value(signal.kind, signal.value).has_value());
    RC_ASSERT(signal.quality.value_or(0) >= 0 && signal.quality.value_or(0) <= 100);
    const Rect region = signal.region.value_or(Rect{});
    RC_ASSERT(uint64_t{region.x} + region.width <= answer->outcome->width);
    RC_ASSERT(uint64_t{region.y} + region.height <= answer->outcome->height);
  }
}

TEST(Answer, TextFromADecoderCannotSteerATerminal) {
  const auto answer = read_answer(written(Error{ErrorCode::kCorrupt, "a\x1b[2Jb\nc\xff"}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome.error().message, "a\\x1b[2Jb\\x0ac\\xff");
  std::vector<uint8_t> forged = written(Error{ErrorCode::kCorrupt, "abc"});
  forged.back() = 0x1b;
  EXPECT_FALSE(read_answer(forged));
}

TEST(Answer, APreviewMustBeginLikeAJpeg) {
  ItemSignals item;
  item.preview_jpeg = {'<', 'h', 't', 'm', 'l', '>'};
  EXPECT_FALSE(read_answer(written(item)));
}

TEST(Answer, EachSignalIsOfItsKind) {
  ItemSignals item;
  item.width = item.height = 9;
  const auto is_read = [&](SignalKind kind, std::vector<uint8_t> value) {
    item.signals = {signal_with(kind, std::move(value))};
    return read_answer(written(item)).has_value();
  };
  EXPECT_TRUE(is_read(SignalKind::kMd5, std::vector<uint8_t>(16)));
  EXPECT_FALSE(is_read(SignalKind::kMd5, std::vector<uint8_t>(15)));
  EXPECT_FALSE(is_read(SignalKind::kVpdq, std::vector<uint8_t>(7)));
  EXPECT_FALSE(is_read(static_cast<SignalKind>(200), std::vector<uint8_t>(7)));
  const PictureFeatures plane{9, 9, {}, {std::vector<uint8_t>(6, 7), 3, 2, 1}};
  EXPECT_TRUE(is_read(SignalKind::kFeatures, encode_features(plane)));
  item.width = 10;
  EXPECT_FALSE(is_read(SignalKind::kFeatures, encode_features(plane))) << "of another picture";
}

TEST(Answer, AKindOfVideosIsOfAVideo) {
  ItemSignals item;
  item.signals = {signal_with(SignalKind::kTrack, write_video_track({}))};
  EXPECT_FALSE(read_answer(written(item)));
  item.media = "video";
  EXPECT_TRUE(read_answer(written(item)));
}

TEST(Request, NamesKindsByTheirBits) {
  const std::vector<SignalKind> kinds{SignalKind::kMd5, SignalKind::kTrack};
  EXPECT_EQ(kinds_of(bits_of(kinds)), kinds);
  EXPECT_TRUE(kinds_of(1u << 31 | 1u).empty()) << "no kinds";
}

TEST(Answer, SignalsThatDoNotFitBecomeALimitError) {
  ItemSignals item;
  item.preview_jpeg.resize(2 * kAnswerBytes);
  const auto answer = read_answer(written(item));
  ASSERT_TRUE(answer);
  ASSERT_FALSE(answer->outcome);
  EXPECT_EQ(answer->outcome.error().code, ErrorCode::kLimit);
}

// A fuzzer that starts from answers of another version learns nothing from them.
TEST(Answer, ThoseThatTheFuzzerStartsFromAreAnswers) {
  const std::string corpus = WEIR_SOURCE_DIR "/tests/corpus/answer_fuzz/";
  for (const char* name : {"animation", "content_box_preview", "error_corrupt", "error_limit",
                           "features", "features_cut_out", "no_pictures", "one_picture", "video"}) {
    std::ifstream file(corpus + name, std::ios::binary);
    const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_TRUE(read_answer(bytes)) << name << ", of " << bytes.size() << " bytes";
  }
}

TEST(Layers, ComeBackAsTheyWere) {
  const std::vector<SandboxLayer> layers = {{"landlock", true, "ABI 7"}, {"seccomp", false, "no"}};
  const auto read = read_layers(write_layers(layers));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].detail, "ABI 7");
  EXPECT_FALSE((*read)[1].in_force);
  EXPECT_FALSE(read_layers({}));
}

}  // namespace
}  // namespace weir
