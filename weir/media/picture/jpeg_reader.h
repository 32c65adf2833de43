// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// jpeglib.h wants FILE and size_t declared before it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include "weir/base/limits.h"
#include "weir/base/result.h"
#include "weir/media/picture/exif.h"

namespace weir::media {

// libjpeg's decompressor with its errors as values. libjpeg leaves a failed call by longjmp; every
// such call is made within step(), whose frame is where the jump lands, and no step owns anything
// that a jump could leak.
class JpegReader {
 public:
  // Both are borrowed for the reader's life.
  JpegReader(std::span<const uint8_t> bytes, const Limits& limits);
  ~JpegReader();
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  // Reads all up to the first scan and checks the size. `bytes_per_pixel` of the result's samples.
  // Errors: as decode_jpeg().
  Status read_header();
  Orientation orientation() const;
  // The colour profile, when it fits into one marker, as all that are curves and primaries do;
  // else nothing. Borrowed from the reader.
  std::span<const uint8_t> profile() const;

  // Starts to decode; before it, set what is wanted in decompress(). For a progressive file this
  // reads all the scans.
  Status start();
  // The next rows, as many as libjpeg has ready, from `rows[0]` on. Result: how many.
  Result<uint32_t> read_rows(uint8_t** rows, uint32_t count);

  // How many stored rows the file has, if it broke off; absent when it did not.
  std::optional<uint32_t> rows_before_end() const { return rows_before_end_; }
  // The file broke off in a later scan of a progressive picture: every row is there, but coarse.
  bool is_coarse() const { return is_coarse_; }
  // libjpeg stepped over damaged data.
  bool is_damaged() const { return is_damaged_; }

  jpeg_decompress_struct& decompress() { return decompress_; }
  const jpeg_decompress_struct& decompress() const { return decompress_; }

 private:
  template <class Step>
  bool step(Step step);
  Error error() const;
  std::span<const uint8_t> marker(std::string_view start) const;  // that begins so

  [[noreturn]] static void leave(j_common_ptr common);
  static void on_message(j_common_ptr common, int level);
  static void on_progress(j_common_ptr common);
  void on_warning(int code);
  void on_missing_data();
  bool has_enough_rows();

  jpeg_decompress_struct decompress_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  jmp_buf landing_;
  std::span<const uint8_t> bytes_;
  const Limits& limits_;
  std::optional<Error> own_error_;  // set when it was not libjpeg that gave up
  std::optional<uint32_t> rows_before_end_;
  bool at_end_ = false;
  bool is_coarse_ = false;
  bool is_damaged_ = false;
};

}  // namespace weir::media
