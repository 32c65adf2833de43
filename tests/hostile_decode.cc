// SPDX-License-Identifier: Apache-2.0
//
// A decoder that has been taken over: it speaks the protocol and answers whatever it likes. The
// file says which lie is wanted, as "LIE name"; "RAW" is followed by the bytes of the answer; and
// any other file is answered honestly, so that a test sees whether others are answered rightly.
// Built for tests only. It is not confined: what it may do is not asked here, but what is believed.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "server/sandbox/lies_for_test.h"
#include "server/sandbox/protocol.h"
#include "server/sandbox/socket.h"
#include "weir/hash/digest.h"
#include "weir/signal/features_codec.h"
#include "weir/signal/turned.h"
#include "weir/signal/video_codec.h"
#include "weir/signal/vpdq_codec.h"

namespace weir {
namespace {

using std::chrono::microseconds;

struct Lying {
  int socket = -1;
  std::span<uint8_t> room;
  JobRequest request;
  std::string file;
};

void say(const Lying& to, uint32_t length, uint32_t progress = 0) {
  JobReply reply;
  reply.length = length;
  reply.progress = progress;
  (void)send_message(to.socket, bytes_of(reply));
}

void answer(const Lying& to, const Result<ItemSignals>& item) {
  say(to, static_cast<uint32_t>(write_answer(item, to.room)));
}

bool wants(const Lying& to, SignalKind kind) {
  return to.request.kinds >> static_cast<uint8_t>(kind) & 1;
}

// A picture whose hash is a digest of the file, so that equal files match and others do not.
ItemSignals honest(const Lying& to) {
  const std::span<const uint8_t> file(reinterpret_cast<const uint8_t*>(to.file.data()),
                                      to.file.size());
  const auto digest = digest_of(SignalKind::kSha256, file);
  PictureHash picture;
  picture.dihedral.fill(hash256_from_bytes(std::span<const uint8_t, 32>(digest.data(), 32)));
  picture.quality = 100;
  picture.region = {0, 0, 64, 64};
  picture.information = 256;
  ItemSignals item;
  item.format = "png";
  item.bytes = to.request.bytes;
  item.width = item.height = 64;
  if (wants(to, SignalKind::kPdq)) item.signals.push_back(pdq_signal(picture));
  if (wants(to, SignalKind::kPdqTurned)) item.signals.push_back(turned_signal(picture));
  return item;
}

PictureFeatures features(size_t count) {
  PictureFeatures picture{64, 64, std::vector<LocalFeature>(count), {}, {}};
  for (LocalFeature& one : picture.features) one.x = one.y = 32, one.scale = 2;
  picture.plane = {std::vector<uint8_t>(size_t{64} * 64, 128), 64, 64, 1};
  return picture;
}

std::vector<uint8_t> track(size_t frames, microseconds apart) {
  VideoTrack video;
  video.width = video.height = 64;
  video.thumb_width = video.thumb_height = 16;
  std::mt19937 random(7);
  for (size_t i = 0; i < frames; ++i) {
    TrackFrame& frame = video.frames.emplace_back();
    frame.time = apart * i;
    for (uint64_t& word : frame.pdq.words) word = (uint64_t{random()} << 32) | random();
    frame.clean = frame.pdq;
    frame.quality = 100;
  }
  video.duration = apart * frames;
  video.thumbs.resize(frames * 16 * 16);
  for (uint8_t& sample : video.thumbs) sample = static_cast<uint8_t>(random());
  return write_video_track(video);
}

std::vector<uint8_t> vpdq(std::vector<uint32_t> numbers) {
  std::vector<VpdqFrame> frames(numbers.size());
  for (size_t i = 0; i < frames.size(); ++i) frames[i].number = static_cast<uint32_t>(i);
  for (VpdqFrame& one : frames) one.quality = 100;
  std::vector<uint8_t> bytes = write_vpdq(frames);
  const size_t record = bytes.size() / frames.size();
  for (size_t i = 0; i < numbers.size(); ++i)  // which no writer would write
    std::memcpy(bytes.data() + i * record + 32, &numbers[i], sizeof numbers[i]);
  return bytes;
}

Signal of(SignalKind kind, std::vector<uint8_t> value) {
  Signal signal;
  signal.kind = kind;
  signal.value = std::move(value);
  return signal;
}

ItemSignals picture_with(const Lying& to, Signal signal) {
  ItemSignals item = honest(to);
  item.signals.push_back(std::move(signal));
  return item;
}

ItemSignals video_with(const Lying& to, Signal signal) {
  ItemSignals item = picture_with(to, std::move(signal));
  item.media = "video";
  item.format = "mp4";
  item.duration = std::chrono::seconds(10);
  return item;
}

void random_bytes(const Lying& to, size_t from, size_t count) {
  std::mt19937 random(static_cast<unsigned>(to.file.size()));
  for (size_t i = from; i < count; ++i) to.room[i] = static_cast<uint8_t>(random());
}

[[noreturn]] void spin() {
  for (;;) asm volatile("");
}

using Lie = std::function<void(const Lying&)>;

// long: a table of small lies
const std::map<std::string, Lie>& lies() {
  static const std::map<std::string, Lie> kLies = {
      {"random", [](const Lying& to) { random_bytes(to, 0, 500), say(to, 500); }},
      {"random tail",
       [](const Lying& to) {
         const size_t length = write_answer(honest(to), to.room);
         random_bytes(to, length / 2, length);
         say(to, static_cast<uint32_t>(length));
       }},
      {"longer than the room", [](const Lying& to) { say(to, kAnswerBytes + 1); }},
      {"nothing", [](const Lying& to) { say(to, 0); }},
      {"short message",
       [](const Lying& to) {
         const uint8_t byte = 1;
         (void)send_message(to.socket, {&byte, 1});
       }},
      {"long message",
       [](const Lying& to) {
         const std::vector<uint8_t> much(4096, 1);
         (void)send_message(to.socket, much);
       }},
      {"another version",
       [](const Lying& to) {
         JobReply reply;
         reply.version = 77;
         (void)send_message(to.socket, bytes_of(reply));
       }},
      {"progress of nothing", [](const Lying& to) { say(to, 0, 1 + 2 * kWholeProgress); }},
      {"a kind unasked",
       [](const Lying& to) {
         answer(to, picture_with(to, of(SignalKind::kMd5, std::vector<uint8_t>(16, 1))));
       }},
      {"a digest of its own",
       [](const Lying& to) {
         answer(to, picture_with(to, of(SignalKind::kSha256, std::vector<uint8_t>(32, 1))));
       }},
      {"vpdq out of order",
       [](const Lying& to) {
         answer(to, video_with(to, of(SignalKind::kVpdq, vpdq({3, 1, 2}))));
       }},
      {"frames too near",
       [](const Lying& to) {
         answer(to, video_with(to, of(SignalKind::kTrack, track(2'000, microseconds(1)))));
       }},
      {"more frames than asked",
       [](const Lying& to) {
         answer(to, video_with(to, of(SignalKind::kTrack, track(2'000, microseconds(20'000)))));
       }},
      {"two tracks",
       [](const Lying& to) {
         const auto one = track(20, microseconds(500'000));
         ItemSignals item = video_with(to, of(SignalKind::kTrack, one));
         item.signals.push_back(of(SignalKind::kTrack, one));
         answer(to, item);
       }},
      {"a track of another size",
       [](const Lying& to) {
         ItemSignals item =
             video_with(to, of(SignalKind::kTrack, track(20, microseconds(500'000))));
         item.width = 128;
         answer(to, item);
       }},
      {"too many features",
       [](const Lying& to) {
         answer(to, picture_with(to, of(SignalKind::kFeatures, encode_features(features(4'000)))));
       }},
      {"features that are no numbers",
       [](const Lying& to) {
         PictureFeatures picture = features(10);
         picture.features[3].x = std::numeric_limits<float>::quiet_NaN();
         answer(to, picture_with(to, of(SignalKind::kFeatures, encode_features(picture))));
       }},
      {"a region outside",
       [](const Lying& to) {
         ItemSignals item = honest(to);
         for (Signal& signal : item.signals) signal.region = {60, 60, 64, 64};
         answer(to, item);
       }},
      {"too many hashes",
       [](const Lying& to) {
         ItemSignals item = honest(to);
         const Signal one = item.signals.front();
         item.signals.insert(item.signals.end(), 1'000, one);
         answer(to, item);
       }},
      {"a preview unasked",
       [](const Lying& to) {
         ItemSignals item = honest(to);
         item.preview_jpeg = {0xff, 0xd8, 0xff, 0xe0};
         answer(to, item);
       }},
      {"another length",
       [](const Lying& to) {
         ItemSignals item = honest(to);
         item.bytes += 1;
         answer(to, item);
       }},
      {"a picture beyond the limits",
       [](const Lying& to) {
         ItemSignals item = honest(to);
         item.width = item.height = 60'000;
         answer(to, item);
       }},
      {"dies", [](const Lying&) { _exit(3); }},
      {"aborts", [](const Lying&) { std::abort(); }},
  };
  return kLies;
}

// Lies that are told when there is no file: the answer before them is right.
const std::map<std::string, Lie>& idle_lies() {
  static const std::map<std::string, Lie> kLies = {
      {"idle: answers again", [](const Lying& to) { say(to, 100); }},
      {"idle: dies", [](const Lying&) { _exit(3); }},
      {"idle: burns a processor", [](const Lying&) { spin(); }},
  };
  return kLies;
}

void answer_one(const Lying& to) {
  const std::string lie =
      to.file.starts_with("LIE ") ? to.file.substr(4, to.file.find('\n') - 4) : std::string();
  if (to.file.starts_with("RAW")) {
    const size_t length = std::min(to.file.size() - 3, to.room.size());
    std::memcpy(to.room.data(), to.file.data() + 3, length);
    say(to, static_cast<uint32_t>(length));
  } else if (const auto told = lies().find(lie); told != lies().end()) {
    told->second(to);
  } else {
    answer(to, honest(to));
    if (const auto after = idle_lies().find(lie); after != idle_lies().end()) after->second(to);
  }
}

[[noreturn]] void live(Fd socket, const Fd& memory) {
  void* at = mmap(nullptr, kAnswerMemoryBytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
  const std::span answers(static_cast<uint8_t*>(at), kAnswerMemoryBytes);
  (void)send_message(socket.get(),
                     write_layers({{"landlock", true, "a lie"}, {"seccomp", true, "a lie"}}));
  for (;;) {
    Lying to;
    auto message = receive_message(socket.get(), room_of(to.request));
    if (!message || message->size != sizeof to.request) _exit(0);
    to.socket = socket.get();
    to.room = answers.subspan(to.request.room * kAnswerBytes, kAnswerBytes);
    to.file.resize(to.request.bytes);
    if (pread(message->files[0].get(), to.file.data(), to.file.size(), 0) < 0) _exit(4);
    answer_one(to);
  }
}

int serve() {
  (void)send_message(kSocketFd, bytes_of(ControlReply{}));
  for (;;) {
    ControlRequest request;
    auto message = receive_message(kSocketFd, room_of(request));
    if (!message || message->size != sizeof request) return 0;
    ControlReply reply;
    if (request.verb == ControlVerb::kFork) {
      reply.pid = fork();
      if (reply.pid == 0) {
        close(kSocketFd);
        live(std::move(message->files[0]), message->files[1]);
      }
    } else {
      kill(request.pid, SIGKILL);
      waitpid(request.pid, &reply.status, 0);
    }
    (void)send_message(kSocketFd, bytes_of(reply));
  }
}

}  // namespace
}  // namespace weir

int main() {
  for (const char* lie : weir::kLies)
    if (!weir::lies().contains(lie)) return 1;
  for (const char* lie : weir::kIdleLies)
    if (!weir::idle_lies().contains(lie)) return 1;
  return weir::serve();
}
