#include <png.h>

#include <csetjmp>
#include <cstring>
#include <string>

#include "base/error.h"
#include "data/images/image_codecs.h"

namespace akida::data {
namespace {

// libpng leaves by longjmp, so between setjmp and the calls below no object with a destructor may
// be created; everything that must survive lives in this struct.
struct PngReader {
  explicit PngReader(std::span<const std::byte> input) : bytes(input) {}
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }

  std::span<const std::byte> bytes;
  png_structp png = nullptr;
  png_infop info = nullptr;
  char message[128] = "";
  Image image;
  std::vector<png_bytep> rows;
};

void read_bytes(png_structp png, png_bytep out, std::size_t count) {
  auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
  if (count > reader.bytes.size()) png_error(png, "file is truncated");
  std::memcpy(out, reader.bytes.data(), count);
  reader.bytes = reader.bytes.subspan(count);
}

[[noreturn]] void leave(png_structp png, png_const_charp message) {
  auto& reader = *static_cast<PngReader*>(png_get_error_ptr(png));
  std::strncpy(reader.message, message, sizeof reader.message - 1);
  png_longjmp(png, 1);
}

void ignore(png_structp, png_const_charp) {}

// Reads the chunks before the pixels and asks for 8-bit grey or RGB; false when libpng left.
bool read_info(PngReader& reader) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_set_read_fn(reader.png, &reader, read_bytes);
  png_read_info(reader.png, reader.info);
  png_set_scale_16(reader.png);
  png_set_expand(reader.png);
  png_set_strip_alpha(reader.png);
  (void)png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  return true;
}

bool read_pixels(PngReader& reader) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_read_image(reader.png, reader.rows.data());
  png_read_end(reader.png, nullptr);
  return true;
}

}  // namespace

Image decode_png(std::span<const std::byte> bytes) {
  PngReader reader(bytes);
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, leave, ignore);
  if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
  if (reader.info == nullptr) throw std::bad_alloc();
  png_set_user_limits(reader.png, kMaxImageSide, kMaxImageSide);
  if (!read_info(reader)) fail(ErrorKind::kFormat, "PNG: {}", reader.message);
  reader.image = make_image(png_get_image_width(reader.png, reader.info),
                            png_get_image_height(reader.png, reader.info),
                            png_get_channels(reader.png, reader.info));
  const auto row_bytes = static_cast<std::size_t>(reader.image.width) *
                         static_cast<std::size_t>(reader.image.channels);
  if (png_get_rowbytes(reader.png, reader.info) != row_bytes) {
    fail(ErrorKind::kFormat, "PNG: rows of {} bytes, not {}",
         png_get_rowbytes(reader.png, reader.info), row_bytes);
  }
  for (std::size_t y = 0; y < static_cast<std::size_t>(reader.image.height); ++y) {
    reader.rows.push_back(reader.image.pixels.data() + y * row_bytes);
  }
  if (!read_pixels(reader)) fail(ErrorKind::kFormat, "PNG: {}", reader.message);
  return std::move(reader.image);
}

}  // namespace akida::data
