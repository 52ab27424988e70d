#include "akida-data/number_lists.h"

#include <charconv>
#include <limits>
#include <sstream>
#include <string_view>

#include "base/error.h"

namespace akida::data_tool {
namespace {

// Whether all of `text` is a number, which goes to `value`.
template <typename T>
bool parse_number(std::string_view text, T& value) {
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && parsed == end;
}

}  // namespace

std::vector<std::int32_t> parse_numbers(const std::string& option, const std::string& text,
                                        const std::string& form, std::size_t fewest,
                                        std::size_t most, std::int32_t low) {
  constexpr std::int32_t kHigh = 65536;
  std::vector<std::int32_t> numbers;
  std::istringstream rest(text);
  for (std::string part; std::getline(rest, part, ',');) {
    std::int32_t value = 0;
    if (!parse_number(part, value) || value < low || value > kHigh) {
      fail(ErrorKind::kUsage, "{} '{}': '{}' is no number of {}..{}", option, text, part, low,
           kHigh);
    }
    numbers.push_back(value);
  }
  if (numbers.size() < fewest || numbers.size() > most || text.back() == ',') {
    fail(ErrorKind::kUsage, "{} '{}' is not of the form {}", option, text, form);
  }
  return numbers;
}

std::pair<std::int64_t, std::int64_t> parse_time_range(const std::string& option,
                                                       const std::string& text) {
  std::int64_t from = 0;
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  const std::size_t colon = text.find(':');
  const std::string_view first = std::string_view(text).substr(0, colon);
  const std::string_view last =
      colon == std::string::npos ? "" : std::string_view(text).substr(colon + 1);
  const bool parsed = colon != std::string::npos && (first.empty() || parse_number(first, from)) &&
                      (last.empty() || parse_number(last, to));
  if (!parsed || from < 0 || to <= from) {
    fail(ErrorKind::kUsage, "{} '{}' is not of the form A:B with 0 <= A < B", option, text);
  }
  return {from, to};
}

}  // namespace akida::data_tool
