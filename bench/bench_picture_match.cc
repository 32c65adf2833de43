// SPDX-License-Identifier: Apache-2.0
//
// Whether known pictures are found fast enough when there are many of them: a home with a bank of
// pictures as large as is asked for, and queries as they come, from JPEG to matches.
//
//   bench_picture_match [--entries N] [--pictures FOLDER] [harness options]
//
// N is 10000 if not given. FOLDER holds JPEG files, by default the tune side of ./run accuracy,
// else the bank of ./run demo; without either, pictures are drawn. Four of five become entries, the
// fifth is asked about as an innocent. The other entries are made of their features: each is half
// of one descriptor and half of another, so that words are used as real ones use them and hardly
// two features are the same.
//
// With ten times as many entries the index is filled with rows alone, and the pictures of
// candidates come from the store of N: that costs the same as a store of all of them that fits the
// page cache.
//
// Times are of the processor, of this process and those it started, because machines are shared; a
// query that runs alone takes no longer.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "bench/harness.h"
#include "bench/jpeg.h"
#include "server/flow/curate.h"
#include "server/flow/current_snapshot.h"
#include "server/flow/match.h"
#include "server/sandbox/socket.h"
#include "server/store/sqlite/sqlite_store.h"
#include "weir/match/pictures/picture_match.h"
#include "weir/signal/features_codec.h"

namespace weir::bench {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kItemSide = 800;
constexpr size_t kMostPictures = 400;
constexpr size_t kQueries = 100;
constexpr size_t kLarger = 10;

[[noreturn]] void stop(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  std::exit(2);
}
template <class T>
T must(Result<T> result) {
  if (!result) stop(result.error());
  return std::move(*result);
}
void must(const Status& status) {
  if (!status) stop(status.error());
}

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Processor seconds of this process and of all that it started, since it was made.
class Stopwatch {
 public:
  Stopwatch() {
    std::vector<pid_t> family = {getpid()};
    for (size_t i = 0; i < family.size(); ++i)
      for (const auto& [child, parent] : processes())
        if (parent == family[i]) family.push_back(child);
    for (const pid_t pid : family)
      if (clockid_t clock; clock_getcpuclockid(pid, &clock) == 0) clocks_.push_back(clock);
    began_ = now();
  }
  double seconds() const { return now() - began_; }

 private:
  static std::vector<std::pair<pid_t, pid_t>> processes() {
    std::vector<std::pair<pid_t, pid_t>> found;
    std::error_code none;
    for (const auto& folder : fs::directory_iterator("/proc", none)) {
      std::ifstream file(folder.path() / "stat");
      std::string line;
      if (!std::getline(file, line)) continue;
      pid_t parent = 0;
      std::sscanf(line.c_str() + line.rfind(')') + 1, " %*c %d", &parent);
      found.emplace_back(std::atoi(line.c_str()), parent);
    }
    return found;
  }
  double now() const {
    double sum = 0;
    for (const clockid_t clock : clocks_) sum += seconds_of(clock);
    return sum;
  }
  std::vector<clockid_t> clocks_;
  double began_ = 0;
};

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// The store, or its log while little was written.
double largest_file(const fs::path& folder) {
  uintmax_t most = 0;
  for (const auto& file : fs::directory_iterator(folder))
    if (file.is_regular_file()) most = std::max(most, file.file_size());
  return static_cast<double>(most);
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(share * double(values.size())))];
}

// --- Pictures and files --------------------------------------------------------------------------

std::vector<Pixels> pictures_in(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code none;
  for (const auto& file : fs::directory_iterator(folder, none))
    if (file.path().extension() == ".jpg") paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  paths.resize(std::min(paths.size(), kMostPictures));
  std::vector<Pixels> pictures;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(in), {});
    pictures.push_back(shrunk(decode_jpeg(bytes), kItemSide));
  }
  return pictures;
}

