#include "common/number_list.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "base/error.h"

namespace akida::cli {

namespace {

// The texts between the commas, one at least.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t comma = text.find(',');
    words.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return words;
    text.remove_prefix(comma + 1);
  }
}

// Whether all of `word` is a number, which goes to `value`.
template <typename Number>
bool parse(std::string_view word, Number& value) {
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, value);
  return error == std::errc() && stop == end;
}

}  // namespace

std::vector<double> parse_numbers(const std::string& option, const std::string& text) {
  std::vector<double> numbers;
  for (const std::string_view word : words_of(text)) {
    double value = 0;
    if (!parse(word, value) || !std::isfinite(value)) {
      fail(ErrorKind::kUsage, "{} '{}': '{}' is no number", option, text, word);
    }
    numbers.push_back(value);
  }
  return numbers;
}

std::vector<std::int32_t> parse_integers(const std::string& option, const std::string& text,
                                         const IntegerList& list) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() < list.fewest || words.size() > list.most || words.back().empty()) {
    fail(ErrorKind::kUsage, "{} '{}' is not of the form {}", option, text, list.form);
  }
  std::vector<std::int32_t> numbers;
  for (const std::string_view word : words) {
    std::int32_t value = 0;
    if (!parse(word, value) || value < list.low || value > list.high) {
      fail(ErrorKind::kUsage, "{} '{}': '{}' is no number of {}..{}", option, text, word, list.low,
           list.high);
    }
    numbers.push_back(value);
  }
  return numbers;
}

std::vector<std::int32_t> parse_sides(const std::string& option, const std::string& text) {
  return parse_integers(option, text, {.form = "W,H", .fewest = 2, .most = 2});
}

std::vector<float> parse_anchors(const std::string& option, const std::string& text) {
  std::vector<float> anchors;
  for (const double number : parse_numbers(option, text)) {
    anchors.push_back(static_cast<float>(number));
    if (!(anchors.back() > 0) || !std::isfinite(anchors.back())) {
      fail(ErrorKind::kUsage, "{} '{}': {} is no size of an anchor", option, text, number);
    }
  }
  if (anchors.size() % 2 != 0) {
    fail(ErrorKind::kUsage, "{} '{}': {} numbers are no pairs W,H", option, text, anchors.size());
  }
  return anchors;
}

}  // namespace akida::cli
