// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "apps/weir/report/html_page.h"
#include "server/flow/match.h"
#include "server/sandbox/decoder.h"
#include "weir/base/result.h"

namespace weir {

// What is drawn of one item.
struct DrawnItem {
  const std::string& path;
  Rect whole;  // its upright picture
  const ItemToMatch& asked;
};

// A page that shows each match as a pair of small pictures with the matched regions outlined, or,
// of videos, as two timelines with what they share between them. Written as the run goes.
class MatchReport {
 public:
  // Errors: denied, not_found (the folder), unavailable.
  static Result<std::unique_ptr<MatchReport>> create(const std::string& path);

  // The pairs of one item as a piece of the page; empty without matches. From any thread: pictures
  // are decoded on the calling one.
  std::string draw(const DrawnItem& item, const ItemReport& report, Services& services);
  // What draw() gave for each item, in the order of the page. From one thread.
  void add(const std::string& pairs);

  // Errors: unavailable (disk full).
  Status finish();

 private:
  MatchReport() = default;
  std::string entry_picture(const Entry& entry, Decoder& decoder);

  std::unique_ptr<HtmlPage> page_;
  uint64_t items_ = 0;
  uint64_t matched_ = 0;
  std::mutex mutex_;                               // of what follows
  std::map<EntryId, std::string> entry_pictures_;  // HTML, at most kKeptPictures
};

}  // namespace weir
