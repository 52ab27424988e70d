#include "common/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace akida::cli {
namespace {

std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

}  // namespace

template <typename Number>
std::string check_number(const std::string& text, Number least, Number most) {
  const std::string_view number = without_plus(text);
  if (std::is_integral_v<Number> && !is_whole(number)) {
    return fmt::format("{} is not a whole number", text);
  }
  Number value{};
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  const bool parsed = error == std::errc() && end == number.data() + number.size();
  if constexpr (std::is_floating_point_v<Number>) {
    if (!parsed || !std::isfinite(value)) return fmt::format("{} is not a finite number", text);
  }
  if (parsed && value >= least && value <= most) return {};
  return fmt::format("{} is outside {}..{}", text, least, most);
}

template std::string check_number(const std::string&, std::int32_t, std::int32_t);
template std::string check_number(const std::string&, std::uint32_t, std::uint32_t);
template std::string check_number(const std::string&, std::int64_t, std::int64_t);
template std::string check_number(const std::string&, std::uint64_t, std::uint64_t);
template std::string check_number(const std::string&, float, float);
template std::string check_number(const std::string&, double, double);

std::string plain_whole_number(const std::string& text) {
  std::string_view number = without_plus(text);
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size() - 1));
  return (negative ? "-" : "") + std::string(number);
}

}  // namespace akida::cli
