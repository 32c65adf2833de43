// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "server/flow/services.h"
#include "server/http/routes/router.h"

namespace weir::http {

// What has happened since the start, counted without locks; page() writes it as Prometheus text
// (exposition format 0.0.4). Label values are routes, statuses, codes and bank names only.
class Metrics {
 public:
  Metrics();

  // An answer was given; `route` is null when none was found.
  void count_request(const Route* route, int status, std::chrono::nanoseconds took);
  void count_decoder_failure(ErrorCode code);

  std::atomic<int64_t> in_flight{0};
  std::atomic<int64_t> connections{0};
  std::atomic<uint64_t> upload_bytes{0};
  std::atomic<uint64_t> refused_jobs{0};

  // Errors: of the store, which is asked for the banks.
  Result<std::string> page(Services& services) const;

 private:
  static constexpr std::array<double, 10> kBounds_s = {0.001, 0.0025, 0.01, 0.025, 0.1,
                                                       0.25,  1,      2.5,  10,    30};
  struct RouteCounts {
    std::array<std::atomic<uint64_t>, 6> by_class{};  // by the status's first digit
    std::array<std::atomic<uint64_t>, kBounds_s.size() + 1> by_time{};
    std::atomic<uint64_t> total_us{0};
  };
  void write_requests(std::string& page) const;

  std::vector<RouteCounts> routes_;  // one a route, and one for requests that found none
  std::array<std::atomic<uint64_t>, 7> decoder_failures_{};  // by ErrorCode
};

}  // namespace weir::http
