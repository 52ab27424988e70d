#include <png.h>

#include <csetjmp>
#include <cstring>
#include <new>

#include "base/error.h"
#include "data/images/image_drawing.h"

namespace akida::data {
namespace {

// libpng leaves by longjmp, so nothing with a destructor is created between setjmp and its calls.
struct PngWriter {
  PngWriter() = default;
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;
  ~PngWriter() { png_destroy_write_struct(&png, &info); }

  png_structp png = nullptr;
  png_infop info = nullptr;
  char message[128] = "";
  bool out_of_memory = false;
  std::vector<std::byte> file;
};

void write_bytes(png_structp png, png_bytep data, std::size_t count) {
  auto& writer = *static_cast<PngWriter*>(png_get_io_ptr(png));
  try {
    const auto* first = reinterpret_cast<const std::byte*>(data);
    writer.file.insert(writer.file.end(), first, first + count);
  } catch (const std::bad_alloc&) {
    writer.out_of_memory = true;  // exceptions may not pass through libpng
  }
  if (writer.out_of_memory) png_error(png, "out of memory");
}

void flush(png_structp) {}

[[noreturn]] void leave(png_structp png, png_const_charp message) {
  auto& writer = *static_cast<PngWriter*>(png_get_error_ptr(png));
  std::strncpy(writer.message, message, sizeof writer.message - 1);
  png_longjmp(png, 1);
}

void ignore(png_structp, png_const_charp) {}

// False when libpng left.
bool write(PngWriter& writer, const Image& image, png_bytepp rows) {
  if (setjmp(png_jmpbuf(writer.png)) != 0) return false;
  png_set_write_fn(writer.png, &writer, write_bytes, flush);
  png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(image.width),
               static_cast<png_uint_32>(image.height), 8,
               image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(writer.png, writer.info);
  png_write_image(writer.png, rows);
  png_write_end(writer.png, writer.info);
  return true;
}

}  // namespace

std::vector<std::byte> encode_png(const Image& image) {
  PngWriter writer;
  writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer, leave, ignore);
  if (writer.png != nullptr) writer.info = png_create_info_struct(writer.png);
  if (writer.info == nullptr) throw std::bad_alloc();
  std::vector<std::uint8_t> pixels = image.pixels;
  std::vector<png_bytep> rows;
  const auto row = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    rows.push_back(pixels.data() + y * row);
  }
  if (!write(writer, image, rows.data())) {
    if (writer.out_of_memory) throw std::bad_alloc();
    fail(ErrorKind::kInvalid, "PNG: {}", writer.message);
  }
  return std::move(writer.file);
}

}  // namespace akida::data
