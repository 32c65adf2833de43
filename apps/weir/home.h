// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "apps/weir/config.h"
#include "apps/weir/verbs.h"
#include "server/flow/services.h"
#include "weir/base/clock.h"

namespace weir {

// $WEIR_HOME, else $XDG_DATA_HOME/weir, else ~/.local/share/weir.
std::string default_home();

// The configuration that `common` asks for: its file, else weir.toml of the home, else the
// defaults, with the command line's options on top. Errors: as read_config().
Result<Config> load_config(const Common& common);

// Errors: as Decoder::start().
Result<std::unique_ptr<Decoder>> start_decoder(const Config& config, int long_nice = 0);

// An open home: store and snapshot, and the decoder for the verbs that read media. The folder is
// created when missing; several programs may have it open at once.
class Home {
 public:
  // Errors: denied, unavailable, corrupt, invalid; each names the folder or file.
  static Result<std::unique_ptr<Home>> open(const Common& common);

  const Config& config() const { return config_; }
  const std::string& folder() const { return folder_; }
  Store& store() { return *store_; }
  CurrentSnapshot& snapshot() { return *snapshot_; }

  // Reads the index and starts the decoder: for verbs that match. Errors: as their parts.
  Status start_services(int long_nice = 0);
  // Precondition: start_services() succeeded.
  Services services() { return {*store_, *decoder_, *snapshot_, {config_.expected_false_alarms}}; }

  // After a verb that added entries: keeps the base file near the store, so that the next start is
  // quick. A failure costs only that.
  void save_snapshot_if_stale();

 private:
  Home() = default;

  std::string folder_;
  Config config_;
  SystemClock clock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<CurrentSnapshot> snapshot_;
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace weir
