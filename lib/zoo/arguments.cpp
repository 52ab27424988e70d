#include "zoo/arguments.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/nearest.h"

namespace akida::zoo {
namespace {

// The whole of `text` as a number, or nothing.
template <typename T>
std::optional<T> parse(std::string_view text) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<cnn::Dims> parse_shape(std::string_view text) {
  cnn::Dims dims;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const auto size = parse<std::int32_t>(text.substr(begin, comma - begin));
    if (!size) return std::nullopt;
    dims.push_back(*size);
    begin = comma + 1;
  }
  return dims;
}

bool is_valid_shape(const Argument& argument, const std::string& text) {
  const std::optional<cnn::Dims> dims = parse_shape(text);
  return dims && dims->size() == 3 && (*dims)[0] >= argument.low && (*dims)[1] >= argument.low &&
         (*dims)[2] >= 1;
}

bool is_valid(const Argument& argument, const std::string& text) {
  switch (argument.type) {
    case ArgumentType::kInteger: {
      const auto value = parse<std::int32_t>(text);
      return value && *value >= argument.low && *value <= argument.high;
    }
    case ArgumentType::kNumber: {
      const auto value = parse<double>(text);
      return value && *value >= argument.low && *value <= argument.high;
    }
    case ArgumentType::kFlag:
      return text == "true" || text == "false";
    case ArgumentType::kShape:
      return is_valid_shape(argument, text);
    case ArgumentType::kChoice:
      return std::ranges::find(argument.choices, text) != argument.choices.end();
    case ArgumentType::kModel:
      return true;
  }
  return false;
}

void check_names(const std::vector<Argument>& arguments, const ArgumentValues& given) {
  std::vector<std::string> names;
  for (const Argument& argument : arguments) names.push_back(argument.name);
  for (const auto& [name, value] : given) {
    if (std::ranges::find(names, name) != names.end()) continue;
    fail(ErrorKind::kUsage, "unknown argument '{}'{}; known: {}", name, nearest_hint(name, names),
         names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
  }
}

}  // namespace

const char* name_of(ArgumentType type) {
  switch (type) {
    case ArgumentType::kInteger:
      return "integer";
    case ArgumentType::kNumber:
      return "number";
    case ArgumentType::kFlag:
      return "boolean";
    case ArgumentType::kShape:
      return "shape";
    case ArgumentType::kChoice:
      return "choice";
    case ArgumentType::kModel:
      return "model";
  }
  return "";
}

std::string valid_values(const Argument& argument) {
  switch (argument.type) {
    case ArgumentType::kInteger:
      return fmt::format("an integer in {}..{}", argument.low, argument.high);
    case ArgumentType::kNumber:
      return fmt::format("a number in {}..{}", argument.low, argument.high);
    case ArgumentType::kFlag:
      return "true or false";
    case ArgumentType::kShape:
      return fmt::format("HEIGHT,WIDTH,CHANNELS from {0},{0},1", argument.low);
    case ArgumentType::kChoice:
      return fmt::format("{}", fmt::join(argument.choices, ", "));
    case ArgumentType::kModel:
      return "a model file";
  }
  return "";
}

ArgumentReader::ArgumentReader(const std::vector<Argument>& arguments,
                               const ArgumentValues& given) {
  check_names(arguments, given);
  for (const Argument& argument : arguments) {
    const auto found = given.find(argument.name);
    if (found == given.end() && argument.is_required) {
      fail(ErrorKind::kUsage, "argument '{}' is missing: {}", argument.name,
           valid_values(argument));
    }
    if (found != given.end() && !is_valid(argument, found->second)) {
      fail(ErrorKind::kUsage, "{} '{}' is not {}{}", argument.name, found->second,
           argument.type == ArgumentType::kChoice ? "one of " : "", valid_values(argument));
    }
    values_[argument.name] = found == given.end() ? argument.default_value : found->second;
  }
}

std::int32_t ArgumentReader::integer(std::string_view name) const {
  return parse<std::int32_t>(text(name)).value();
}

double ArgumentReader::number(std::string_view name) const {
  return parse<double>(text(name)).value();
}

bool ArgumentReader::flag(std::string_view name) const { return text(name) == "true"; }

cnn::Dims ArgumentReader::shape(std::string_view name) const {
  return parse_shape(text(name)).value();
}

const std::string& ArgumentReader::text(std::string_view name) const {
  return values_.find(name)->second;
}

}  // namespace akida::zoo
