// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/weir/run/file_beside.h"
#include "weir/align/picture/picture_align.h"
#include "weir/base/pixels.h"
#include "weir/base/result.h"

namespace weir {

// One HTML page, complete in itself: no script, nothing from elsewhere, and the page itself forbids
// both. Pictures are grey and blurred until hovered or focused. Written as FileBeside is: a page
// that is not finished is not there.
class HtmlPage {
 public:
  // `title` is HTML, and the heading too. Errors: as FileBeside::create().
  static Result<std::unique_ptr<HtmlPage>> create(const std::string& path, std::string_view title);

  void write(std::string_view html) { file_.out() << html; }

  // Errors: unavailable (disk full).
  Status finish();

 private:
  explicit HtmlPage(FileBeside file) : file_(std::move(file)) {}

  FileBeside file_;
};

// Pieces of such a page. All text given to them is plain, unless it is said to be HTML.

std::string escape_html(std::string_view text);
std::string base64(std::span<const uint8_t> bytes);

// Of a JPEG in base64.
std::string image_html(const std::string& jpeg);
// As Windows bitmap: every browser shows it, and it needs no compression. Precondition: 1 channel.
std::string image_html(const Pixels& grey);

// An image (HTML; empty: "no picture at hand") with marks (HTML) over it.
std::string figure_html(const std::string& image, const std::string& marks,
                        const std::string& caption);
// Marks over a picture that shows all of `whole`; `shapes` is SVG in its pixels. Empty without any.
std::string marks_html(const Rect& whole, const std::string& shapes);

// SVG: the outline of a part of a picture; `shift` and `scale` say where the picture is drawn.
std::string outline_svg(std::span<const Point> corners, Point shift = {}, double scale = 1);

}  // namespace weir
