// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/flow/match.h"
#include "server/sandbox/decoder.h"
#include "weir/base/result.h"

namespace weir {

// One HTML page, complete in itself, that shows each match as a pair of small pictures with the
// matched region outlined. Pictures are grey and blurred until hovered or focused. Written as the
// run goes, beside its final name, and renamed when finished.
class MatchReport {
 public:
  // Errors: denied, not_found (the folder), unavailable.
  static Result<std::unique_ptr<MatchReport>> create(const std::string& path);
  ~MatchReport();  // leaves no half page behind

  // The pairs of one item as a piece of the page; empty without matches. From any thread: pictures
  // are decoded on the calling one.
  std::string draw(const std::string& path, const ItemSignals& item, const ItemReport& report,
                   Decoder& decoder);
  // What draw() gave for each item, in the order of the page. From one thread.
  void add(const std::string& pairs);

  // Errors: unavailable (disk full).
  Status finish();

 private:
  explicit MatchReport(std::string path) : path_(std::move(path)) {}
  std::string entry_picture(const Entry& entry, Decoder& decoder);

  std::string path_;
  std::ofstream out_;
  bool finished_ = false;
  uint64_t items_ = 0;
  uint64_t matched_ = 0;
  std::mutex mutex_;                               // of what follows
  std::map<EntryId, std::string> entry_pictures_;  // base64, at most kKeptPictures
};

}  // namespace weir
