#include "common/number_list.h"

#include <catch2/catch.hpp>

using namespace akida;
using Numbers = std::vector<std::int32_t>;

TEST_CASE("lists of numbers are of the wanted length and range") {
  const cli::IntegerList list = {.form = "A,B or A,B,C", .fewest = 2, .most = 3, .low = -1};
  const auto parse = [&](const std::string& text) { return cli::parse_integers("-x", text, list); };
  CHECK(parse("3,-1") == Numbers{3, -1});
  CHECK(parse("0,1,65536") == Numbers{0, 1, 65536});
  for (const char* text : {"", "1", "1,", "1,2,3,4", "1,2,"}) {
    CHECK_THROWS_WITH(parse(text),
                      "-x '" + std::string(text) + "' is not of the form A,B or A,B,C");
  }
  CHECK_THROWS_WITH(parse("1,-2"), "-x '1,-2': '-2' is no number of -1..65536");
  CHECK_THROWS_WITH(parse("1,,2"), "-x '1,,2': '' is no number of -1..65536");
  CHECK_THROWS_WITH(parse("1,2.5"), "-x '1,2.5': '2.5' is no number of -1..65536");
  CHECK(cli::parse_sides("-x", "7,9") == Numbers{7, 9});
  CHECK_THROWS_WITH(cli::parse_sides("-x", "7"), "-x '7' is not of the form W,H");
}

TEST_CASE("real numbers are finite") {
  CHECK(cli::parse_numbers("-x", "1,2.5,-3e2") == std::vector<double>{1, 2.5, -300});
  CHECK_THROWS_WITH(cli::parse_numbers("-x", "1,inf"), "-x '1,inf': 'inf' is no number");
  CHECK_THROWS_WITH(cli::parse_numbers("-x", ""), "-x '': '' is no number");
}
