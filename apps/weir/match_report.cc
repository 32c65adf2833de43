// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/match_report.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "apps/weir/words.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

constexpr uint32_t kPreviewSide = 320;   // pixels
constexpr size_t kKeptPictures = 1'000;  // of entries, about 20 KB each

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Weir: matches</title>
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
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
 .picture:hover img, .picture:focus img { filter: none; }
 .region { position: absolute; box-sizing: border-box; border: 2px solid #e80;
   pointer-events: none; }
 .hint { opacity: .75; }
</style></head><body>
<h1>Matches</h1>
<p>Each pair shows a submitted picture and the known entry that it agrees with. A match is a claim
about a copy; a person decides what follows.</p>
<p class="hint">Pictures are blurred and grey: hover over one, or move to it with the Tab key, to
see it.</p>
)";

std::string escape(std::string_view text) {
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

std::string base64(const std::vector<uint8_t>& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<size_t>(length));
  return out;
}

// The file's small picture in base64; empty when it cannot be had, or when `sha256` is given and
// the file is another one by now.
std::string picture_of(const std::string& path, const std::vector<uint8_t>* sha256,
                       Decoder& decoder) {
  DecodeWants wants;
  wants.md5 = wants.pdq = false;
  wants.preview_side = kPreviewSide;
  const auto item = decoder.decode_file(path, wants);
  if (!item || item->preview_jpeg.empty()) return "";
  if (sha256 != nullptr &&
      !std::equal(item->sha256.begin(), item->sha256.end(), sha256->begin(), sha256->end()))
    return "";
  return base64(item->preview_jpeg);
}

// The outline of `region` over a picture that shows all of `whole`; empty when they are the same.
std::string outline(const std::optional<Rect>& region, const Rect& whole) {
  if (!region || *region == whole || whole.width == 0 || whole.height == 0) return "";
  const auto percent = [](uint32_t part, uint32_t all) { return 100.0 * part / all; };
  return fmt::format(R"(<span class="region" style="left:{:.2f}%;top:{:.2f}%;)"
                     R"(width:{:.2f}%;height:{:.2f}%"></span>)",
                     percent(region->x, whole.width), percent(region->y, whole.height),
                     percent(region->width, whole.width), percent(region->height, whole.height));
}

std::string figure(const std::string& picture, const std::string& mark,
                   const std::string& caption) {
  const std::string image =
      picture.empty() ? "<small>no picture at hand</small>"
                      : fmt::format(R"(<img alt="" src="data:image/jpeg;base64,{}">)", picture);
  return fmt::format(
      R"(<figure><div class="picture" tabindex="0">{}{}</div><figcaption>{}</figcaption></figure>)",
      image, picture.empty() ? "" : mark, escape(caption));
}

// The whole picture of the entry, as far as its signals tell.
Rect whole_of(const Entry& entry) {
  Rect whole;
  for (const Signal& signal : entry.signals)
    if (signal.region && signal.region->width >= whole.width) whole = *signal.region;
  return whole;
}

std::string section(const std::string& path, const ItemSignals& item, const KnownMatch& known,
                    const std::string& item_picture, const std::string& entry_picture) {
  std::string evidence;
  for (const Evidence& one : known.match.evidence)
    evidence += (evidence.empty() ? "" : "; ") + words_of(one);
  for (const SharedRegion& region : known.match.regions)
    evidence += (evidence.empty() ? "" : "; ") + words_of(region);
  const Entry& entry = known.entry;
  const std::string entry_name = entry.name.empty() ? "(hash only)" : printable(entry.name);
  return fmt::format(
      "<article><h2>{}</h2>\n{}\n{}\n<p>{} &middot; score {:.1f} &middot; expected false alarms "
      "{:.1e}</p></article>\n",
      escape(path),
      figure(item_picture, outline(known.item_region, {0, 0, item.width, item.height}),
             "submitted"),
      figure(entry_picture, outline(known.entry_region, whole_of(entry)),
             fmt::format("{} #{} {}", entry.bank_name, entry.id.value, entry_name)),
      escape(evidence), known.match.score, known.match.expected_false_alarms);
}

}  // namespace

Result<std::unique_ptr<MatchReport>> MatchReport::create(const std::string& path) {
  std::unique_ptr<MatchReport> report(new MatchReport(path));
  report->out_.open(path + ".part", std::ios::binary | std::ios::trunc);
  if (!report->out_)
    return Error{errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kDenied,
                 "cannot write the report " + printable(path) + ": " + std::strerror(errno)};
  report->out_ << kHead;
  return report;
}

MatchReport::~MatchReport() {
  if (finished_) return;
  out_.close();
  std::error_code ignored;
  std::filesystem::remove(path_ + ".part", ignored);
}

std::string MatchReport::entry_picture(const Entry& entry, Decoder& decoder) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = entry_pictures_.find(entry.id); found != entry_pictures_.end())
      return found->second;
  }
  std::string picture;
  const auto path = entry.provenance.find("path");
  for (const Signal& signal : entry.signals)
    if (signal.kind == SignalKind::kSha256 && path != entry.provenance.end())
      picture = picture_of(path->second, &signal.value, decoder);
  const std::scoped_lock lock(mutex_);
  if (entry_pictures_.size() < kKeptPictures) entry_pictures_.emplace(entry.id, picture);
  return picture;
}

std::string MatchReport::draw(const std::string& path, const ItemSignals& item,
                              const ItemReport& report, Decoder& decoder) {
  if (report.matches.empty()) return "";
  const std::string item_picture = picture_of(path, nullptr, decoder);
  std::string pairs;
  for (const KnownMatch& known : report.matches)
    pairs +=
        section(printable(path), item, known, item_picture, entry_picture(known.entry, decoder));
  return pairs;
}

void MatchReport::add(const std::string& pairs) {
  ++items_;
  matched_ += !pairs.empty();
  out_ << pairs;
}

Status MatchReport::finish() {
  out_ << fmt::format("<p>{} of {} files matched.</p>\n</body></html>\n", matched_, items_);
  out_.close();
  std::error_code error;
  if (out_) std::filesystem::rename(path_ + ".part", path_, error);
  if (!out_ || error)
    return Error{ErrorCode::kUnavailable,
                 "the report " + printable(path_) + " could not be written; is the disk full?"};
  finished_ = true;
  return {};
}

}  // namespace weir
