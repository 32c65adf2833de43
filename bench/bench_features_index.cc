// SPDX-License-Identifier: Apache-2.0
//
// The index of local features at several sizes, on one thread; and proof that it counts as its
// definition does.
//
//   bench_features_index [--entries N]... [harness options]     10000 and 100000 if not given
//
// No real features come with the project, so these are made, with the statistics that decision 0074
// gives: words as unevenly used as real ones, strangers that are near as often as real ones, and
// copies as far from their originals as real edits move them.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "weir/hash/features/local_features.h"
#include "weir/index/features/feature_index.h"
#include "weir/index/features/feature_plain.h"

namespace weir::bench {
namespace {

constexpr size_t kOfEntry = 500;
constexpr size_t kOfItem = 1'200;
constexpr size_t kCandidates = 50;

// Of the processor, which other programs on a busy machine do not add to.
double seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}
double seconds_since(double start) {
  return seconds() - start;
}

// A failed call would make every later figure a lie.
void must(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "%s\n", status.error().message.c_str());
  std::exit(1);
}

// --- Made features -------------------------------------------------------------------------------

class Maker {
 public:
  Maker() {
    std::lognormal_distribution<double> popularity(0, 1.2);
    double sum = 0;
    for (double& until : until_) until = sum += popularity(random_);
    for (uint64_t& prototype : prototypes_) prototype = random_();
  }

  FeatureRow stranger(uint32_t key) {
    FeatureRow row{key, word(), byte(), byte(), random_()};
    // A quarter of the features of a word are alike, as edges and corners are.
    if (random_() % 4 != 0) return row;
    uint64_t unlike = ~uint64_t{0};
    for (size_t bit = 0; bit < 64; ++bit)
      if (random_() % 100 >= 15) unlike &= ~(uint64_t{1} << bit);
    row.signature = prototypes_[row.word] ^ unlike;
    return row;
  }

  FeatureQuery query(const FeatureRow& row) {
    FeatureQuery query;
    query.code.word = row.word;
    query.code.signature = row.signature;
    query.angle = row.angle;
    query.log_scale = row.log_scale;
    for (size_t i = 0; i < FeatureCode::kAlternatives; ++i)
      query.code.alternatives[i] =
          i % 2 == 0 ? word() : static_cast<uint16_t>(row.word ^ 1u << (random_() % 16));
    return query;
  }

  // As an edited copy of the entry would give it: 40 % in the same word, 36 % under an alternative.
  FeatureQuery copy(const FeatureRow& row, uint8_t turn, uint8_t size) {
    FeatureRow changed = row;
    changed.angle = static_cast<uint8_t>(row.angle - turn + std::lround(5 * gauss_(random_)));
    changed.log_scale = static_cast<uint8_t>(row.log_scale - size + std::lround(gauss_(random_)));
    static constexpr std::array<double, 21> kUntil = {.035, .109, .211, .324, .434, .535, .624,
                                                      .697, .758, .808, .849, .881, .908, .929,
                                                      .945, .958, .969, .977, .983, .988, .992};
    const double at = chance_(random_);
    const auto bits = std::upper_bound(kUntil.begin(), kUntil.end(), at) - kUntil.begin();
    changed.signature = row.signature;
    for (auto left = bits; left > 0;) {
      const uint64_t bit = uint64_t{1} << (random_() % 64);
      if (((changed.signature ^ row.signature) & bit) != 0) continue;
      changed.signature ^= bit;
      --left;
    }
    FeatureQuery query = this->query(changed);
    const double where = chance_(random_);
    if (where >= 0.40) query.code.word = word();
    if (where >= 0.40 && where < 0.76)
      query.code.alternatives[random_() % FeatureCode::kAlternatives] = row.word;
    return query;
  }

  std::vector<FeatureRow> entry(uint32_t key) {
    std::vector<FeatureRow> rows(kOfEntry);
    for (FeatureRow& row : rows) row = stranger(key);
    return rows;
  }
  std::vector<FeatureQuery> strangers(size_t count) {
    std::vector<FeatureQuery> queries;
    for (size_t i = 0; i < count; ++i) queries.push_back(query(stranger(0)));
    return queries;
  }

