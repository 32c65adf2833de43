// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/home.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "apps/weir/run/output.h"
#include "server/store/sqlite/sqlite_store.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

constexpr auto kOthers = std::filesystem::perms::group_all | std::filesystem::perms::others_all;

// Homes of earlier versions, and copies, may be open to others: hashes say what pictures look like,
// and names whose they were.
void make_private(const std::string& folder) {
  std::error_code error;
  size_t opened = 0, failed = 0;
  const auto close_to_others = [&](const std::filesystem::path& path) {
    const auto status = std::filesystem::symlink_status(path, error);
    if (error || std::filesystem::is_symlink(status)) return;
    if ((status.permissions() & kOthers) == std::filesystem::perms::none) return;
    std::filesystem::permissions(path, kOthers, std::filesystem::perm_options::remove, error);
    ++(error ? failed : opened);
  };
  close_to_others(folder);
  for (auto at = std::filesystem::recursive_directory_iterator(folder, error);
       !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error))
    close_to_others(at->path());
  if (opened > 0)
    print_message(
        fmt::format("weir: {} files and folders of the home {} were open to others, and "
                    "are for their owner alone from now on",
                    opened, printable(folder)));
  if (failed > 0)
    print_message(
        fmt::format("weir: warning: {} files or folders of the home {} are open to "
                    "others and belong to somebody else; see chmod",
                    failed, printable(folder)));
}

}  // namespace

std::string default_home() {
  if (const std::string home = environment("WEIR_HOME"); !home.empty()) return home;
  if (const std::string data = environment("XDG_DATA_HOME"); !data.empty()) return data + "/weir";
  const std::string user = environment("HOME");
  return (user.empty() ? "." : user) + "/.local/share/weir";
}

Result<Config> load_config(const Common& common) {
  Config config;
  const std::string in_home = common.home + "/weir.toml";
  std::error_code error;
  if (!common.config.empty())
    config = TRY(read_config(common.config));
  else if (std::filesystem::exists(in_home, error))
    config = TRY(read_config(in_home));
  if (common.workers != 0) config.workers = common.workers;
  config.allow_unsandboxed |= common.allow_unsandboxed;
  return config;
}

Result<std::unique_ptr<Decoder>> start_decoder(const Config& config, int long_nice) {
  DecoderOptions options;
  options.workers = config.workers;
  options.limits = config.limits;
  options.allow_unsandboxed = config.allow_unsandboxed;
  options.long_nice = long_nice;
  std::unique_ptr<Decoder> decoder = TRY(Decoder::start(options));
  for (const SandboxLayer& layer : decoder->layers())
    if (!layer.in_force && (layer.name == "landlock" || layer.name == "seccomp"))
      print_message("weir: warning: files are decoded without " + layer.name + ": " + layer.detail);
  return decoder;
}

Result<std::unique_ptr<Home>> Home::open(const Common& common) {
  std::unique_ptr<Home> home(new Home());
  home->folder_ = common.home;
  home->config_ = TRY(load_config(common));
  std::error_code error;
  std::filesystem::create_directories(common.home, error);
  if (error)
    return Error{ErrorCode::kDenied, "cannot create the home folder " + common.home + ": " +
                                         error.message() + "; choose another with --home"};
  make_private(common.home);
  home->store_ = TRY(open_sqlite_store(common.home + "/weir.db", home->clock_));
  return home;
}

Status Home::start_services(int long_nice) {
  snapshot_ = TRY(CurrentSnapshot::open(*store_, folder_ + "/snapshots"));
  decoder_ = TRY(start_decoder(config_, long_nice));
  return {};
}

void Home::save_snapshot_if_stale() {
  if (snapshot_ == nullptr) {
    auto opened = CurrentSnapshot::open(*store_, folder_ + "/snapshots");
    if (!opened) return;
    snapshot_ = std::move(*opened);
  }
  const auto saved = snapshot_->save_if_stale(static_cast<int64_t>(config_.snapshot_changes));
  if (!saved) print_message("weir: the snapshot could not be saved: " + saved.error().message);
}

}  // namespace weir
