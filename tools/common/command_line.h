// The options and positionals of a command, as the tools declare them.
//
// CLI11 parses them; this header hides it, because CLI11 takes a compiler longer than any of our
// files does. Only common/ includes CLI11.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace akida::cli {

// Empty where `text` is a right value, else what is wrong with it.
using Check = std::function<std::string(const std::string& text)>;

// One declared option, to say more of it; a handle that is copied freely.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  // How the help shows it.
  Option& group(const std::string& name);
  Option& description(const std::string& text);
  Option& type_name(const std::string& name);
  Option& show_default();  // the value that its variable has now
  Option& show_default(const std::string& text);

  // When it may be given.
  Option& required(bool is_required = true);
  Option& needs(Option other);
  Option& excludes(Option other);

  // What its value may be.
  Option& check(const Check& check);
  Option& one_of(const std::vector<std::string>& names);
  Option& one_of(std::span<const char* const> names);
  template <typename Number>  // int, uint32_t, int64_t, size_t or double
  Option& range(Number least, Number most);

  // How many values it takes; of a variable that is a vector.
  Option& repeatable();                   // one each time it is given
  Option& separated_by_comma(int count);  // so many, "A,B", at once

 private:
  CLI::Option* option_;
};

class CommandLine {
 public:
  explicit CommandLine(CLI::App& app) : app_(app) {}

  // An option ("-o,--output") or a positional ("INPUT"). `value` is set while parsing and outlives
  // it: a string, an int, uint32_t, int64_t, uint64_t or double, an optional or a vector of one of
  // them, as far as command_line.cpp instantiates it.
  template <typename Value>
  Option add_option(const std::string& names, Value& value, const std::string& help);
  // Likewise, with a function that takes the text; what it throws ends the tool.
  Option add_option_function(const std::string& names,
                             const std::function<void(const std::string&)>& take,
                             const std::string& help);

  Option add_flag(const std::string& names, bool& value, const std::string& help);
  // Likewise, with a function that takes how often the flag was given.
  Option add_flag_function(const std::string& names, const std::function<void(std::int64_t)>& take,
                           const std::string& help);

  // One that was declared before.
  [[nodiscard]] Option option(const std::string& name);

 private:
  CLI::App& app_;
};

}  // namespace akida::cli
