// SPDX-License-Identifier: Apache-2.0
//
// The Hamming index beside faiss, on one thread, at several sizes; and proof that it misses
// nothing.
//
//   bench_index [--rows N]... [harness options]     100000, 1000000 and 10000000 if not given
//
// No real hashes come with the project, so these are made: PDQ hashes are nearly white (independent
// fair bits) apart from near-duplicates, so 9 of 10 rows are white and the others are 0 to 60 bits
// from an earlier row. Half of the 1000 queries are fresh, half 0 to 60 bits from some row.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "bench/harness.h"
#include "weir/index/hamming/hamming_index.h"
#include "weir/index/hamming/live_hamming_index.h"

#if WEIR_PEER_FAISS
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <omp.h>
#endif

namespace weir::bench {
namespace {

constexpr size_t kQueries = 1000;
constexpr Distance kRadius{31};
constexpr Distance kWidest{60};
constexpr size_t kAll = SIZE_MAX;
constexpr size_t kAdded = 100'000;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A failed search would make every later figure a lie.
template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}
void must(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "%s\n", status.error().message.c_str());
  std::exit(1);
}

struct Input {
  std::vector<HammingRow> rows;
  std::vector<Hash256> queries;
};

Hash256 near(Hash256 hash, std::mt19937_64& random) {
  for (size_t flips = random() % 61; flips > 0; --flips) hash.flip_bit(random() % 256);
  return hash;
}

Hash256 white(std::mt19937_64& random) {
  return {{random(), random(), random(), random()}};
}

Input make_input(size_t rows) {
  std::mt19937_64 random(20'240'901);
  Input input;
  input.rows.reserve(rows);
  for (uint32_t key = 0; key < rows; ++key) {
    const bool is_near = key > 0 && random() % 10 == 0;
    input.rows.push_back(
        {is_near ? near(input.rows[random() % key].hash, random) : white(random), key});
  }
  for (size_t i = 0; i < kQueries; ++i)
    input.queries.push_back(i % 2 == 0 ? white(random)
                                       : near(input.rows[random() % rows].hash, random));
  return input;
}

// --- Exactness -----------------------------------------------------------------------------------

// Every pair compared, on both cores. Independent of the index's own kernels.
__attribute__((target("popcnt"))) void compare(const Input& input, size_t first, size_t last,
                                               std::vector<Neighbour>& found) {
  constexpr size_t kBlock = 512;  // rows that stay in the cache while all queries pass
  for (size_t block = first; block < last; block += kBlock) {
    for (uint32_t query = 0; query < input.queries.size(); ++query) {
      const Hash256& q = input.queries[query];
      for (size_t i = block; i < std::min(block + kBlock, last); ++i) {
        const Hash256& hash = input.rows[i].hash;
        int bits = 0;
        for (size_t w = 0; w < 4; ++w) bits += __builtin_popcountll(q.words[w] ^ hash.words[w]);
        if (bits <= kWidest.bits)
          found.push_back({query, Distance{static_cast<uint16_t>(bits)}, input.rows[i].key});
      }
    }
  }
}

std::vector<Neighbour> brute_force(const Input& input) {
  std::vector<Neighbour> first, second;
  const size_t half = input.rows.size() / 2;
  {
    std::jthread other([&] { compare(input, 0, half, first); });
    compare(input, half, input.rows.size(), second);
  }
  first.insert(first.end(), second.begin(), second.end());
  std::sort(first.begin(), first.end());
  return first;
}

void report_exactness(Harness& harness, const Input& input, const HammingIndex& index,
                      const std::string& size) {
  const auto truth = brute_force(input);
  for (const uint16_t radius : {0, 15, 31, 45, 60}) {
    std::vector<Neighbour> expected;
    for (const Neighbour& neighbour : truth)
      if (neighbour.distance.bits <= radius) expected.push_back(neighbour);
    const auto found = must(index.search(input.queries, Distance{radius}, kAll));
    const std::string name = "index " + size + " recall, radius " + std::to_string(radius);
    harness.report({name, double(found.size()), "rows", "brute force",
                    double(found.size()) / double(std::max<size_t>(1, expected.size()))});
    if (found == expected) continue;
    std::fprintf(stderr, "%s: not equal to brute force\n", name.c_str());
    std::exit(1);
  }
}

// --- Speed ---------------------------------------------------------------------------------------

#if WEIR_PEER_FAISS

// What a peer is given: the same bytes.
std::vector<uint8_t> codes_of(const std::vector<HammingRow>& rows) {
  std::vector<uint8_t> codes(rows.size() * 32);
  for (size_t i = 0; i < rows.size(); ++i) std::memcpy(&codes[i * 32], &rows[i].hash, 32);
  return codes;
}

struct Peer {
  std::string name;
  std::unique_ptr<faiss::IndexBinary> index;
  double build_seconds = 0;
  size_t queries = 0;  // a run; enough for a few milliseconds, few enough to end
};

