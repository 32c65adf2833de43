// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weir/base/limits.h"
#include "weir/base/result.h"

namespace weir {

// All that can be configured, with defaults that run a laptop. One TOML file, read once; see
// docs/operating/configuration.md.
struct Config {
  Limits limits;                           // [limits]
  unsigned workers = 0;                    // [decoder] workers; 0: one a core
  bool allow_unsandboxed = false;          // [decoder] allow_unsandboxed
  double expected_false_alarms = 1e-3;     // [match] expected_false_alarms that a match may be
  std::string listen = "127.0.0.1:8787";   // [server] listen
  std::string user;                        // [server] user, whom root becomes
  std::vector<std::string> host_names;     // [server] host_names, besides localhost
  uint64_t request_bytes = 8192ull << 20;  // [server] request_mib, a whole upload
  uint64_t connections = 1'000;            // [server] connections
  uint64_t job_bytes = 64ull << 20;        // [jobs] from_mib; larger uploads are answered by a job
  uint64_t waiting_jobs = 100;             // [jobs] waiting
  uint64_t waiting_job_bytes = 64ull << 30;  // [jobs] waiting_mib
  uint64_t job_kept_s = 24 * 3600;           // [jobs] kept_s
  uint64_t tail_rows = 1'000'000;            // [index] tail_rows, then the tail is merged
  uint64_t snapshot_changes = 100'000;       // [index] snapshot_changes, then a base is saved
};

// The file at `path`. Errors: not_found; denied; invalid for TOML that does not parse, a key that
// is not known, a wrong type or a value out of range, naming the key and the line.
Result<Config> read_config(const std::string& path);

// The same as TOML text, every key written out.
std::string to_toml(const Config& config);

}  // namespace weir
