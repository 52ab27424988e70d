#include "common/number_list.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "base/error.h"

namespace akida::cli {

std::vector<double> parse_numbers(const std::string& option, const std::string& text) {
  std::vector<double> numbers;
  std::string_view rest = text;
  for (;;) {
    const std::size_t comma = rest.find(',');
    const std::string_view word = rest.substr(0, comma);
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) {
      fail(ErrorKind::kUsage, "{} '{}': '{}' is no number", option, text, word);
    }
    numbers.push_back(value);
    if (comma == std::string_view::npos) return numbers;
    rest.remove_prefix(comma + 1);
  }
}

std::vector<std::int32_t> parse_sides(const std::string& option, const std::string& text) {
  constexpr double kMaxSide = 65536;
  std::vector<std::int32_t> sides;
  for (const double number : parse_numbers(option, text)) {
    if (!(number >= 1 && number <= kMaxSide) || number != std::floor(number)) {
      fail(ErrorKind::kUsage, "{} '{}': {} is no number of 1..{}", option, text, number, kMaxSide);
    }
    sides.push_back(static_cast<std::int32_t>(number));
  }
  if (sides.size() != 2) fail(ErrorKind::kUsage, "{} '{}' is not of the form W,H", option, text);
  return sides;
}

}  // namespace akida::cli