// Discs, boxes and waves over one another, each with its own grain.
Pixels drawn(std::mt19937& random) {
  Pixels picture{std::vector<uint8_t>(800 * 600 * 3), 800, 600, 3};
  for (int shape = 0; shape < 120; ++shape) {
    const int x = int(random() % 800), y = int(random() % 600), size = 10 + int(random() % 90);
    const uint32_t colour = random(), wave = 3 + random() % 30, kind = random() % 2;
    for (int v = std::max(0, y - size); v < std::min(600, y + size); ++v)
      for (int u = std::max(0, x - size); u < std::min(800, x + size); ++u) {
        if (kind == 0 && (u - x) * (u - x) + (v - y) * (v - y) > size * size) continue;
        for (int c = 0; c < 3; ++c)
          picture.samples[size_t(v * 800 + u) * 3 + size_t(c)] = uint8_t(
              (colour >> (8 * c) & 127) + (uint32_t(u + v) / wave % 4) * 24 + random() % 12);
      }
  }
  return picture;
}

std::vector<Pixels> pictures_from(const fs::path& folder, std::string& what) {
  for (const fs::path& place :
       {folder, fs::path(WEIR_SOURCE_DIR "/build/accuracy/sets/tune-10/known"),
        fs::path(WEIR_SOURCE_DIR "/build/demo/bank")}) {
    if (place.empty()) continue;
    what = "photographs";
    auto found = pictures_in(place);
    if (found.size() >= 15) return found;
  }
  what = "drawn pictures";
  std::mt19937 random(3);
  std::vector<Pixels> pictures;
  for (size_t i = 0; i < 100; ++i) pictures.push_back(drawn(random));
  return pictures;
}

// As somebody would pass it on: its edges cut off, recoded.
std::vector<uint8_t> edited(const Pixels& picture) {
  const uint32_t x = picture.width / 16, y = picture.height / 16;
  return encode_jpeg(picture.view().crop({x, y, picture.width - 2 * x, picture.height - 2 * y}),
                     60);
}

Fd file_of(const std::vector<uint8_t>& bytes) {
  Fd file(memfd_create("bench", MFD_CLOEXEC));
  if (write(file.get(), bytes.data(), bytes.size()) < 0) std::perror("memfd");
  return Fd(open(("/proc/self/fd/" + std::to_string(file.get())).c_str(), O_RDONLY | O_CLOEXEC));
}

std::unique_ptr<Decoder> decoder_with(unsigned workers) {
  DecoderOptions options;
  options.program = fs::read_symlink("/proc/self/exe").parent_path() / "../weir-decode";
  options.workers = workers;
  return must(Decoder::start(options));
}

// --- Entries that are no pictures ----------------------------------------------------------------

class Maker {
 public:
  explicit Maker(const std::vector<PictureFeatures>& real) {
    for (const PictureFeatures& picture : real) {
      pictures_.push_back(&picture);
      for (const LocalFeature& feature : picture.features) pool_.push_back(&feature);
    }
  }

  PictureFeatures picture() {
    const PictureFeatures& like = *pictures_[random_() % pictures_.size()];
    PictureFeatures made{like.width, like.height, like.features, like.plane};
    for (LocalFeature& feature : made.features) change(feature);
    return made;
  }

 private:
  // Place, size and angle stay those of some feature, the looks become those of two.
  void change(LocalFeature& feature) {
    const LocalFeature &upper = *pool_[random_() % pool_.size()],
                       &lower = *pool_[random_() % pool_.size()];
    std::array<double, 128> mixed{};
    double norm = 0;
    for (size_t i = 0; i < mixed.size(); ++i) {
      mixed[i] = (i < 64 ? upper : lower).descriptor[i];
      norm += mixed[i] * mixed[i];
    }
    for (size_t i = 0; i < mixed.size(); ++i)
      feature.descriptor[i] =
          static_cast<uint8_t>(std::min(255.0, mixed[i] * 512 / std::sqrt(norm + 1)));
    feature.angle = upper.angle;
  }

  std::mt19937_64 random_{7};
  std::vector<const PictureFeatures*> pictures_;
  std::vector<const LocalFeature*> pool_;
};

