#include <png.h>

#include <csetjmp>
#include <cstdio>
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

  const std::span<const std::byte> bytes;
  std::size_t at = 0;  // bytes read so far
  png_structp png = nullptr;
  png_infop info = nullptr;
  char message[128] = "";
  Image image;
  std::vector<png_bytep> rows;
};

void read_bytes(png_structp png, png_bytep out, std::size_t count) {
  auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
  const std::size_t remaining = reader.bytes.size() - reader.at;
  if (count > remaining) {
    std::snprintf(reader.message, sizeof reader.message,
                  "file is truncated: %zu bytes needed, %zu remain", count, remaining);
    png_longjmp(png, 1);
  }
  std::memcpy(out, reader.bytes.data() + reader.at, count);
  reader.at += count;
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

// libpng tells of sides above the limits without a number, so they are looked at before: those in
// the first chunk.
void check_sides(std::span<const std::byte> bytes) {
  constexpr std::size_t kWidth = 16;
  constexpr std::size_t kHeight = 20;
  if (bytes.size() < kHeight + 4) return;
  const auto side = [&](std::size_t at) {
    return png_get_uint_32(reinterpret_cast<png_const_bytep>(bytes.data() + at));
  };
  check_image_size(side(kWidth), side(kHeight));
}

[[noreturn]] void refuse(const PngReader& reader) {
  fail(ErrorKind::kFormat, "offset {}: PNG: {}", reader.at, reader.message);
}

}  // namespace

Image decode_png(std::span<const std::byte> bytes) {
  check_sides(bytes);
  PngReader reader(bytes);
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, leave, ignore);
  if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
  if (reader.info == nullptr) throw std::bad_alloc();
  png_set_user_limits(reader.png, kMaxImageSide, kMaxImageSide);
  if (!read_info(reader)) refuse(reader);
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
  if (!read_pixels(reader)) refuse(reader);
  return std::move(reader.image);
}

}  // namespace akida::data
