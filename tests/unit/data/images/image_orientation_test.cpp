#include "data/images/image_orientation.h"

#include <catch2/catch.hpp>
#include <string>

using namespace akida;
using namespace std::string_literals;
using Bytes = std::vector<std::uint8_t>;

namespace {

// A JPEG's beginning with a comment and an Exif segment of one tag.
std::string file_with(const std::string& tiff) {
  const std::string exif = "Exif\0\0"s + tiff;
  return "\xFF\xD8\xFF\xFE\0\4ab\xFF\xE1\0"s + static_cast<char>(exif.size() + 2) + exif +
         "\xFF\xDA\0\4xx"s;
}

int orientation_of(const std::string& file) {
  return data::exif_orientation(std::as_bytes(std::span(file)));
}

const std::string kLittle = "II*\0\x8\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"s;
const std::string kBig = "MM\0*\0\0\0\x8\0\1\1\x12\0\3\0\0\0\1\0\x8\0\0"s;

}  // namespace

TEST_CASE("the tag is found in both byte orders") {
  CHECK(orientation_of(file_with(kLittle)) == 6);
  CHECK(orientation_of(file_with(kBig)) == 8);
  CHECK(orientation_of("\xFF\xD8\xFF\xDA\0\2"s) == 1);
  CHECK(orientation_of("P6 1 1 255 abc") == 1);
}

TEST_CASE("damaged tags mean as stored") {
  const std::string file = file_with(kLittle);
  for (std::size_t size = 0; size + 9 < file.size(); ++size) {
    INFO(size);
    REQUIRE(orientation_of(file.substr(0, size)) == 1);
  }
  for (const char value : {'\0', '\x9'}) {
    std::string tiff = kLittle;
    tiff[18] = value;
    CHECK(orientation_of(file_with(tiff)) == 1);
  }
}

// 1 2 3   The corners as in the figure of Exif 2.3, table 4: 6 is stored with its top at the right.
// 4 5 6
TEST_CASE("images are turned as the tag says") {
  const data::Image image{3, 2, 1, {1, 2, 3, 4, 5, 6}};
  const std::vector<std::pair<int, Bytes>> wide = {{1, {1, 2, 3, 4, 5, 6}},
                                                   {2, {3, 2, 1, 6, 5, 4}},
                                                   {3, {6, 5, 4, 3, 2, 1}},
                                                   {4, {4, 5, 6, 1, 2, 3}}};
  const std::vector<std::pair<int, Bytes>> high = {{5, {1, 4, 2, 5, 3, 6}},
                                                   {6, {4, 1, 5, 2, 6, 3}},
                                                   {7, {6, 3, 5, 2, 4, 1}},
                                                   {8, {3, 6, 2, 5, 1, 4}}};
  for (const auto& [orientation, pixels] : wide) {
    CHECK(data::turn_upright(image, orientation) == data::Image{3, 2, 1, pixels});
  }
  for (const auto& [orientation, pixels] : high) {
    CHECK(data::turn_upright(image, orientation) == data::Image{2, 3, 1, pixels});
  }
}
