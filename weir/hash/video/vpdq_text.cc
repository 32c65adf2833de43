// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "weir/hash/video/vpdq.h"
#include "weir/signal/video_codec.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Up to the separator, which is taken too; the whole rest when there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return field;
}

template <class T>
Result<T> number_in(std::string_view text, std::string_view noun) {
  text = trim(text);
  T value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size())
    return invalid(std::string(noun) + " that is not a number");
  return value;
}

Result<std::chrono::microseconds> time_in(std::string_view text) {
  const double seconds = TRY(number_in<double>(text, "a time"));
  const double most = static_cast<double>(kMostVideoTime.count()) / 1e6;
  if (!(seconds >= 0 && seconds <= most)) return invalid("a time that is no time in a video");
  return std::chrono::microseconds(std::llround(seconds * 1e6));
}

Result<int> quality_in(std::string_view text) {
  const int quality = TRY(number_in<int>(text, "a quality"));
  if (quality < 0 || quality > 100) return invalid("a quality that is not within 0 to 100");
  return quality;
}

Error named(size_t frame, const Error& error) {
  return {error.code, "vpdq frame " + std::to_string(frame) + " has " + error.message};
}

Status check_room(const std::vector<VpdqFrame>& frames) {
  if (frames.size() < kMostVpdqFrames) return {};
  return Error{ErrorCode::kLimit,
               "the vpdq signal has more than " + std::to_string(kMostVpdqFrames) + " frames"};
}

// "number,quality,hash,seconds", and whatever may follow.
Result<VpdqFrame> frame_of_line(std::string_view line) {
  if (std::count(line.begin(), line.end(), ',') < 3)
    return invalid("fewer than four fields: number,quality,hash,seconds");
  VpdqFrame frame;
  frame.number = TRY(number_in<uint32_t>(take_until(line, ','), "a frame number"));
  frame.quality = TRY(quality_in(take_until(line, ',')));
  frame.hash = TRY(parse_hash256(trim(take_until(line, ','))));
  frame.time = TRY(time_in(take_until(line, ',')));
  return frame;
}

// "hash,quality,seconds".
Result<VpdqFrame> frame_of_string(std::string_view text) {
  if (std::count(text.begin(), text.end(), ',') != 2)
    return invalid("other than three fields: hash,quality,seconds");
  VpdqFrame frame;
  frame.hash = TRY(parse_hash256(trim(take_until(text, ','))));
  frame.quality = TRY(quality_in(take_until(text, ',')));
  frame.time = TRY(time_in(text));
  return frame;
}

// The little of JSON that these signals are made of: no escapes, no nesting but one.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : rest_(text) {}

  bool take(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }
  Result<std::string_view> string() {
    if (!take('"')) return invalid("no string where one should be");
    const size_t end = rest_.find_first_of("\"\\");
    if (end == std::string_view::npos || rest_[end] == '\\')
      return invalid("a string that does not end, or has a backslash");
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }
  Result<std::string_view> number() {
    skip_blanks();
    const std::string_view text = rest_.substr(0, rest_.find_first_not_of("+-.eE0123456789"));
    rest_.remove_prefix(text.size());
    return text;
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  std::string_view rest_;
};

// {"quality":100,"hash":"...","timestamp":0.0} in any order.
Result<VpdqFrame> frame_of_object(JsonScanner& in) {
  VpdqFrame frame;
  unsigned seen = 0;
  if (!in.take('{')) return invalid("no object where one should be");
  do {
    const std::string_view key = TRY(in.string());
    if (!in.take(':')) return invalid("a key without a value");
    if (key == "quality") {
      frame.quality = TRY(quality_in(TRY(in.number())));
      seen |= 1;
    } else if (key == "hash") {
      frame.hash = TRY(parse_hash256(TRY(in.string())));
      seen |= 2;
    } else if (key == "timestamp") {
      frame.time = TRY(time_in(TRY(in.number())));
      seen |= 4;
    } else {
      return invalid("a field that is none of quality, hash, timestamp");
    }
  } while (in.take(','));
  if (!in.take('}')) return invalid("an object that is not closed");
  if (seen != 7) return invalid("not all of quality, hash, timestamp");
  return frame;
}