std::vector<Peer> make_peers(const Input& input) {
  omp_set_num_threads(1);
  std::vector<Peer> peers;
  auto multi = std::make_unique<faiss::IndexBinaryMultiHash>(256, 16, 16);
  multi->nflip = 1;  // 16 slots x (1 + 1) = 32 > 31: exact at this radius, as used in the field
  const size_t rows = input.rows.size();
  peers.push_back({"faiss IndexBinaryMultiHash(256,16,16)", std::move(multi), 0,
                   rows >= 5'000'000 ? size_t{20} : size_t{100}});
  // A scan of more than a million takes too long to wait for, and is never the faster one there.
  if (rows <= 1'000'000)
    peers.push_back(
        {"faiss IndexBinaryFlat", std::make_unique<faiss::IndexBinaryFlat>(256), 0, 10});
  const auto codes = codes_of(input.rows);
  for (Peer& peer : peers) {
    const auto start = Clock::now();
    peer.index->add(static_cast<int64_t>(rows), codes.data());
    peer.build_seconds = seconds_since(start);
  }
  return peers;
}

// The next `count` queries of a cycle through all, so that caches are not flattered.
void search_peer(const faiss::IndexBinary& peer, const Input& input, size_t& next, size_t count) {
  faiss::RangeSearchResult result(count);
  std::vector<uint8_t> codes(count * 32);
  for (size_t i = 0; i < count; ++i, next = (next + 1) % kQueries)
    std::memcpy(&codes[i * 32], &input.queries[next], 32);
  peer.range_search(static_cast<int64_t>(count), codes.data(), kRadius.bits + 1, &result);
  keep(result.labels);
}

#endif

void report_search(Harness& harness, const Input& input, const HammingIndex& index,
                   const std::string& size, double build_seconds) {
  std::vector<Contender> contenders;
  contenders.push_back({"single", [&] {
                          for (size_t i = 0; i < kQueries; ++i)
                            keep(must(index.search({&input.queries[i], 1}, kRadius, kAll)));
                        }});
  contenders.push_back({"batch", [&] { keep(must(index.search(input.queries, kRadius, kAll))); }});
  std::vector<double> queries(2, double(kQueries));
#if WEIR_PEER_FAISS
  auto peers = make_peers(input);
  std::vector<size_t> next(peers.size());
  for (size_t i = 0; i < peers.size(); ++i) {
    contenders.push_back({peers[i].name, [&, i] {
                            search_peer(*peers[i].index, input, next[i], peers[i].queries);
                          }});
    queries.push_back(double(peers[i].queries));
  }
#endif
  auto seconds = harness.seconds_per_run(contenders);
  for (size_t i = 0; i < seconds.size(); ++i) seconds[i] /= queries[i];

  const char* const names[] = {"single query", "batch of 1000"};
  for (size_t ours = 0; ours < 2; ++ours) {
    const std::string name = "index " + size + " radius 31, " + names[ours];
    if (contenders.size() == 2) harness.report({name, seconds[ours] * 1e6, "us/query", "", 0});
    for (size_t peer = 2; peer < contenders.size(); ++peer)
      harness.report({name, seconds[ours] * 1e6, "us/query", contenders[peer].name,
                      seconds[peer] / seconds[ours]});
  }
#if WEIR_PEER_FAISS
  harness.report({"index " + size + " build", build_seconds, "s", peers[0].name,
                  peers[0].build_seconds / build_seconds});
#else
  harness.report({"index " + size + " build", build_seconds, "s", "", 0});
#endif
}

void report_wide_search(Harness& harness, const Input& input, const HammingIndex& index,
                        const std::string& size) {
  for (const uint16_t radius : {15, 45, 60}) {
    const size_t few = 32;
    const auto seconds = harness.seconds_per_run(
        {{"single",
          [&] {
            for (size_t i = 0; i < few; ++i)
              keep(must(index.search({&input.queries[i], 1}, Distance{radius}, kAll)));
          }},
         {"batch", [&] {
            keep(must(index.search({input.queries.data(), few}, Distance{radius}, kAll)));
          }}});
    const std::string name = "index " + size + " radius " + std::to_string(radius);
    harness.report({name + ", single query", seconds[0] / few * 1e6, "us/query", "", 0});
    harness.report({name + ", batch of 32", seconds[1] / few * 1e6, "us/query", "", 0});
  }
}

// --- Files ---------------------------------------------------------------------------------------

void report_file(Harness& harness, const HammingIndex& index, const std::string& size) {
  const auto folder = std::filesystem::temp_directory_path() / "weir-bench-index";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / size).string();
  auto start = Clock::now();
  must(index.save(path));
  harness.report({"index " + size + " save and sync", seconds_since(start), "s", "", 0});
  double least = 1e9;
  for (int i = 0; i < 3; ++i) {
    start = Clock::now();
    const HammingIndex opened = must(HammingIndex::open(path));
    least = std::min(least, seconds_since(start));
  }
  harness.report({"index " + size + " open, checked, best of 3", least, "s", "", 0});
  std::filesystem::remove_all(folder);
}

// --- Changes while searching ---------------------------------------------------------------------

