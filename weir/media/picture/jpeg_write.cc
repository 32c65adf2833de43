// SPDX-License-Identifier: Apache-2.0
#include <csetjmp>
#include <cstdlib>
#include <memory>

// jpeglib.h wants FILE and size_t declared before it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include "weir/media/picture/jpeg.h"

namespace weir::media {
namespace {

// libjpeg's compressor and what it allocates; freed whichever way encoding ends.
struct Compressor {
  jpeg_compress_struct compress{};
  jpeg_error_mgr errors{};
  jmp_buf landing;
  unsigned char* bytes = nullptr;  // of malloc, grown by libjpeg
  unsigned long size = 0;

  Compressor() {
    compress.err = jpeg_std_error(&errors);
    compress.client_data = this;
    errors.error_exit = [](j_common_ptr common) {
      std::longjmp(static_cast<Compressor*>(common->client_data)->landing, 1);
    };
    errors.emit_message = [](j_common_ptr, int) {};
  }
  ~Compressor() {
    jpeg_destroy_compress(&compress);
    std::free(bytes);
  }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
};

// No local of this frame has a destructor, so a jump back into it skips nothing.
bool write(Compressor& to, const PixelView& picture, int quality) {
  if (setjmp(to.landing) != 0) return false;
  jpeg_create_compress(&to.compress);
  jpeg_mem_dest(&to.compress, &to.bytes, &to.size);
  to.compress.image_width = picture.width;
  to.compress.image_height = picture.height;
  to.compress.input_components = static_cast<int>(picture.channels);
  to.compress.in_color_space = picture.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&to.compress);
  jpeg_set_quality(&to.compress, quality, TRUE);
  jpeg_start_compress(&to.compress, TRUE);
  while (to.compress.next_scanline < to.compress.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(picture.row(to.compress.next_scanline));
    jpeg_write_scanlines(&to.compress, &row, 1);
  }
  jpeg_finish_compress(&to.compress);
  return true;
}

}  // namespace

Result<std::vector<uint8_t>> encode_jpeg(const PixelView& picture, int quality) {
  Compressor compressor;
  if (!write(compressor, picture, quality))
    return Error{ErrorCode::kInvalid, "no JPEG can be made of a picture of " +
                                          std::to_string(picture.width) + " x " +
                                          std::to_string(picture.height) + " pixels"};
  return std::vector<uint8_t>(compressor.bytes, compressor.bytes + compressor.size);
}

}  // namespace weir::media
