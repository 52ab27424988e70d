#include "data/images/tf_example.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/error.h"

using namespace akida;
using namespace std::string_literals;
using Catch::Matchers::Contains;

namespace {

// A field of bytes: number << 3 | 2, length, content; short ones only.
std::string field(int number, const std::string& content) {
  return std::string(1, static_cast<char>(number << 3 | 2)) +
         std::string(1, static_cast<char>(content.size())) + content;
}

// An Example with one feature.
std::string example(const std::string& name, const std::string& feature) {
  return field(1, field(1, field(1, name) + field(2, feature)));
}

data::TfExample parse(const std::string& message) {
  return data::TfExample(std::as_bytes(std::span(message)));
}

}  // namespace

TEST_CASE("integers are read packed and unpacked, negative ones too") {
  // -1 takes ten bytes; 300 is AC 02.
  const std::string minus_one = std::string(9, '\xFF') + '\1';
  const std::string packed = example("n", field(3, field(1, "\5\xAC\2"s + minus_one)));
  CHECK(parse(packed).integers_of("n") == std::vector<std::int64_t>{5, 300, -1});
  const std::string unpacked = example("n", field(3, "\x8\5\x8\xAC\2"s));
  CHECK(parse(unpacked).integers_of("n") == std::vector<std::int64_t>{5, 300});
}

TEST_CASE("floats are read packed and unpacked") {
  const std::string one = "\0\0\x80\x3F"s;
  const std::string half = "\0\0\0\xBF"s;  // -0.5
  const std::string packed = example("f", field(2, field(1, one + half)));
  CHECK(parse(packed).floats_of("f") == std::vector<float>{1, -0.5});
  const std::string unpacked = example("f", field(2, "\xD"s + one + "\xD"s + half));
  CHECK(parse(unpacked).floats_of("f") == std::vector<float>{1, -0.5});
}

TEST_CASE("bytes are views, missing features have no values, unknown fields are passed over") {
  const std::string message =
      "\x50\7"s + example("b", field(9, "later") + field(1, field(1, "x") + field(1, "yz")));
  const data::TfExample parsed = parse(message);
  CHECK(parsed.bytes_of("b") == std::vector<std::string_view>{"x", "yz"});
  CHECK(parsed.bytes_of("c").empty());
  CHECK(parse("").integers_of("n").empty());
  CHECK(parse(example("n", "")).integers_of("n").empty());
}

TEST_CASE("of several entries of one name the last one counts") {
  const std::string message =
      example("n", field(3, field(1, "\1"))) +  // merged, as the format asks
      example("n", field(3, field(1, "\2")));
  CHECK(parse(message).integers_of("n") == std::vector<std::int64_t>{2});
}

TEST_CASE("damaged messages are refused with their place") {
  CHECK_THROWS_WITH(parse("\xA\5xx"), "example offset 2: field of 5 bytes, 2 remain");
  CHECK_THROWS_WITH(parse("\xB"), "example offset 1: wire type 3 is outside the format");
  CHECK_THROWS_WITH(parse("\2"), "example offset 1: field number 0 is outside the format");
  CHECK_THROWS_WITH(parse(std::string(11, '\xFF')), Contains("tenth byte of a number 255"));
  CHECK_THROWS_WITH(parse(example("f", field(2, field(1, "abc")))).floats_of("f"),
                    Contains("feature 'f': example offset"));
  CHECK_THROWS_WITH(parse(example("f", field(2, ""))).integers_of("f"),
                    "feature 'f': holds floats, not integers");
  CHECK_THROWS_WITH(parse(example("n", field(3,
                                             "\xD"
                                             "abcd")))
                        .integers_of("n"),
                    "feature 'n': list has a field of wire type 5");
}

TEST_CASE("the numbers of features and values have limits") {
  std::string many;
  for (std::size_t i = 0; i <= data::kMaxFeatures; ++i) many += field(1, field(1, ""));
  CHECK_THROWS_WITH(parse(many), "example: number of features exceeds limit 4096");
}
