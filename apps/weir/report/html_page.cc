// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/report/html_page.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "weir/base/utf8.h"

namespace weir {
namespace {

// {0} is the title.
constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Weir: {0}</title>
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
)";

constexpr std::string_view kStyle = R"(<style>
 :root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
 body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
 article { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem 1rem; padding: 1rem 0;
   border-top: 1px solid #8886; }
 article h2 { grid-column: 1 / -1; font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
 article p { grid-column: 1 / -1; margin: 0; }
 figure { margin: 0; } figcaption { font-size: .85rem; opacity: .75; overflow-wrap: anywhere; }
 .picture { position: relative; display: inline-block; overflow: hidden; background: #8883;
   min-width: 6rem; min-height: 4rem; }
 .picture img { display: block; max-width: 100%; filter: blur(14px) grayscale(1);
   transition: filter .15s; }
 .picture:hover img, .picture:focus img, .board:hover img, .board:focus img { filter: none; }
 .marks { position: absolute; left: 0; top: 0; width: 100%; height: 100%; pointer-events: none; }
 .region { fill: none; stroke: #e80; stroke-width: 2px; vector-effect: non-scaling-stroke; }
 .hint { opacity: .75; }
 .board { position: relative; grid-column: 1 / -1; display: grid; align-items: start;
   grid-template-columns: 48% 48%; justify-content: space-between; }
 .board .picture { min-width: 0; min-height: 0; overflow: hidden; }
 .board img { width: 100%; }
 .board svg { position: absolute; left: 0; top: 0; width: 100%; pointer-events: none; }
 .spot circle { fill: #0bd; fill-opacity: .8; stroke: #fff; stroke-width: .5;
   pointer-events: all; }
 .spot line { stroke: #0bd; stroke-width: 2px; visibility: hidden; }
 .spot:hover line { visibility: visible; }
 .spot:hover circle { fill: #f0f; }
 .agrees { fill: #0a4; background: #0a4; } .partly { fill: #fb0; background: #fb0; }
 .differs { fill: #e02; background: #e02; } .flat { fill: none; }
 .tint rect { fill-opacity: .38; } .picture:hover .tint rect { fill-opacity: .2; }
 .timeline { grid-column: 1 / -1; width: 100%; overflow: visible; }
 .bar { fill: #8884; } .band { fill-opacity: .25; } .band:hover { fill-opacity: .5; }
 .time { font-size: 11px; fill: currentColor; opacity: .75; }
 .c0 { fill: #d60; background: #d60; } .c1 { fill: #07b; background: #07b; }
 .c2 { fill: #284; background: #284; } .c3 { fill: #a4a; background: #a4a; }
 .c4 { fill: #b22; background: #b22; } .c5 { fill: #aa0; background: #aa0; }
 .c6 { fill: #3aa; background: #3aa; } .c7 { fill: #864; background: #864; }
 .swatch { display: inline-block; width: .8em; height: .8em; }
</style></head><body>
)";

constexpr std::string_view kBlurred = R"(<p class="hint">Pictures are blurred and grey: hover over
one, or move to it with the Tab key, to see it.</p>
)";

void put(std::vector<uint8_t>& out, uint32_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<uint8_t>(number >> (8 * i)));
}

std::vector<uint8_t> bitmap_of(const Pixels& grey) {
  constexpr uint32_t kHeadBytes = 14 + 40 + 4 * 256;
  const uint32_t row_bytes = (grey.width + 3) / 4 * 4;
  std::vector<uint8_t> out{'B', 'M'};
  put(out, kHeadBytes + row_bytes * grey.height, 4);
  put(out, 0, 4);
  put(out, kHeadBytes, 4);
  for (const uint32_t number : {40u, grey.width, grey.height}) put(out, number, 4);
  put(out, 1, 2);  // plane
  put(out, 8, 2);  // bits a pixel
  for (const uint32_t number : {0u, row_bytes * grey.height, 2'835u, 2'835u, 256u, 0u})
    put(out, number, 4);
  for (uint32_t level = 0; level < 256; ++level) put(out, level * 0x10101u, 4);
  for (uint32_t y = grey.height; y-- > 0;) {  // from the bottom up
    const uint8_t* row = grey.view().row(y);
    out.insert(out.end(), row, row + grey.width);
    out.insert(out.end(), row_bytes - grey.width, 0);
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<HtmlPage>> HtmlPage::create(const std::string& path,
                                                   std::string_view title) {
  std::unique_ptr<HtmlPage> page(new HtmlPage(TRY(FileBeside::create(path))));
  page->write(fmt::format(kHead, title));
  page->write(kStyle);
  page->write(fmt::format("<h1>{}</h1>\n", title));
  page->write(kBlurred);
  return page;
}

Status HtmlPage::finish() {
  write("</body></html>\n");
  return file_.finish();
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string base64(std::span<const uint8_t> bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<size_t>(length));
  return out;
}

std::string image_html(const std::string& jpeg) {
  return fmt::format(R"(<img alt="" src="data:image/jpeg;base64,{}">)", jpeg);
}

std::string image_html(const Pixels& grey) {
  assert(grey.channels == 1);
  return fmt::format(R"(<img alt="" src="data:image/bmp;base64,{}">)", base64(bitmap_of(grey)));
}

std::string figure_html(const std::string& image, const std::string& marks,
                        const std::string& caption) {
  return fmt::format(
      R"(<figure><div class="picture" tabindex="0">{}{}</div><figcaption>{}</figcaption></figure>)",
      image.empty() ? "<small>no picture at hand</small>" : image, image.empty() ? "" : marks,
      escape_html(caption));
}

std::string marks_html(const Rect& whole, const std::string& shapes) {
  if (shapes.empty() || whole.width == 0 || whole.height == 0) return "";
  return fmt::format(
      R"(<svg class="marks" viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>)", whole.width,
      whole.height, shapes);
}

std::string outline_svg(std::span<const Point> corners, Point shift, double scale) {
  if (corners.empty()) return "";
  std::string points;
  for (const Point& corner : corners)
    points += fmt::format("{}{:.1f},{:.1f}", points.empty() ? "" : " ", shift.x + scale * corner.x,
                          shift.y + scale * corner.y);
  return fmt::format(R"(<polygon class="region" points="{}"/>)", points);
}

}  // namespace weir