Entry entry_of(const Bank& bank, const PictureFeatures& picture, size_t number) {
  Entry entry;
  entry.bank = bank.id;
  entry.bank_name = bank.name;
  entry.media = "image";
  entry.name = std::to_string(number) + ".jpg";
  Signal signal;
  signal.kind = SignalKind::kSha256;
  signal.value.resize(32);
  for (size_t i = 0; i < 8; ++i) signal.value[i] = static_cast<uint8_t>(number >> (8 * i));
  entry.signals = {signal};
  entry.own.push_back({SignalKind::kFeatures, encode_features(picture), {}, {}, {}});
  return entry;
}

void fill(Store& store, const Bank& bank, Maker& maker, size_t entries) {
  constexpr size_t kAtOnce = 500;
  for (size_t number = 0; number < entries;) {
    std::vector<Entry> some;
    for (; some.size() < kAtOnce && number < entries; ++number)
      some.push_back(entry_of(bank, maker.picture(), number));
    must(store.add_entries(some));
  }
}

// --- What is measured ----------------------------------------------------------------------------

struct Bench {
  Harness& harness;
  size_t entries;
  Store& store;
  const Bank& bank;
  std::string folder;
  std::string size = std::to_string(entries);

  void line(const std::string& name, double value, const std::string& unit) {
    harness.report({"picture match " + size + " " + name, value, unit, "", 0});
  }
  void times(const std::string& name, const std::vector<double>& seconds) {
    line(name + ", median", 1e3 * quantile(seconds, 0.5), "ms");
    line(name + ", p99", 1e3 * quantile(seconds, 0.99), "ms");
  }

  std::unique_ptr<CurrentSnapshot> opened(const std::string& name) {
    const double before = resident_bytes();
    const Stopwatch watch;
    auto snapshot = must(CurrentSnapshot::open(store, folder + "/snapshots"));
    line("open " + name, watch.seconds(), "s");
    line("open " + name + ", resident", (resident_bytes() - before) / double(entries) / 1e3,
         "KB/entry");
    return snapshot;
  }

  void queries(const std::string& name, const std::vector<std::vector<uint8_t>>& files,
               Services& services) {
    std::vector<double> decode, match, both;
    size_t matched = 0;
    for (const auto& bytes : files) {
      const Fd file = file_of(bytes);
      const Stopwatch watch;
      auto item = must(
          item_to_match(must(services.decoder.decode(file.get(), must(wants_to_match(services))))));
      decode.push_back(watch.seconds());
      const auto reports = must(match_against_banks({&item, 1}, {}, services));
      both.push_back(watch.seconds());
      match.push_back(both.back() - decode.back());
      matched += !reports[0].matches.empty();
    }
    times(name + ": decode", decode);
    times(name + ": match", match);
    times(name + ": both", both);
    line(name + ": matched", 100.0 * double(matched) / double(files.size()), "%");
  }