double p99_us(std::vector<double> seconds) {
  const auto at = seconds.begin() + static_cast<ptrdiff_t>(seconds.size() * 99 / 100);
  std::nth_element(seconds.begin(), at, seconds.end());
  return *at * 1e6;
}

double thread_seconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

// Of single queries. Where other programs share the machine, the clock on the wall mostly measures
// them; the thread's own time leaves out the turns of others, but nothing that the index does.
struct P99 {
  double wall_us = 0;
  double own_us = 0;
};

P99 time_queries(const LiveHammingIndex& live, const Input& input, const std::atomic<bool>* until,
                 size_t least) {
  std::vector<double> wall, own;
  for (size_t i = 0; wall.size() < least || (until != nullptr && !*until); ++i) {
    const auto start = Clock::now();
    const double own_start = thread_seconds();
    keep(must(live.search({&input.queries[i % kQueries], 1}, kRadius, kAll)));
    own.push_back(thread_seconds() - own_start);
    wall.push_back(seconds_since(start));
  }
  return {p99_us(std::move(wall)), p99_us(std::move(own))};
}

// One row an add, spread over three seconds; each must be found by a search that starts after.
// Beside the adding the tail is merged when and as often as a server does.
void add_rows(LiveHammingIndex& live) {
  std::jthread merging([&live](const std::stop_token& stop) {
    for (; !stop.stop_requested(); std::this_thread::sleep_for(std::chrono::milliseconds(250)))
      if (live.tail_rows() > live.size() / 20) must(live.merge());
  });
  std::mt19937_64 random(5);
  const auto start = Clock::now();
  for (uint32_t i = 0; i < kAdded; ++i) {
    const HammingRow row{white(random), UINT32_MAX - i};
    live.add({&row, 1});
    if (i % 1000 == 0) {
      const auto found = must(live.search({&row.hash, 1}, Distance{0}, kAll));
      if (found.size() != 1 || found[0].key != row.key) {
        std::fprintf(stderr, "an added row was not visible at once\n");
        std::exit(1);
      }
    }
    if (i % 100 == 0) std::this_thread::sleep_until(start + std::chrono::microseconds(i * 30));
  }
}

void report_live(Harness& harness, const Input& input, const HammingIndex& index,
                 const std::string& size) {
  LiveHammingIndex live(index);
  time_queries(live, input, nullptr, 2'000);  // warm
  const P99 quiet = time_queries(live, input, nullptr, 20'000);
  const auto while_changing = [&](const LiveHammingIndex& searched, auto change) {
    std::atomic<bool> is_done{false};
    std::jthread other([&] {
      change();
      is_done = true;
    });
    return time_queries(searched, input, &is_done, 1'000);
  };
  const P99 adding = while_changing(live, [&] { add_rows(live); });
  LiveHammingIndex unmerged(index);
  std::mt19937_64 random(6);
  for (uint32_t i = 0; i < kAdded; ++i) {
    const HammingRow row{white(random), UINT32_MAX - i};
    unmerged.add({&row, 1});
  }
  const P99 after = time_queries(unmerged, input, nullptr, 20'000);
  const P99 merging = while_changing(unmerged, [&] { must(unmerged.merge()); });

  const auto line = [&](const char* when, const P99& p99) {
    const std::string name = "index " + size + " live p99, " + when;
    harness.report({name + ", wall", p99.wall_us, "us", "quiet p99", quiet.wall_us / p99.wall_us});
    harness.report({name + ", own", p99.own_us, "us", "quiet p99", quiet.own_us / p99.own_us});
  };
  line("quiet", quiet);
  line("adding 100k rows", adding);
  line("100k rows not merged", after);
  line("merging", merging);
}

void run(Harness& harness, size_t rows) {
  const std::string size = rows % 1'000'000 == 0 ? std::to_string(rows / 1'000'000) + "M"
                                                 : std::to_string(rows / 1000) + "k";
  if (!harness.wants("index " + size)) return;
  const Input input = make_input(rows);
  const auto start = Clock::now();
  const HammingIndex index = must(HammingIndex::build(input.rows));
  const double build_seconds = seconds_since(start);
  harness.report({"index " + size + " memory", double(index.memory_bytes()) / double(rows),
                  "bytes/hash", "", 0});
  report_file(harness, index, size);
  report_live(harness, input, index, size);
  report_wide_search(harness, input, index, size);
  report_exactness(harness, input, index, size);
  report_search(harness, input, index, size, build_seconds);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  std::vector<size_t> sizes;
  std::vector<char*> rest = {argv[0]};
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--rows") == 0 && i + 1 < argc) {
      sizes.push_back(std::strtoull(argv[++i], nullptr, 10));
    } else {
      rest.push_back(argv[i]);
    }
  }
  if (sizes.empty()) sizes = {100'000, 1'000'000, 10'000'000};
  weir::bench::Harness harness(static_cast<int>(rest.size()), rest.data());
  for (const size_t rows : sizes) weir::bench::run(harness, rows);
}
