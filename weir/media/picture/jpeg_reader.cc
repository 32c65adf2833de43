// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/jpeg_reader.h"

// Needs jpeg_reader.h before it.
#include <jerror.h>

#include <algorithm>
#include <string>

#include "weir/media/limit_checks.h"

namespace weir::media {
namespace {

// Encoders write about 10 scans. Each walks every block of the picture however few bytes it has,
// 40 ms on 100 Mpx (measured): a hundred are still some seconds, and more are an attack.
constexpr int kMostScans = 100;

// Worst case held by libjpeg and us: a progressive picture keeps two bytes a coefficient of three
// components, beside three bytes of result.
constexpr uint64_t kJpegBytesPerPixel = 9;

}  // namespace

JpegReader::JpegReader(std::span<const uint8_t> bytes, const Limits& limits)
    : bytes_(bytes), limits_(limits) {
  decompress_.err = jpeg_std_error(&errors_);
  decompress_.client_data = this;
  errors_.error_exit = leave;
  errors_.emit_message = on_message;
  progress_.progress_monitor = on_progress;
}

JpegReader::~JpegReader() {
  jpeg_destroy_decompress(&decompress_);
}

template <class Step>
bool JpegReader::step(Step step) {
  if (setjmp(landing_) != 0) return false;
  step();
  return true;
}

Status JpegReader::read_header() {
  const bool is_read = step([this] {
    jpeg_create_decompress(&decompress_);
    decompress_.progress = &progress_;
    decompress_.mem->max_memory_to_use =
        static_cast<long>(std::min<uint64_t>(limits_.memory_bytes, 1ull << 40));
    jpeg_save_markers(&decompress_, JPEG_APP0 + 1, 0xFFFF);
    jpeg_save_markers(&decompress_, JPEG_APP0 + 2, 0xFFFF);
    jpeg_mem_src(&decompress_, bytes_.data(), bytes_.size());
    jpeg_read_header(&decompress_, TRUE);
  });
  if (!is_read) return error();
  return check_size(Format::kJpeg, decompress_.image_width, decompress_.image_height,
                    kJpegBytesPerPixel, limits_);
}

std::span<const uint8_t> JpegReader::marker(std::string_view start) const {
  for (jpeg_saved_marker_ptr marker = decompress_.marker_list; marker; marker = marker->next) {
    const std::span<const uint8_t> content(marker->data, marker->data_length);
    if (content.size() >= start.size() && std::equal(start.begin(), start.end(), content.begin()))
      return content;
  }
  return {};
}

Orientation JpegReader::orientation() const {
  const auto exif = marker({"Exif\0\0", 6});
  return exif.empty() ? kUpright : exif_orientation(exif);
}

// ICC.1:2010, annex B.4: after the name the number of this part and of all.
std::span<const uint8_t> JpegReader::profile() const {
  constexpr std::string_view kWhole("ICC_PROFILE\0\1\1", 14);
  const auto whole = marker(kWhole);
  return whole.empty() ? whole : whole.subspan(kWhole.size());
}

Status JpegReader::start() {
  if (!step([this] { jpeg_start_decompress(&decompress_); })) return error();
  return {};
}

Result<uint32_t> JpegReader::read_rows(uint8_t** rows, uint32_t count) {
  volatile uint32_t read = 0;  // written between setjmp and longjmp
  if (!step([&] { read = jpeg_read_scanlines(&decompress_, rows, count); })) return error();
  return uint32_t{read};
}

Error JpegReader::error() const {
  if (own_error_) return *own_error_;
  char message[JMSG_LENGTH_MAX];
  auto* common = reinterpret_cast<j_common_ptr>(const_cast<jpeg_decompress_struct*>(&decompress_));
  errors_.format_message(common, message);
  switch (errors_.msg_code) {
    case JERR_NO_BACKING_STORE:
    case JERR_OUT_OF_MEMORY:
      return {ErrorCode::kLimit, "decoding this JPEG picture needs more than the " +
                                     std::to_string(limits_.memory_bytes) +
                                     " bytes that limits.memory_mib allows"};
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
      return {ErrorCode::kInvalid, std::string("a kind of JPEG that is not read here: ") + message};
    default:
      return {ErrorCode::kCorrupt, std::string("the JPEG data is damaged: ") + message};
  }
}

void JpegReader::leave(j_common_ptr common) {
  std::longjmp(static_cast<JpegReader*>(common->client_data)->landing_, 1);
}

void JpegReader::on_message(j_common_ptr common, int level) {
  if (level >= 0) return;  // traces
  static_cast<JpegReader*>(common->client_data)->on_warning(common->err->msg_code);
}

void JpegReader::on_warning(int code) {
  switch (code) {
    case JWRN_JPEG_EOF:
      at_end_ = true;  // no loss yet: perhaps only the end marker is missing
      if (decompress_.arith_code)
        on_missing_data();  // this coder does not tell which bytes it lacks
      break;
    case JWRN_HIT_MARKER:
      if (at_end_)
        on_missing_data();
      else
        is_damaged_ = true;
      break;
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      is_damaged_ = true;
      break;
    default:
      break;  // extraneous bytes, odd version numbers, odd progression: nothing is lost
  }
}

// The entropy decoder asked for bits behind the end. What is lost depends on the scan: the first
// one brings the rows, later ones of a progressive picture only detail (or colour).
void JpegReader::on_missing_data() {
  if (rows_before_end_ || is_coarse_) return;
  if (decompress_.input_scan_number > 1) {
    is_coarse_ = true;
    return;
  }
  rows_before_end_ =
      std::min<uint32_t>(decompress_.image_height,
                         decompress_.input_iMCU_row * decompress_.max_v_samp_factor * DCTSIZE);
  // Stop here rather than fill a large canvas that will not be used.
  if (!has_enough_rows()) leave(reinterpret_cast<j_common_ptr>(&decompress_));
}

// Apart from its caller, whose frame a jump may skip: this one's has a destructor.
bool JpegReader::has_enough_rows() {
  const auto note = note_missing_rows(Format::kJpeg, *rows_before_end_, decompress_.image_height);
  if (!note) own_error_ = note.error();
  return note.has_value();
}

void JpegReader::on_progress(j_common_ptr common) {
  auto& reader = *static_cast<JpegReader*>(common->client_data);
  if (reader.decompress_.input_scan_number <= kMostScans) return;
  reader.own_error_ = Error{ErrorCode::kLimit, "this JPEG picture has more than " +
                                                   std::to_string(kMostScans) + " scans"};
  leave(common);
}

}  // namespace weir::media