  uint64_t number() { return random_(); }

 private:
  uint16_t word() {
    const double at = chance_(random_) * until_.back();
    return static_cast<uint16_t>(std::upper_bound(until_.begin(), until_.end() - 1, at) -
                                 until_.begin());
  }
  uint8_t byte() { return static_cast<uint8_t>(random_()); }

  std::mt19937_64 random_{20'261'122};
  std::uniform_real_distribution<double> chance_{0, 1};
  std::normal_distribution<double> gauss_;
  std::vector<double> until_ = std::vector<double>(65'536);
  std::vector<uint64_t> prototypes_ = std::vector<uint64_t>(65'536);
};

// An item that shows `shared` features of an entry, turned and shrunk, among strangers.
struct Item {
  std::vector<FeatureQuery> upright;
  std::vector<FeatureQuery> mirrored;
};

Item item_with(Maker& maker, std::span<const FeatureRow> entry, size_t shared, bool is_mirrored) {
  Item item{maker.strangers(kOfItem), maker.strangers(kOfItem)};
  auto& side = is_mirrored ? item.mirrored : item.upright;
  const auto turn = static_cast<uint8_t>(maker.number());
  const auto size = static_cast<uint8_t>(maker.number() % 40 - 20);
  for (size_t i = 0; i < shared; ++i)
    side[maker.number() % kOfItem] = maker.copy(entry[maker.number() % kOfEntry], turn, size);
  return item;
}

// --- What is measured ----------------------------------------------------------------------------

void report_exactness(Harness& harness) {
  Maker maker;
  LiveFeatureIndex index;
  std::vector<FeatureRow> rows;
  for (uint32_t key = 0; key < 300; ++key) {
    const auto entry = maker.entry(key);
    index.add(entry);
    rows.insert(rows.end(), entry.begin(), entry.end());
    if (key == 200) must(index.merge());
  }
  size_t same = 0;
  constexpr size_t kItems = 4;
  for (size_t i = 0; i < kItems; ++i) {
    Item item = item_with(maker, std::span(rows).first(kOfEntry), 40, i % 2 == 1);
    item.upright.resize(300);
    item.mirrored.resize(300);
    const auto found = index.vote(item.upright, item.mirrored, SIZE_MAX);
    const auto expected = plain::vote(rows, item.upright, item.mirrored, SIZE_MAX);
    same += found.agreeing_keys == expected.agreeing_keys &&
            std::equal(found.candidates.begin(), found.candidates.end(),
                       expected.candidates.begin(), expected.candidates.end(),
                       [](const FeatureCandidate& a, const FeatureCandidate& b) {
                         return a.key == b.key && a.mirrored == b.mirrored && a.score == b.score &&
                                a.hits == b.hits;
                       });
  }
  harness.report({"features index 300 entries, votes equal to definition", double(same), "votes",
                  "definition", double(same) / kItems});
  if (same != kItems) std::exit(1);
}

void report_votes(Harness& harness, Maker& maker, const LiveFeatureIndex& index,
                  const std::string& size) {
  std::vector<Item> items;
  for (size_t i = 0; i < 4; ++i)
    items.push_back({maker.strangers(kOfItem), maker.strangers(kOfItem)});
  size_t next = 0;
  const auto took =
      harness.seconds_per_run({{"both",
                                [&] {
                                  const Item& item = items[next++ % items.size()];
                                  keep(index.vote(item.upright, item.mirrored, kCandidates));
                                }},
                               {"upright", [&] {
                                  const Item& item = items[next++ % items.size()];
                                  keep(index.vote(item.upright, {}, kCandidates));
                                }}});
  harness.report({"features index " + size + " vote, 1200 features, upright and mirrored",
                  took[0] * 1e3, "ms", "", 0});
  harness.report({"features index " + size + " vote, upright only", took[1] * 1e3, "ms", "", 0});
}

// Whether a shown entry is the first candidate, and among those that are verified.
void report_recall(Harness& harness, Maker& maker, const LiveFeatureIndex& index,
                   std::span<const std::vector<FeatureRow>> known, const std::string& size) {
  constexpr size_t kItems = 30;
  for (const size_t shared : {15, 25, 40, 80}) {
    size_t first = 0, among = 0;
    for (size_t i = 0; i < kItems; ++i) {
      const auto& entry = known[i % known.size()];
      const bool is_mirrored = i % 3 == 0;
      const Item item = item_with(maker, entry, shared, is_mirrored);
      const auto vote = index.vote(item.upright, item.mirrored, kCandidates);
      const auto at = std::find_if(
          vote.candidates.begin(), vote.candidates.end(), [&](const FeatureCandidate& candidate) {
            return candidate.key == entry[0].key && candidate.mirrored == is_mirrored;
          });
      first += at == vote.candidates.begin();
      among += at != vote.candidates.end();
    }
    const std::string name =
        "features index " + size + " shares " + std::to_string(shared) + " features: ";
    harness.report({name + "first", 100.0 * double(first) / kItems, "%", "", 0});
    harness.report({name + "among 50", 100.0 * double(among) / kItems, "%", "", 0});
  }
}

void measure(Harness& harness, size_t entries) {
  const std::string size = std::to_string(entries);
  Maker maker;
  LiveFeatureIndex index;
  std::vector<std::vector<FeatureRow>> known;
  double adding = 0, slowest = 0;
  for (uint32_t key = 0; key < entries; ++key) {
    auto rows = maker.entry(key);
    const double start = seconds();
    index.add(rows);
    const double took = seconds_since(start);
    adding += took;
    slowest = std::max(slowest, took);
    if (key % (entries / 30) == 0) known.push_back(std::move(rows));
    if (index.tail_rows() == 2'000'000)
      report_votes(harness, maker, index, size + " (4000 of them in the tail, no base)");
  }
  const std::string name = "features index " + size + " ";
  harness.report(
      {name + "add, entries a second of processor time", double(entries) / adding, "1/s", "", 0});
  harness.report({name + "slowest add", slowest * 1e3, "ms", "", 0});
  double start = seconds();
  must(index.merge());
  harness.report({name + "merge, processor time", seconds_since(start), "s", "", 0});
  harness.report(
      {name + "memory an entry", double(index.memory_bytes()) / double(entries), "bytes", "", 0});
  report_votes(harness, maker, index, size);
  report_recall(harness, maker, index, known, size);

  const std::string path =
      (std::filesystem::temp_directory_path() / ("bench-features." + std::to_string(getpid())))
          .string();
  start = seconds();
  must(index.save(path));
  harness.report({name + "save, processor time", seconds_since(start), "s", "", 0});
  start = seconds();
  must(index.open(path));
  harness.report({name + "open, processor time", seconds_since(start), "s", "", 0});
  std::filesystem::remove(path);
}

void report_codes(Harness& harness) {
  std::mt19937_64 random(1);
  std::vector<LocalFeature> features(2 * kOfItem);
  for (LocalFeature& feature : features)
    for (uint8_t& value : feature.descriptor)
      value = static_cast<uint8_t>(random() % 4 == 0 ? random() % 256 : random() % 40);
  const auto took = harness.seconds_per_run({{"codes", [&] {
                                                for (const LocalFeature& feature : features)
                                                  keep(code_of(feature));
                                              }}});
  harness.report({"codes of 2400 features", took[0] * 1e3, "ms", "", 0});
}

// Takes out --entries; the rest is the harness's.
std::vector<size_t> entries_to_measure(int& argc, char** argv) {
  std::vector<size_t> sizes;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--entries") == 0 && i + 1 < argc) {
      sizes.push_back(std::max<size_t>(30, std::strtoull(argv[++i], nullptr, 10)));
    } else {
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
  if (sizes.empty()) sizes = {10'000, 100'000};
  return sizes;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  const auto sizes = weir::bench::entries_to_measure(argc, argv);
  weir::bench::Harness harness(argc, argv);
  if (harness.wants("codes")) weir::bench::report_codes(harness);
  if (harness.wants("exactness")) weir::bench::report_exactness(harness);
  for (const size_t entries : sizes)
    if (harness.wants("entries " + std::to_string(entries))) weir::bench::measure(harness, entries);
  return 0;
}
