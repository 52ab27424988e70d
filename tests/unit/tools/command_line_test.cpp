#include "common/command_line.h"

#include <catch2/catch.hpp>
#include <optional>

#include "parse_line.h"

using namespace akida;

namespace {

// Exit status of `text` where one option, "--value" of this type, is declared and then changed.
template <typename Value>
int parse(Value& value, const std::function<void(cli::Option&)>& change, const std::string& text) {
  return test::parse_line(
      [&](cli::CommandLine& line) {
        cli::Option option = line.add_option("--value", value, "A value");
        change(option);
      },
      text);
}

}  // namespace

TEST_CASE("A value in its range is taken, one outside is misuse") {
  int value = 0;
  const auto limit = [](cli::Option& option) { option.range(-2, 9); };
  CHECK(parse(value, limit, "--value -2") == cli::kOk);
  CHECK(value == -2);
  CHECK(parse(value, limit, "--value 9") == cli::kOk);
  CHECK(value == 9);
  CHECK(parse(value, limit, "--value 10") == cli::kMisuse);
  CHECK(parse(value, limit, "--value x") == cli::kMisuse);
}

TEST_CASE("Whole numbers are decimal") {
  std::int64_t value = 0;
  const auto any = [](cli::Option&) {};
  CHECK(parse(value, any, "--value 010") == cli::kOk);
  CHECK(value == 10);
  CHECK(parse(value, any, "--value -007") == cli::kOk);
  CHECK(value == -7);
  CHECK(parse(value, any, "--value +0") == cli::kOk);
  CHECK(value == 0);
  for (const char* text : {"0x10", "1.0", "1e2", "9223372036854775808", "+-1"}) {
    CHECK(parse(value, any, std::string("--value=") + text) == cli::kMisuse);
  }
}

TEST_CASE("Real numbers are finite") {
  std::optional<double> value;
  const auto any = [](cli::Option&) {};
  CHECK(parse(value, any, "--value -.5e1") == cli::kOk);
  CHECK(value == -5);
  for (const char* text : {"nan", "-nan", "inf", "1e999", "1,5", "x"}) {
    CHECK(parse(value, any, std::string("--value=") + text) == cli::kMisuse);
  }
}

TEST_CASE("A name is one of those that are known") {
  std::optional<std::string> value;
  const auto limit = [](cli::Option& option) { option.one_of({"skip", "keep"}); };
  CHECK(parse(value, limit, "") == cli::kOk);
  CHECK_FALSE(value.has_value());
  CHECK(parse(value, limit, "--value keep") == cli::kOk);
  CHECK(value == "keep");
  CHECK(parse(value, limit, "--value drop") == cli::kMisuse);
}

TEST_CASE("A repeatable option takes one value each time and leaves the words that follow") {
  std::vector<std::string> values;
  std::string word;
  const auto declare = [&](cli::CommandLine& line) {
    line.add_option("--value", values, "A value").repeatable();
    line.add_option("WORD", word, "A word");
  };
  CHECK(test::parse_line(declare, "--value a b --value c") == cli::kOk);
  CHECK(values == std::vector<std::string>{"a", "c"});
  CHECK(word == "b");
}

TEST_CASE("Values separated by commas are as many as were asked for") {
  std::vector<double> values;
  const auto limit = [](cli::Option& option) { option.separated_by_comma(2); };
  CHECK(parse(values, limit, "--value 1.5,-2") == cli::kOk);
  CHECK(values == std::vector<double>{1.5, -2});
  CHECK(parse(values, limit, "--value 1.5") == cli::kMisuse);
}

TEST_CASE("Functions get the text of an option and the count of a flag") {
  std::string text;
  std::int64_t count = 0;
  const auto declare = [&](cli::CommandLine& line) {
    line.add_option_function(
        "--value", [&](const std::string& given) { text = given; }, "");
    line.add_flag_function(
        "-x", [&](std::int64_t given) { count = given; }, "");
  };
  CHECK(test::parse_line(declare, "-xx --value a=b") == cli::kOk);
  CHECK(text == "a=b");
  CHECK(count == 2);
}

TEST_CASE("Options that need or exclude each other are misuse otherwise") {
  bool first = false;
  bool second = false;
  bool third = false;
  const auto declare = [&](cli::CommandLine& line) {
    cli::Option one = line.add_flag("--first", first, "");
    line.add_flag("--second", second, "").needs(one);
    line.add_flag("--third", third, "").excludes(line.option("--first"));
  };
  CHECK(test::parse_line(declare, "--first --second") == cli::kOk);
  CHECK(test::parse_line(declare, "--second") == cli::kMisuse);
  CHECK(test::parse_line(declare, "--third") == cli::kOk);
  CHECK(test::parse_line(declare, "--first --third") == cli::kMisuse);
}
