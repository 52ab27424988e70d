#include "common/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>
#include <optional>
#include <type_traits>

#include "common/number_text.h"

namespace akida::cli {
namespace {

// What an option of many values holds one of, and an optional one.
template <typename Value>
struct ElementOf {
  using Type = Value;
};
template <typename Value>
struct ElementOf<std::vector<Value>> {
  using Type = Value;
};
template <typename Value>
struct ElementOf<std::optional<Value>> {
  using Type = Value;
};

// Of the value's type. CLI11 itself takes 010 for 8, nan for a number, and -1 for the largest
// count.
template <typename Number>
CLI::Validator type_check() {
  return {[](std::string& text) {
            std::string wrong = check_number(text, std::numeric_limits<Number>::lowest(),
                                             std::numeric_limits<Number>::max());
            if (wrong.empty() && std::is_integral_v<Number>) text = plain_whole_number(text);
            return wrong;
          },
          ""};
}

}  // namespace

Option& Option::group(const std::string& name) {
  option_->group(name);
  return *this;
}

Option& Option::description(const std::string& text) {
  option_->description(text);
  return *this;
}

Option& Option::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option& Option::show_default() {
  option_->capture_default_str();
  return *this;
}

Option& Option::show_default(const std::string& text) {
  option_->default_str(text);
  return *this;
}

Option& Option::required(bool is_required) {
  option_->required(is_required);
  return *this;
}

Option& Option::needs(Option other) {
  option_->needs(other.option_);
  return *this;
}

Option& Option::excludes(Option other) {
  option_->excludes(other.option_);
  return *this;
}

Option& Option::check(const Check& check) {
  option_->check(check);
  return *this;
}

Option& Option::one_of(const std::vector<std::string>& names) {
  option_->check(CLI::IsMember(names));
  return *this;
}

Option& Option::one_of(std::span<const char* const> names) {
  return one_of(std::vector<std::string>(names.begin(), names.end()));
}

template <typename Number>
Option& Option::range(Number least, Number most) {
  // In front of the check for the type, whose limits are wider.
  option_->transform(CLI::Validator(
      [least, most](std::string& text) { return check_number(text, least, most); },
      fmt::format("{} in [{} - {}]", CLI::detail::type_name<Number>(), least, most)));
  return *this;
}

template Option& Option::range(int, int);
template Option& Option::range(std::uint32_t, std::uint32_t);
template Option& Option::range(std::int64_t, std::int64_t);
template Option& Option::range(std::uint64_t, std::uint64_t);
template Option& Option::range(double, double);

Option& Option::repeatable() {
  option_->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return *this;
}

Option& Option::separated_by_comma(int count) {
  option_->delimiter(',')->expected(count);
  return *this;
}

template <typename Value>
Option CommandLine::add_option(const std::string& names, Value& value, const std::string& help) {
  CLI::Option* option = app_.add_option(names, value, help);
  using Element = typename ElementOf<Value>::Type;
  if constexpr (std::is_arithmetic_v<Element>) option->transform(type_check<Element>());
  return Option(option);
}

template Option CommandLine::add_option(const std::string&, std::string&, const std::string&);
template Option CommandLine::add_option(const std::string&, std::int32_t&, const std::string&);
template Option CommandLine::add_option(const std::string&, std::uint32_t&, const std::string&);
template Option CommandLine::add_option(const std::string&, std::int64_t&, const std::string&);
template Option CommandLine::add_option(const std::string&, std::uint64_t&, const std::string&);
template Option CommandLine::add_option(const std::string&, double&, const std::string&);
template Option CommandLine::add_option(const std::string&, std::optional<std::string>&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::optional<std::int32_t>&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::optional<std::uint32_t>&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::optional<std::uint64_t>&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::optional<double>&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::vector<std::string>&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::vector<std::int32_t>&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::vector<std::uint64_t>&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::vector<double>&,
                                        const std::string&);

Option CommandLine::add_option_function(const std::string& names,
                                        const std::function<void(const std::string&)>& take,
                                        const std::string& help) {
  return Option(app_.add_option_function<std::string>(names, take, help));
}

Option CommandLine::add_flag(const std::string& names, bool& value, const std::string& help) {
  return Option(app_.add_flag(names, value, help));
}

Option CommandLine::add_flag_function(const std::string& names,
                                      const std::function<void(std::int64_t)>& take,
                                      const std::string& help) {
  return Option(app_.add_flag_function(names, take, help));
}

Option CommandLine::option(const std::string& name) { return Option(app_.get_option(name)); }

}  // namespace akida::cli
