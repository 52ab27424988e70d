#include <csetjmp>
#include <cstdio>
// libjpeg's headers need FILE.
#include <jerror.h>
#include <jpeglib.h>

#include "base/error.h"
#include "data/images/image_codecs.h"

namespace akida::data {
namespace {

// A progressive image comes in scans, each of which may cost as much as all pixels; encoders make
// about ten.
constexpr int kMaxJpegScans = 200;

// Warnings of what cameras and editors write around the pixels: bytes between two segments, odd
// version numbers.
bool leaves_pixels_whole(int warning) {
  return warning == JWRN_EXTRANEOUS_DATA || warning == JWRN_JFIF_MAJOR ||
         warning == JWRN_ADOBE_XFORM;
}

// libjpeg leaves by longjmp, so between setjmp and the calls below no object with a destructor
// may be created; everything that must survive lives in this struct.
struct JpegReader {
  JpegReader() {
    jpeg.err = jpeg_std_error(&errors);
    jpeg.client_data = this;
    errors.error_exit = [](j_common_ptr common) {
      auto& reader = *static_cast<JpegReader*>(common->client_data);
      common->err->format_message(common, reader.message);
      std::longjmp(reader.escape, 1);
    };
    // A warning tells of pixels that are missing or made up.
    errors.emit_message = [](j_common_ptr common, int level) {
      if (level < 0 && !leaves_pixels_whole(common->err->msg_code)) common->err->error_exit(common);
    };
    progress.progress_monitor = [](j_common_ptr common) {
      const auto& decompress = *reinterpret_cast<j_decompress_ptr>(common);
      if (decompress.input_scan_number <= kMaxJpegScans) return;
      auto& reader = *static_cast<JpegReader*>(common->client_data);
      std::snprintf(reader.message, sizeof reader.message, "number of scans exceeds limit %d",
                    kMaxJpegScans);
      std::longjmp(reader.escape, 1);
    };
  }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader() { jpeg_destroy_decompress(&jpeg); }

  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf escape{};
  char message[JMSG_LENGTH_MAX] = "";
  Image image;
};

// Reads up to the first scan; false when libjpeg left.
bool read_header(JpegReader& reader, std::span<const std::byte> bytes) {
  if (setjmp(reader.escape) != 0) return false;
  jpeg_create_decompress(&reader.jpeg);
  reader.jpeg.client_data = &reader;
  reader.jpeg.progress = &reader.progress;
  jpeg_mem_src(&reader.jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  (void)jpeg_read_header(&reader.jpeg, TRUE);
  return true;
}

bool read_pixels(JpegReader& reader) {
  if (setjmp(reader.escape) != 0) return false;
  reader.jpeg.out_color_space = reader.image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  reader.jpeg.dct_method = JDCT_ISLOW;  // the same bits with and without SIMD
  (void)jpeg_start_decompress(&reader.jpeg);
  const std::size_t row_bytes =
      std::size_t{reader.jpeg.output_width} * static_cast<std::size_t>(reader.image.channels);
  while (reader.jpeg.output_scanline < reader.jpeg.output_height) {
    JSAMPROW row = reader.image.pixels.data() + reader.jpeg.output_scanline * row_bytes;
    (void)jpeg_read_scanlines(&reader.jpeg, &row, 1);
  }
  (void)jpeg_finish_decompress(&reader.jpeg);
  return true;
}

}  // namespace

Image decode_jpeg(std::span<const std::byte> bytes) {
  JpegReader reader;
  if (!read_header(reader, bytes)) fail(ErrorKind::kFormat, "JPEG: {}", reader.message);
  const J_COLOR_SPACE space = reader.jpeg.jpeg_color_space;
  if (space == JCS_CMYK || space == JCS_YCCK) {
    fail(ErrorKind::kUnsupported, "JPEG: four colours (CMYK) are not supported");
  }
  reader.image =
      make_image(reader.jpeg.image_width, reader.jpeg.image_height, space == JCS_GRAYSCALE ? 1 : 3);
  if (!read_pixels(reader)) fail(ErrorKind::kFormat, "JPEG: {}", reader.message);
  return std::move(reader.image);
}

}  // namespace akida::data
