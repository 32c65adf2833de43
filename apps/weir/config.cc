// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <filesystem>
#include <functional>
#include <limits>
#include <map>

namespace weir {
namespace {

// How one key is read into a Config: false when the value is of the wrong type or range.
struct Key {
  const char* section;
  const char* name;
  const char* expects;
  std::function<bool(const toml::node&, Config&)> read;
};

// A whole number from `least` to `most`, times `unit`, into `field`.
template <class T>
std::function<bool(const toml::node&, Config&)> number(std::function<T&(Config&)> field,
                                                       int64_t least, int64_t most,
                                                       uint64_t unit = 1) {
  return [=](const toml::node& node, Config& config) {
    const auto value = node.value_exact<int64_t>();
    if (!value || *value < least || *value > most) return false;
    field(config) = static_cast<T>(static_cast<uint64_t>(*value) * unit);
    return true;
  };
}

constexpr uint64_t kMib = 1ull << 20;

// Names as a Host field has them, without a port.
bool read_host_names(const toml::node& node, Config& config) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  const toml::array* names = node.as_array();
  if (names == nullptr) return false;
  for (const toml::node& one : *names) {
    const auto name = one.value_exact<std::string>();
    if (!name || name->empty() || name->find_first_not_of(kLetters) != name->npos) return false;
    config.host_names.push_back(*name);
  }
  return true;
}

// long: one table
const std::vector<Key>& keys() {
  static const std::vector<Key> kKeys{
      {"limits", "file_mib", "a whole number from 1 to 65536",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.limits.file_bytes; }, 1, 65'536,
                        kMib)},
      {"limits", "pixels", "a whole number from 1 to 1000000000",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.limits.pixels; }, 1, 1'000'000'000)},
      {"limits", "dimension", "a whole number from 1 to 65535",
       number<uint32_t>([](Config& c) -> uint32_t& { return c.limits.dimension; }, 1, 65'535)},
      {"limits", "frames", "a whole number from 1 to 1000",
       number<uint32_t>([](Config& c) -> uint32_t& { return c.limits.frames; }, 1, 1'000)},
      {"limits", "deadline_ms", "a whole number from 10 to 3600000",
       number<uint32_t>([](Config& c) -> uint32_t& { return c.limits.deadline_ms; }, 10,
                        3'600'000)},
      {"limits", "memory_mib", "a whole number from 64 to 1048576",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.limits.memory_bytes; }, 64, 1'048'576,
                        kMib)},
      {"limits", "video_mib", "a whole number from 1 to 1048576",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.limits.video_bytes; }, 1, 1'048'576,
                        kMib)},
      {"limits", "video_seconds", "a whole number from 1 to 1000000",
       number<uint32_t>([](Config& c) -> uint32_t& { return c.limits.video_seconds; }, 1,
                        1'000'000)},
      {"limits", "video_frames", "a whole number from 1 to 100000000",
       number<uint32_t>([](Config& c) -> uint32_t& { return c.limits.video_frames; }, 1,
                        100'000'000)},
      {"limits", "video_stall_ms", "a whole number from 10 to 3600000",
       number<uint32_t>([](Config& c) -> uint32_t& { return c.limits.video_stall_ms; }, 10,
                        3'600'000)},
      {"limits", "video_deadline_s", "a whole number from 1 to 1000000",
       number<uint32_t>([](Config& c) -> uint32_t& { return c.limits.video_deadline_s; }, 1,
                        1'000'000)},
      {"decoder", "workers", "a whole number from 0 to 256",
       number<unsigned>([](Config& c) -> unsigned& { return c.workers; }, 0, 256)},
      {"decoder", "allow_unsandboxed", "true or false",
       [](const toml::node& node, Config& config) {
         const auto value = node.value_exact<bool>();
         if (value) config.allow_unsandboxed = *value;
         return value.has_value();
       }},
      {"match", "expected_false_alarms", "a number from 1e-12 to 1",
       [](const toml::node& node, Config& config) {
         const auto value = node.value<double>();
         if (!value || !(*value >= 1e-12 && *value <= 1)) return false;
         config.expected_false_alarms = *value;
         return true;
       }},
      {"server", "listen", "a string such as \"127.0.0.1:8787\"",
       [](const toml::node& node, Config& config) {
         const auto value = node.value_exact<std::string>();
         if (value) config.listen = *value;
         return value.has_value();
       }},
      {"server", "user", "the name of a user, such as \"weir\"",
       [](const toml::node& node, Config& config) {
         const auto value = node.value_exact<std::string>();
         if (value) config.user = *value;
         return value.has_value();
       }},
      {"server", "host_names", "a list of names without ports, such as [\"weir.example.org\"]",
       read_host_names},
      {"server", "request_mib", "a whole number from 1 to 1048576",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.request_bytes; }, 1, 1'048'576,
                        kMib)},
      {"server", "connections", "a whole number from 1 to 100000",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.connections; }, 1, 100'000)},
      {"jobs", "from_mib", "a whole number from 0 to 1048576",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.job_bytes; }, 0, 1'048'576, kMib)},
      {"jobs", "waiting", "a whole number from 1 to 100000",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.waiting_jobs; }, 1, 100'000)},
      {"jobs", "waiting_mib", "a whole number from 1 to 1073741824",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.waiting_job_bytes; }, 1,
                        1'073'741'824, kMib)},
      {"jobs", "kept_s", "a whole number from 1 to 100000000",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.job_kept_s; }, 1, 100'000'000)},
      {"index", "tail_rows", "a whole number from 1000 to 100000000",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.tail_rows; }, 1'000, 100'000'000)},
      {"index", "snapshot_changes", "a whole number from 1000 to 100000000",
       number<uint64_t>([](Config& c) -> uint64_t& { return c.snapshot_changes; }, 1'000,
                        100'000'000)},
  };
  return kKeys;
}

