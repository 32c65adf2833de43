// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "bench/harness.h"
#include "bench/jpeg.h"
#include "server/sandbox/decoder.h"
#include "server/sandbox/socket.h"
#include "weir/base/pixels.h"

// JPEG file to PDQ through the sandbox, against a loop that does nothing but decode the luma plane
// of the same files from memory: what is lost to processes, confinement, reading and hashing
// together.
//
// The pictures are cuts of 500 x 375 from the photographs of ./run demo where it has been run, else
// drawn: waves, edges and noise, with about as many bytes. Both as JPEG of quality 92, 4:2:0.

namespace {

using weir::Decoder;
using weir::DecodeWants;
using weir::Fd;
using weir::Pixels;
using weir::SignalKind;
using weir::bench::decode_jpeg;
using weir::bench::encode_jpeg;
using weir::bench::Harness;
using weir::bench::keep;
using Bytes = std::vector<uint8_t>;

constexpr uint32_t kWidth = 500;
constexpr uint32_t kHeight = 375;
constexpr uint32_t kStep = 125;
constexpr size_t kPictures = 200;

constexpr int kQuality = 92;

// Up to kPictures cuts, overlapping, about as many of each photograph of a folder.
std::vector<Bytes> cuts_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code none;
  for (const auto& file : std::filesystem::directory_iterator(folder, none))
    if (file.path().extension() == ".jpg") paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Bytes> cuts;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const Pixels photo = decode_jpeg(Bytes(std::istreambuf_iterator<char>(in), {}), JCS_RGB);
    size_t taken = 0;
    for (uint32_t y = 0; y + kHeight <= photo.height; y += kStep)
      for (uint32_t x = 0; x + kWidth <= photo.width; x += kStep)
        if (taken++ < 2 + kPictures / paths.size())
          cuts.push_back(encode_jpeg(photo.view().crop({x, y, kWidth, kHeight}), kQuality));
  }
  cuts.resize(std::min(cuts.size(), kPictures));
  return cuts;
}

std::vector<Bytes> drawn_pictures() {
  std::mt19937 random(5);
  std::vector<Bytes> files;
  for (size_t i = 0; i < kPictures; ++i) {
    Pixels picture{{}, kWidth, kHeight, 3};
    const uint32_t a = 3 + random() % 40, b = 5 + random() % 90, noise = 1 + random() % 24;
    for (uint32_t y = 0; y < kHeight; ++y)
      for (uint32_t x = 0; x < kWidth; ++x)
        for (uint32_t c = 0; c < 3; ++c)
          picture.samples.push_back(static_cast<uint8_t>((x * a / 16 + y * (c + 2) / 3) % 128 +
                                                         ((x / b + y / a) % 3) * 30 +
                                                         random() % noise));
    files.push_back(encode_jpeg(picture.view(), kQuality));
  }
  return files;
}

Fd file_of(const Bytes& bytes) {
  Fd file(memfd_create("bench", MFD_CLOEXEC));
  if (write(file.get(), bytes.data(), bytes.size()) < 0) std::perror("memfd");
  return Fd(open(("/proc/self/fd/" + std::to_string(file.get())).c_str(), O_RDONLY | O_CLOEXEC));
}

std::unique_ptr<Decoder> decoder(unsigned workers) {
  weir::DecoderOptions options;
  options.program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "../weir-decode";
  options.workers = workers;
  auto started = Decoder::start(options);
  if (started) return std::move(*started);
  std::fprintf(stderr, "%s\n", started.error().message.c_str());
  std::exit(2);
}

void must_decode(Decoder& decoder, const Fd& file, const DecodeWants& wants) {
  const auto item = decoder.decode(file.get(), wants);
  if (!item) std::fprintf(stderr, "%s\n", item.error().message.c_str()), std::exit(2);
}

// Every file once, by as many callers as keep the workers busy.
void decode_all(Decoder& decoder, const std::vector<Fd>& files, const DecodeWants& wants) {
  std::atomic<size_t> next = 0;
  const auto call = [&] {
    for (size_t i; (i = next++) < files.size();) must_decode(decoder, files[i], wants);
  };
  std::vector<std::jthread> callers;
  for (unsigned i = 1; i < decoder.callers(); ++i) callers.emplace_back(call);
  call();
}

}  // namespace

int main(int argc, char** argv) {
  Harness harness(argc, argv);
  std::vector<Bytes> pictures = cuts_of(WEIR_SOURCE_DIR "/build/demo/bank");
  const bool are_photos = pictures.size() == kPictures;
  if (!are_photos) pictures = drawn_pictures();
  size_t bytes = 0;
  std::vector<Fd> files;
  for (const Bytes& picture : pictures) {
    files.push_back(file_of(picture));
    bytes += picture.size();
  }
  std::fprintf(stderr, "%zu %s of %u x %u, %zu KiB each\n", files.size(),
               are_photos ? "cuts of photographs" : "drawn pictures", kWidth, kHeight,
               bytes / files.size() >> 10);

  DecodeWants pdq, digests, nothing;
  pdq.kinds = {SignalKind::kPdq};
  digests.kinds = {SignalKind::kSha256, SignalKind::kMd5, SignalKind::kPdq};
  DecodeWants preview = digests;
  preview.preview_side = 320;
  const auto one = decoder(1), two = decoder(2);
  const Fd tiny = file_of(Bytes(100, 1));
  constexpr int kTrips = 500;
  const auto seconds =
      harness.seconds_per_run({{"luma",
                                [&] {
                                  for (const Bytes& b : pictures)
                                    keep(decode_jpeg(b, JCS_GRAYSCALE));
                                }},
                               {"pdq", [&] { decode_all(*one, files, pdq); }},
                               {"pdq by two", [&] { decode_all(*two, files, pdq); }},
                               {"digests", [&] { decode_all(*one, files, digests); }},
                               {"preview", [&] { decode_all(*one, files, preview); }},
                               {"trips", [&] {
                                  for (int i = 0; i < kTrips; ++i) must_decode(*one, tiny, nothing);
                                }}});
  const auto report = [&](const char* name, size_t which, const char* against, size_t peer) {
    harness.report({name, static_cast<double>(files.size()) / seconds[which], "files/s", against,
                    seconds[peer] / seconds[which]});
  };
  report("jpeg to pdq, sandboxed", 1, "luma decode alone", 0);
  report("jpeg to pdq, two workers", 2, "one worker", 1);
  report("jpeg to pdq, sha256, md5", 3, "luma decode alone", 0);
  report("the same with a preview of 320", 4, "luma decode alone", 0);
  harness.report({"empty round trip", seconds[5] / kTrips * 1e6, "us", "", 0});
}