Result<std::vector<VpdqFrame>> frames_of_object(JsonScanner& in) {
  std::vector<VpdqFrame> frames;
  do {
    TRY(check_room(frames));
    const auto one = [&]() -> Result<VpdqFrame> {
      const std::string_view key = TRY(in.string());
      if (!in.take(':')) return invalid("a key without a value");
      const uint32_t number = TRY(number_in<uint32_t>(key, "a frame number"));
      VpdqFrame frame = TRY(frame_of_object(in));
      frame.number = number;
      return frame;
    }();
    if (!one) return named(frames.size(), one.error());
    frames.push_back(*one);
  } while (in.take(','));
  if (!in.take('}') || !in.at_end()) return invalid("the vpdq object does not end as it should");
  std::stable_sort(frames.begin(), frames.end(),
                   [](const VpdqFrame& a, const VpdqFrame& b) { return a.number < b.number; });
  return frames;
}

// Times that python-threatexchange wrote are all exponents from 100 s on.
void mend_times(std::vector<VpdqFrame>& frames, bool has_exponents) {
  bool rises = true;
  for (size_t i = 1; i < frames.size(); ++i) rises = rises && frames[i].time > frames[i - 1].time;
  if (frames.size() < 2 || (rises && !has_exponents)) return;
  auto step = frames[1].time - frames[0].time;
  if (step.count() <= 0) step = std::chrono::seconds(1);
  step = std::min(step, kMostVideoTime / static_cast<int64_t>(kMostVpdqFrames));
  for (size_t i = 0; i < frames.size(); ++i) frames[i].time = step * static_cast<int64_t>(i);
}

Result<std::vector<VpdqFrame>> frames_of_array(JsonScanner& in) {
  std::vector<VpdqFrame> frames;
  bool has_exponents = false;
  if (in.take(']')) return invalid("the vpdq signal has no frames");
  do {
    TRY(check_room(frames));
    const auto text = in.string();
    if (!text) return named(frames.size(), text.error());
    const auto frame = frame_of_string(*text);
    if (!frame) return named(frames.size(), frame.error());
    frames.push_back(*frame);
    frames.back().number = static_cast<uint32_t>(frames.size() - 1);
    const std::string_view time = text->substr(text->rfind(','));
    has_exponents = has_exponents || time.find_first_of("eE") != std::string_view::npos;
  } while (in.take(','));
  if (!in.take(']') || !in.at_end()) return invalid("the vpdq array does not end as it should");
  mend_times(frames, has_exponents);
  return frames;
}

// Three decimals, the middle of two going to the even one, as printf rounds.
std::string seconds_text(std::chrono::microseconds time) {
  const int64_t rest = time.count() % 1000;
  int64_t ms = time.count() / 1000;
  if (rest > 500 || (rest == 500 && ms % 2 == 1)) ++ms;
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(ms / 1000),
                static_cast<long long>(ms % 1000));
  return text;
}

}  // namespace

std::string write_vpdq_text(std::span<const VpdqFrame> frames) {
  std::string text;
  for (const VpdqFrame& frame : frames)
    text += std::to_string(frame.number) + "," + std::to_string(frame.quality) + "," +
            to_hex(frame.hash) + "," + seconds_text(frame.time) + "\n";
  return text;
}

std::string write_vpdq_json(std::span<const VpdqFrame> frames) {
  std::string text = "[";
  for (const VpdqFrame& frame : frames)
    text += (text.size() > 1 ? ",\"" : "\"") + to_hex(frame.hash) + "," +
            std::to_string(frame.quality) + "," + seconds_text(frame.time) + "\"";
  return text + "]";
}

Result<std::vector<VpdqFrame>> parse_vpdq_text(std::string_view text) {
  std::vector<VpdqFrame> frames;
  while (!text.empty()) {
    const std::string_view line = trim(take_until(text, '\n'));
    if (line.empty()) continue;
    TRY(check_room(frames));
    const auto frame = frame_of_line(line);
    if (!frame) return named(frames.size(), frame.error());
    frames.push_back(*frame);
  }
  TRY(check_vpdq(frames));
  return frames;
}

Result<std::vector<VpdqFrame>> parse_vpdq_json(std::string_view json) {
  JsonScanner in(json);
  std::vector<VpdqFrame> frames;
  if (in.take('['))
    frames = TRY(frames_of_array(in));
  else if (in.take('{'))
    frames = TRY(frames_of_object(in));
  else
    return invalid("a vpdq signal begins with [ or {");
  TRY(check_vpdq(frames));
  return frames;
}

}  // namespace weir
