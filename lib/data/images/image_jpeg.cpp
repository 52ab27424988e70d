#include <csetjmp>
#include <cstdio>
// libjpeg's headers need FILE.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <vector>

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
      reader.ended =
          common->err->msg_code == JWRN_JPEG_EOF || common->err->msg_code == JERR_INPUT_EOF;
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
  bool ended = false;  // the file did, too early
  Image image;
  std::vector<JSAMPLE> cmyk;  // a row, where there are four colours
};

constexpr std::size_t kInks = 4;

// What Pillow makes of a row: inks are stored inverted, as Adobe's programs do, so red is what
// neither cyan nor black takes away.
void convert_cmyk(const std::vector<JSAMPLE>& inks, JSAMPROW rgb) {
  const auto product = [](unsigned a, unsigned b) {  // a b / 255, rounded
    const unsigned scaled = a * b + 128;
    return ((scaled >> 8) + scaled) >> 8;
  };
  for (std::size_t i = 0; i < inks.size(); i += kInks) {
    const unsigned light = inks[i + 3];
    for (std::size_t c = 0; c < 3; ++c) {
      *rgb++ = static_cast<JSAMPLE>(light - product(255U - inks[i + c], light));
    }
  }
}

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
  reader.jpeg.out_color_space = !reader.cmyk.empty()         ? JCS_CMYK
                                : reader.image.channels == 1 ? JCS_GRAYSCALE
                                                             : JCS_RGB;
  reader.jpeg.dct_method = JDCT_ISLOW;  // the same bits with and without SIMD
  (void)jpeg_start_decompress(&reader.jpeg);
  const std::size_t row_bytes =
      std::size_t{reader.jpeg.output_width} * static_cast<std::size_t>(reader.image.channels);
  while (reader.jpeg.output_scanline < reader.jpeg.output_height) {
    JSAMPROW pixels = reader.image.pixels.data() + reader.jpeg.output_scanline * row_bytes;
    JSAMPROW row = reader.cmyk.empty() ? pixels : reader.cmyk.data();
    (void)jpeg_read_scanlines(&reader.jpeg, &row, 1);
    if (!reader.cmyk.empty()) convert_cmyk(reader.cmyk, pixels);
  }
  (void)jpeg_finish_decompress(&reader.jpeg);
  return true;
}

[[noreturn]] void refuse(const JpegReader& reader, std::size_t size) {
  const std::size_t unread =
      reader.ended || reader.jpeg.src == nullptr ? 0 : reader.jpeg.src->bytes_in_buffer;
  fail(ErrorKind::kFormat, "offset {}: JPEG: {}", size - std::min(unread, size), reader.message);
}

}  // namespace

Image decode_jpeg(std::span<const std::byte> bytes) {
  JpegReader reader;
  if (!read_header(reader, bytes)) refuse(reader, bytes.size());
  const J_COLOR_SPACE space = reader.jpeg.jpeg_color_space;
  reader.image =
      make_image(reader.jpeg.image_width, reader.jpeg.image_height, space == JCS_GRAYSCALE ? 1 : 3);
  if (space == JCS_CMYK || space == JCS_YCCK) {
    reader.cmyk.resize(static_cast<std::size_t>(reader.image.width) * kInks);
  }
  if (!read_pixels(reader)) refuse(reader, bytes.size());
  return std::move(reader.image);
}

}  // namespace akida::data
