// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/protocol.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace weir {
namespace {

std::string any_text() {
  return *rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f));
}

template <size_t N>
std::array<uint8_t, N> any_bytes() {
  return *rc::gen::arbitrary<std::array<uint8_t, N>>();
}

PictureHash any_picture(const ItemSignals& item) {
  PictureHash picture;
  for (Hash256& hash : picture.dihedral) hash = hash256_from_bytes(any_bytes<32>());
  picture.quality = *rc::gen::inRange(0, 101);
  picture.region.x = *rc::gen::inRange<uint32_t>(0, item.width + 1);
  picture.region.y = *rc::gen::inRange<uint32_t>(0, item.height + 1);
  picture.region.width = item.width - picture.region.x;
  picture.region.height = item.height - picture.region.y;
  picture.information = *rc::gen::inRange(0, kPdqBits + 1);
  picture.part = static_cast<PicturePart>(*rc::gen::inRange(0, 3));
  picture.time = std::chrono::microseconds(*rc::gen::inRange<int64_t>(0, int64_t{1} << 50));
  return picture;
}

ItemSignals any_item() {
  ItemSignals item;
  item.format = *rc::gen::container<std::string>(rc::gen::inRange<char>('a', 'z' + 1));
  item.bytes = *rc::gen::arbitrary<uint64_t>();
  item.sha256 = any_bytes<32>();
  item.md5 = any_bytes<16>();
  item.width = *rc::gen::inRange<uint32_t>(0, 100'000);
  item.height = *rc::gen::inRange<uint32_t>(0, 100'000);
  item.frames = *rc::gen::arbitrary<uint32_t>();
  item.pictures.resize(*rc::gen::inRange<size_t>(0, 6));
  for (PictureHash& picture : item.pictures) picture = any_picture(item);
  if (*rc::gen::arbitrary<bool>()) {
    item.preview_jpeg = {0xff, 0xd8, 0xff};
    const auto more = *rc::gen::arbitrary<std::vector<uint8_t>>();
    item.preview_jpeg.insert(item.preview_jpeg.end(), {1});
    item.preview_jpeg.insert(item.preview_jpeg.end(), more.begin(), more.end());
  }
  if (item.width > 0 && item.height > 0 && *rc::gen::arbitrary<bool>()) {
    item.features.width = item.width;
    item.features.height = item.height;
    item.features.features.resize(*rc::gen::inRange<size_t>(0, 4));
    for (LocalFeature& feature : item.features.features) {
      feature.scale = 1;
      for (uint8_t& value : feature.descriptor) value = *rc::gen::arbitrary<uint8_t>();
    }
    item.features.plane = {
        *rc::gen::container<std::vector<uint8_t>>(12, rc::gen::arbitrary<uint8_t>()), 4, 3, 1};
    if (*rc::gen::arbitrary<bool>()) {
      const auto either = rc::gen::element<uint8_t>(0, 255);
      item.features.shown = {*rc::gen::container<std::vector<uint8_t>>(12, either), 4, 3, 1};
    }
  }
  item.note = any_text();
  return item;
}

bool same(const PictureHash& a, const PictureHash& b) {
  return a.dihedral == b.dihedral && a.quality == b.quality && a.region == b.region &&
         a.part == b.part && a.time == b.time && a.information == b.information;
}

bool same(const ItemSignals& a, const ItemSignals& b) {
  return a.media == b.media && a.format == b.format && a.bytes == b.bytes && a.sha256 == b.sha256 &&
         a.md5 == b.md5 && a.width == b.width && a.height == b.height && a.frames == b.frames &&
         a.features.features == b.features.features &&
         a.features.plane.samples == b.features.plane.samples &&
         a.features.shown.samples == b.features.shown.samples &&
         a.features.shown.width == b.features.shown.width &&
         a.features.shown.height == b.features.shown.height && a.preview_jpeg == b.preview_jpeg &&
         a.note == b.note &&
         std::equal(a.pictures.begin(), a.pictures.end(), b.pictures.begin(), b.pictures.end(),
                    [](const auto& x, const auto& y) { return same(x, y); });
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
  for (const PictureHash& picture : answer->outcome->pictures) {
    RC_ASSERT(picture.quality >= 0 && picture.quality <= 100);
    RC_ASSERT(picture.information >= 0 && picture.information <= kPdqBits);
    RC_ASSERT(uint64_t{picture.region.x} + picture.region.width <= answer->outcome->width);
    RC_ASSERT(uint64_t{picture.region.y} + picture.region.height <= answer->outcome->height);
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

TEST(Answer, WhatShowsIsOfThePlanesSizeAndNothingBetween) {
  ItemSignals item;
  item.width = item.height = 9;
  item.features = {9, 9, {}, {std::vector<uint8_t>(6, 7), 3, 2, 1}};
  const auto is_read = [&](std::vector<uint8_t> shown) {
    item.features.shown = {std::move(shown), 3, 2, 1};
    return read_answer(written(item)).has_value();
  };
  EXPECT_TRUE(is_read({}));
  EXPECT_TRUE(is_read({0, 255, 0, 255, 255, 255}));
  EXPECT_FALSE(is_read({0, 255, 0, 255, 255}));
  EXPECT_FALSE(is_read({0, 255, 0, 255, 255, 255, 255}));
  EXPECT_FALSE(is_read({0, 255, 0, 255, 1, 255}));
  EXPECT_FALSE(is_read(std::vector<uint8_t>(600, 255)));

  // Without features there is nothing that could be shown: its length must be 0.
  item.features = {};
  std::vector<uint8_t> none = written(item);
  ASSERT_TRUE(read_answer(none));
  const size_t tail = 4 + 2 + 1;  // the preview's length, the note's, and whether there is a video
  none[none.size() - tail - 4] = 1;
  none.insert(none.end() - static_cast<ptrdiff_t>(tail), 255);
  EXPECT_FALSE(read_answer(none));
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
