// SPDX-License-Identifier: Apache-2.0
#include "server/http/routes/metrics.h"

#include <algorithm>
#include <cstdio>

#include "server/flow/catalog.h"

namespace weir::http {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

void describe(std::string& page, std::string_view name, std::string_view type,
              std::string_view help) {
  page.append("# HELP ").append(name).append(" ").append(help).append("\n");
  page.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void write_metric(std::string& page, std::string_view name, std::string_view labels, double value) {
  page.append(name).append(labels).append(" ").append(number(value)).append("\n");
}

void write_one(std::string& page, std::string_view name, std::string_view type,
               std::string_view help, double value) {
  describe(page, name, type, help);
  write_metric(page, name, "", value);
}

std::string labels_of(const Route* route) {
  if (!route) return "route=\"none\",method=\"any\"";
  return "route=\"" + std::string(route->pattern) + "\",method=\"" +
         std::string(name_of(route->method)) + "\"";
}

}  // namespace

Metrics::Metrics() : routes_(all_routes().size() + 1) {}

void Metrics::count_request(const Route* route, int status, std::chrono::nanoseconds took) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  auto& counts = routes_[route ? route - all_routes().data() : all_routes().size()];
  counts.by_class[std::clamp(status / 100, 0, 5)].fetch_add(1, kRelaxed);
  const double seconds = std::chrono::duration<double>(took).count();
  const size_t bucket =
      std::lower_bound(kBounds_s.begin(), kBounds_s.end(), seconds) - kBounds_s.begin();
  counts.by_time[bucket].fetch_add(1, kRelaxed);
  counts.total_us.fetch_add(static_cast<uint64_t>(seconds * 1e6), kRelaxed);
}

void Metrics::count_decoder_failure(ErrorCode code) {
  decoder_failures_[static_cast<size_t>(code)].fetch_add(1, std::memory_order_relaxed);
}

Result<std::string> Metrics::page(Services& services) const {
  const std::vector<Bank> banks = TRY(list_banks(services.store));
  std::string page;
  describe(page, "weir_build_info", "gauge", "The version that runs.");
  write_metric(page, "weir_build_info", "{version=\"" WEIR_VERSION "\"}", 1);
  write_requests(page);
  write_one(page, "weir_http_requests_in_flight", "gauge", "Requests being read or answered.",
            in_flight.load());
  write_one(page, "weir_http_connections", "gauge", "Open connections.", connections.load());
  write_one(page, "weir_http_refused_total", "counter", "Requests told to come later.",
            refused_jobs.load());
  write_one(page, "weir_upload_bytes_total", "counter", "Bytes of files received.",
            upload_bytes.load());

  describe(page, "weir_decoder_failures_total", "counter",
           "Files that gave no signals, by reason.");
  for (size_t code = 0; code < decoder_failures_.size(); ++code)
    write_metric(page, "weir_decoder_failures_total",
                 "{code=\"" + std::string(name_of(static_cast<ErrorCode>(code))) + "\"}",
                 decoder_failures_[code].load());

  const auto snapshot = services.snapshot.take();
  const HammingEdition& index = snapshot->hashes;
  write_one(page, "weir_index_rows", "gauge", "PDQ rows that a search can find.", index.size());
  write_one(page, "weir_index_tail_rows", "gauge", "Rows added or hidden since the last merge.",
            index.tail_rows());
  write_one(page, "weir_index_bytes", "gauge", "Memory of the index.", index.memory_bytes());
  const FeatureEdition& features = snapshot->pictures;
  write_one(page, "weir_feature_index_rows", "gauge", "Local features of entries' pictures.",
            features.rows());
  write_one(page, "weir_feature_index_bytes", "gauge", "Memory of the index of local features.",
            features.memory_bytes());
  write_one(page, "weir_video_index_videos", "gauge", "Known videos that a search can find.",
            snapshot->videos.videos);
  write_one(page, "weir_video_index_bytes", "gauge", "Memory of the index of videos.",
            snapshot->videos.memory_bytes);
  const DecoderCounts replaced = services.decoder.counts();
  describe(page, "weir_decoder_replaced_total", "counter",
           "Decoder processes that were ended for what they did, by what it was.");
  for (const auto& [why, count] : {std::pair("malformed", replaced.malformed),
                                   {"died", replaced.died},
                                   {"late", replaced.late},
                                   {"idle", replaced.idle_ended}})
    write_metric(page, "weir_decoder_replaced_total", "{why=\"" + std::string(why) + "\"}",
                 static_cast<double>(count));
  write_one(page, "weir_decoder_workers", "gauge", "Decoder processes.",
            services.decoder.workers());

  describe(page, "weir_bank_entries", "gauge", "Active entries of a bank.");
  for (const Bank& bank : banks)
    write_metric(page, "weir_bank_entries",
                 "{bank=\"" + bank.name + "\",kind=\"" + std::string(name_of(bank.kind)) +
                     "\",state=\"" + std::string(name_of(bank.state)) + "\"}",
                 static_cast<double>(bank.entries));
  return page;
}

void Metrics::write_requests(std::string& page) const {
  const auto routes = all_routes();
  const auto each = [&](auto&& action) {
    for (size_t i = 0; i <= routes.size(); ++i)
      action(routes_[i], labels_of(i < routes.size() ? &routes[i] : nullptr));
  };
  describe(page, "weir_http_requests_total", "counter", "Answers, by route and class of status.");
  each([&](const RouteCounts& counts, const std::string& labels) {
    for (size_t digit = 2; digit < counts.by_class.size(); ++digit)
      if (const uint64_t count = counts.by_class[digit].load())
        write_metric(page, "weir_http_requests_total",
                     "{" + labels + ",class=\"" + std::to_string(digit) + "xx\"}", count);
  });
  describe(page, "weir_http_request_seconds", "histogram",
           "From a request's first byte to its answer.");
  each([&](const RouteCounts& counts, const std::string& labels) {
    uint64_t sum = 0;
    std::string lines;
    for (size_t i = 0; i <= kBounds_s.size(); ++i) {
      sum += counts.by_time[i].load();
      const std::string bound = i < kBounds_s.size() ? number(kBounds_s[i]) : "+Inf";
      write_metric(lines, "weir_http_request_seconds_bucket",
                   "{" + labels + ",le=\"" + bound + "\"}", sum);
    }
    if (sum == 0) return;
    page += lines;
    write_metric(page, "weir_http_request_seconds_sum", "{" + labels + "}",
                 counts.total_us.load() / 1e6);
    write_metric(page, "weir_http_request_seconds_count", "{" + labels + "}", sum);
  });
}

}  // namespace weir::http
