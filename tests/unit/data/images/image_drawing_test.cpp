#include "data/images/image_drawing.h"

#include <catch2/catch.hpp>

using namespace akida::data;

namespace {

Image black(std::int32_t width, std::int32_t height) {
  return {width, height, 3,
          std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3))};
}

// One character per pixel, '#' where it is not black.
std::string picture(const Image& image) {
  std::string text;
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    text += image.pixels[i] + image.pixels[i + 1] + image.pixels[i + 2] > 0 ? '#' : '.';
    if ((i / 3 + 1) % static_cast<std::size_t>(image.width) == 0) text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("a box is drawn as the pixels just inside its corners") {
  Image image = black(6, 5);
  draw_box(image, {1, 1, 5, 4}, {9, 9, 9});
  CHECK(picture(image) == "......\n.####.\n.#..#.\n.####.\n......\n");
  Image thick = black(6, 6);
  draw_box(thick, {0, 0, 6, 6}, {9, 9, 9}, 2);
  CHECK(picture(thick) == "######\n######\n##..##\n##..##\n######\n######\n");
}

TEST_CASE("what lies beyond the image is cut off") {
  Image image = black(4, 3);
  draw_box(image, {-1e9, 1, 2.5, 1e9}, {9, 9, 9});
  CHECK(picture(image) == "....\n###.\n..#.\n");
  Image outside = black(2, 2);
  draw_box(outside, {5, 5, 9, 9}, {9, 9, 9});
  CHECK(picture(outside) == "..\n..\n");
}

TEST_CASE("files that are written are read back equal") {
  Image image = black(3, 2);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<std::uint8_t>(13 * i);
  }
  CHECK(decode_image(encode_pnm(image)) == image);
  CHECK(decode_image(encode_png(image)) == image);
  const Image grey{2, 1, 1, {7, 200}};
  CHECK(decode_image(encode_pnm(grey)) == grey);
  CHECK(decode_image(encode_png(grey)) == grey);
}
