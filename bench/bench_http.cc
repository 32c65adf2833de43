// SPDX-License-Identifier: Apache-2.0
//
// Requests a second over loopback, clients and server sharing the machine, and what a large upload
// costs.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "bench/harness.h"
#include "server/http/client_for_test.h"
#include "server/http/server.h"
#include "server/store/sqlite/sqlite_store.h"
#include "weir/base/clock.h"

namespace {

using namespace weir;
using namespace weir::http;

constexpr int kClients = 8;
constexpr int kRequests = 250;  // of each client, in one run
constexpr uint64_t kUpload = 1'500'000'000;

// Every client asks the same, again and again, each on one connection.
void load(uint16_t port, const std::string& request) {
  std::vector<std::jthread> clients;
  for (int c = 0; c < kClients; ++c)
    clients.emplace_back([&] {
      Client client(port);
      for (int i = 0; i < kRequests; ++i)
        if (client.ask(request).status != 200) abort();
    });
}

uint64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  uint64_t pages = 0;
  in >> pages >> pages;
  return pages * 4096;
}

// The most memory taken while a form of one large file arrives; answered with an error, being no
// picture.
uint64_t upload(uint16_t port) {
  const std::string before = "--xyz\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n";
  const std::string after = "\r\n--xyz--\r\n";
  const std::string block(1'000'000, 'x');
  Client client(port);
  client.send(
      "POST /v1/hash HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + std::string(kFormType) +
      "\r\nContent-Length: " + std::to_string(before.size() + kUpload + after.size()) + "\r\n\r\n" +
      before);
  uint64_t most = 0;
  for (uint64_t sent = 0; sent < kUpload; sent += block.size()) {
    client.send(block);
    if (sent % 50'000'000 == 0) most = std::max(most, resident_bytes());
  }
  client.send(after);
  if (client.receive().status == 0) abort();
  return most;
}

}  // namespace

int main(int argc, char** argv) {
  bench::Harness harness(argc, argv);
  std::string folder = (std::filesystem::temp_directory_path() / "bench-http-XXXXXX").string();
  if (!mkdtemp(folder.data())) return 1;
  SystemClock clock;
  auto store = open_sqlite_store(folder + "/weir.db", clock);
  auto snapshot = store ? CurrentSnapshot::open(**store, folder + "/snapshots") : store.error();
  DecoderOptions decoding;
  decoding.program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "../weir-decode";
  auto decoder = Decoder::start(decoding);
  if (!snapshot || !decoder) return 1;
  Services services{**store, **decoder, **snapshot};
  ServerOptions options;
  options.port = 0;
  options.spool_folder = folder;
  options.file_bytes = 2ull << 30;
  auto server = Server::start(options, services);
  if (!server) return 1;
  const uint16_t port = (*server)->port();

  const Json signals = {
      {"signals",
       {{{"kind", "sha256"}, {"value", std::string(64, '0')}},
        {{"kind", "pdq"}, {"value", std::string(32, '5') + std::string(32, 'c')}}}}};
  const std::string match = with_json("POST", "/v1/match", signals);
  const auto seconds = harness.seconds_per_run(
      {{"healthz", [&] { load(port, get("/healthz")); }}, {"match", [&] { load(port, match); }}});
  constexpr double kAll = kClients * kRequests;
  harness.report({"GET /healthz, 8 clients", kAll / seconds[0], "requests/s", "", 0});
  harness.report({"POST /v1/match, 2 signals, 8 clients", kAll / seconds[1], "requests/s", "", 0});

  const uint64_t before = resident_bytes();
  const auto began = std::chrono::steady_clock::now();
  const uint64_t most = upload(port);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  harness.report({"upload of 1.5 GB", kUpload / took.count() / 1e6, "MB/s", "", 0});
  harness.report({"memory taken by it", static_cast<double>(most - std::min(most, before)) / 1e6,
                  "MB", "", 0});
  server->reset();
  std::filesystem::remove_all(folder);
}