Error wrong(const std::string& path, const toml::node& node, const std::string& what) {
  return {ErrorCode::kInvalid, fmt::format("{} line {}: {}", path, node.source().begin.line, what)};
}

Status read_section(const std::string& path, std::string_view section, const toml::table& table,
                    Config& config) {
  for (const auto& [name, node] : table) {
    const auto found = std::find_if(keys().begin(), keys().end(), [&](const Key& key) {
      return key.section == section && key.name == name.str();
    });
    if (found == keys().end())
      return wrong(path, node,
                   fmt::format("unknown key {}.{}; `weir config` prints those there are", section,
                               name.str()));
    if (!found->read(node, config))
      return wrong(path, node,
                   fmt::format("{}.{} must be {}", section, name.str(), found->expects));
  }
  return {};
}

}  // namespace

Result<Config> read_config(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return Error{ErrorCode::kNotFound, "no configuration file at " + path};
  toml::table file;
  try {
    file = toml::parse_file(path);
  } catch (const toml::parse_error& failure) {
    return Error{
        ErrorCode::kInvalid,
        fmt::format("{} line {}: {}", path, failure.source().begin.line, failure.description())};
  }
  Config config;
  for (const auto& [section, node] : file) {
    if (!node.is_table())
      return wrong(path, node, fmt::format("{} must be a section, as in [limits]", section.str()));
    TRY(read_section(path, section.str(), *node.as_table(), config));
  }
  return config;
}

std::string to_toml(const Config& config) {
  const Limits& limits = config.limits;
  std::string quoted;
  for (const std::string& name : config.host_names)
    quoted += fmt::format("{}\"{}\"", quoted.empty() ? "" : ", ", name);
  return fmt::format(
      "[limits]  # of one foreign file\n"
      "file_mib = {}\n"
      "pixels = {}\n"
      "dimension = {}\n"
      "frames = {}\n"
      "deadline_ms = {}\n"
      "memory_mib = {}\n"
      "video_mib = {}\n"
      "video_seconds = {}  # of playing time\n"
      "video_frames = {}\n"
      "video_stall_ms = {}\n"
      "video_deadline_s = {}\n"
      "\n[decoder]\n"
      "workers = {}  # 0: one a core\n"
      "allow_unsandboxed = {}\n"
      "\n[match]\n"
      "expected_false_alarms = {:e}\n"
      "\n[server]\n"
      "listen = \"{}\"\n"
      "user = \"{}\"  # whom a server that root starts becomes\n"
      "host_names = [{}]  # that a server on a loopback address answers to besides localhost\n"
      "request_mib = {}\n"
      "connections = {}\n"
      "\n[jobs]\n"
      "from_mib = {}  # larger uploads to match are answered by a job\n"
      "waiting = {}\n"
      "waiting_mib = {}\n"
      "kept_s = {}\n"
      "\n[index]\n"
      "tail_rows = {}\n"
      "snapshot_changes = {}\n",
      limits.file_bytes / kMib, limits.pixels, limits.dimension, limits.frames, limits.deadline_ms,
      limits.memory_bytes / kMib, limits.video_bytes / kMib, limits.video_seconds,
      limits.video_frames, limits.video_stall_ms, limits.video_deadline_s, config.workers,
      config.allow_unsandboxed, config.expected_false_alarms, config.listen, config.user, quoted,
      config.request_bytes / kMib, config.connections, config.job_bytes / kMib, config.waiting_jobs,
      config.waiting_job_bytes / kMib, config.job_kept_s, config.tail_rows,
      config.snapshot_changes);
}

}  // namespace weir