  // Candidates of an index `kLarger` times as large, their pictures from the store there is.
  void larger(const std::vector<std::vector<uint8_t>>& files, Maker& maker, Decoder& decoder) {
    LiveFeatureIndex index;
    const size_t many = kLarger * entries;
    std::vector<FeatureRow> rows;
    for (size_t key = 1; key <= many; ++key) {
      const auto some = feature_rows(static_cast<uint32_t>(key), maker.picture());
      rows.insert(rows.end(), some.begin(), some.end());
      if (key % 5'000 != 0 && key != many) continue;
      index.add(rows);
      rows.clear();
    }
    must(index.merge());
    const KnownPictures known = [&](EntryId id) -> Result<std::optional<KnownPicture>> {
      const EntryId stored{1 + id.value % static_cast<int64_t>(entries)};
      const auto found = must(store.signals_of(SignalKind::kFeatures, {&stored, 1}));
      if (found.empty()) return std::optional<KnownPicture>();
      return std::optional(KnownPicture{must(decode_features(found[0].value)), false});
    };
    DecodeWants wants;
    wants.kinds = {SignalKind::kFeatures};
    std::vector<double> both;
    for (const auto& bytes : files) {
      const Fd file = file_of(bytes);
      const Stopwatch watch;
      const ItemSignals item = must(decoder.decode(file.get(), wants));
      keep(must(match_picture(must(features_of(item.signals)), index, known)));
      both.push_back(watch.seconds());
    }
    size = std::to_string(many) + " (rows; pictures of " + std::to_string(entries) + ")";
    times("innocent: both", both);
    line("index", double(index.memory_bytes()) / double(many) / 1e3, "KB/entry");
  }

  // As `weir add` does it: decoders side by side, each picture a transaction.
  void additions(const std::vector<std::vector<uint8_t>>& files) {
    const auto decoder = decoder_with(2);
    std::atomic<size_t> next = 0;
    const double began = seconds_of(CLOCK_MONOTONIC);
    const Stopwatch watch;
    {
      std::vector<std::jthread> callers;
      for (unsigned i = 0; i < decoder->callers(); ++i)
        callers.emplace_back([&] {
          for (size_t k; (k = next++) < files.size();) {
            const Fd file = file_of(files[k]);
            must(add_item(bank, must(decoder->decode(file.get(), wants_to_add())), {}, store));
          }
        });
    }
    line("add, wall", double(files.size()) / (seconds_of(CLOCK_MONOTONIC) - began), "pictures/s");
    line("add, on two idle cores", 2 * double(files.size()) / watch.seconds(), "pictures/s");
  }
};

struct Options {
  size_t entries = 10'000;
  fs::path pictures;
};

void run(Harness& harness, const Options& options, const std::string& folder) {
  std::string what;
  const auto pictures = pictures_from(options.pictures, what);
  const auto decoder = decoder_with(1);
  const SystemClock clock;
  const auto store = must(open_sqlite_store(folder + "/weir.db", clock));
  Bank bank;
  bank.name = "KNOWN";
  bank = must(store->create_bank(bank));

  std::vector<PictureFeatures> real;
  std::vector<std::vector<uint8_t>> copies, innocents;
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (i % 5 == 4) {
      if (innocents.size() < kQueries) innocents.push_back(edited(pictures[i]));
      continue;
    }
    const Fd file = file_of(encode_jpeg(pictures[i].view(), 90));
    const ItemSignals item = must(decoder->decode(file.get(), wants_to_add()));
    real.push_back(must(features_of(item.signals)));
    must(add_item(bank, item, {}, *store));
    if (copies.size() < kQueries) copies.push_back(edited(pictures[i]));
  }
  std::fprintf(stderr, "%zu %s, %zu of them entries; filling up to %zu\n", pictures.size(),
               what.c_str(), real.size(), options.entries);
  Maker maker(real);
  fill(*store, bank, maker, options.entries - std::min(options.entries, real.size()));

  Bench bench{harness, options.entries, *store, bank, folder};
  bench.line("store", largest_file(folder) / double(options.entries) / 1e3, "KB/entry");
  must(bench.opened("without a base file")->save_if_stale(0));
  const auto snapshot = bench.opened("with its base file");
  Services services{*store, *decoder, *snapshot};
  bench.queries("copy", copies, services);
  bench.queries("copy again", copies, services);
  bench.queries("innocent", innocents, services);
  bench.additions(copies);
  if (harness.wants("larger")) bench.larger(innocents, maker, *decoder);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  weir::bench::Options options;
  std::vector<char*> rest = {argv[0]};
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--entries" && i + 1 < argc)
      options.entries = std::strtoull(argv[++i], nullptr, 10);
    else if (option == "--pictures" && i + 1 < argc)
      options.pictures = argv[++i];
    else
      rest.push_back(argv[i]);
  }
  weir::bench::Harness harness(static_cast<int>(rest.size()), rest.data());
  std::string folder = (std::filesystem::temp_directory_path() / "weir-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return std::perror("mkdtemp"), 2;
  weir::bench::run(harness, options, folder);
  std::filesystem::remove_all(folder);
}
