// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "server/http/client_for_test.h"
#include "server/http/server.h"
#include "server/store/sqlite/sqlite_store.h"
#include "weir/base/clock.h"

namespace weir::http {

// A server with everything real: SQLite, the snapshot, this build's weir-decode, loopback sockets.
class RealServer : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-http-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    std::filesystem::create_directory(folder_ + "/spool");
    options_.port = 0;
    options_.spool_folder = folder_ + "/spool";
    auto store = open_sqlite_store(folder_ + "/weir.db", clock_);
    ASSERT_TRUE(store) << store.error().message;
    store_ = std::move(*store);
    auto snapshot = CurrentSnapshot::open(*store_, folder_ + "/snapshots");
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    snapshot_ = std::move(*snapshot);
    DecoderOptions decoding;
    decoding.program = WEIR_BINARY_DIR "/weir-decode";
    decoding.workers = 2;
    decoding.limits.file_bytes = 2ull << 30;
    prepare(decoding);
    auto decoder = Decoder::start(decoding);
    ASSERT_TRUE(decoder) << decoder.error().message;
    decoder_ = std::move(*decoder);
    services_ = std::make_unique<Services>(Services{*store_, *decoder_, *snapshot_});
  }
  void TearDown() override {
    server_.reset();
    services_.reset();
    decoder_.reset();
    snapshot_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  // For tests that want another decoder.
  virtual void prepare(DecoderOptions&) {}

  // Tests change options_ first.
  void start() {
    auto server = Server::start(options_, *services_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  uint16_t port() const { return server_->port(); }
  // One request on a connection of its own.
  Answer ask(std::string_view request) { return Client(port()).ask(request); }
  bool spool_is_empty() const { return std::filesystem::is_empty(options_.spool_folder); }
  // The value of one line of /metrics; -1 when it is not there.
  double metric(const std::string& name) {
    const std::string page = "\n" + ask(get("/metrics")).body;
    const size_t at = page.find("\n" + name + " ");
    return at == page.npos ? -1 : std::stod(page.substr(at + name.size() + 2));
  }

  SystemClock clock_;
  std::string folder_;
  ServerOptions options_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<CurrentSnapshot> snapshot_;
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<Server> server_;
};

// A BMP of smooth blobs, another one for each seed; `side` pixels wide and high, a multiple of 4.
inline std::string picture(unsigned seed, uint32_t side = 128) {
  const auto little = [](uint64_t value, size_t bytes) {
    std::string text;
    for (size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
    return text;
  };
  const uint32_t bytes = side * side * 3;
  std::string bmp = "BM" + little(54 + bytes, 4) + little(0, 4) + little(54, 4) + little(40, 4) +
                    little(side, 4) + little(side, 4) + little(1, 2) + little(24, 2) +
                    little(0, 4) + little(bytes, 4) + little(2835, 4) + little(2835, 4) +
                    little(0, 8);
  for (uint32_t y = 0; y < side; ++y) {
    for (uint32_t x = 0; x < side; ++x) {
      double sum = 0;
      for (unsigned wave = 1; wave < 9; ++wave) {
        const unsigned mix = seed * 7919 + wave * 104729;
        const double fx = static_cast<double>(mix % 13) + 1,
                     fy = static_cast<double>(mix / 13 % 11) + 1;
        sum += std::sin(6.283 * (fx * x + fy * y) / side + static_cast<double>(mix % 629) / 100);
      }
      bmp.append(3, static_cast<char>(std::clamp(128 + sum * 40, 0.0, 255.0)));
    }
  }
  return bmp;
}

// Resident memory of this process in bytes, and the most it ever was.
inline uint64_t status_bytes(std::string_view name) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name)) return std::stoull(line.substr(name.size() + 1)) * 1024;
  return 0;
}
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace weir::http
