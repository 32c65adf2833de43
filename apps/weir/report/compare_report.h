// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "apps/weir/report/html_page.h"
#include "server/flow/compare.h"

namespace weir {

// The long side in pixels of the previews that draw_comparison() is given.
constexpr uint32_t kComparedPreviewSide = 480;

// One of the two files: what it is called, and what the decoder said of it, its preview included.
struct ComparedFile {
  std::string path;
  const ItemSignals& item;
};

// Draws two pictures side by side: what they share outlined, the spots that were found in both, and
// for each region A laid over B, its squares tinted by whether they agree. `lines` say what the
// verb says in words.
void draw_comparison(const ComparedFile& a, const ComparedFile& b, const Comparison& comparison,
                     std::span<const std::string> lines, HtmlPage& page);

}  // namespace weir
