#include "common/command.h"

#include <fmt/ranges.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <sstream>

#include "base/error.h"
#include "base/log.h"
#include "base/nearest.h"
#include "common/signals.h"

namespace akida::cli {
namespace {

Invocation current;

void add_common_options(CLI::App& app) {
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.set_version_flag("-V,--version", fmt::format("{} {}", current.tool, version()),
                       "Print the version and exit");
  app.add_flag_function(
      "-v,--verbose", [](std::int64_t count) { current.verbosity += static_cast<int>(count); },
      "Say more on standard error; twice for details");
  app.add_flag_function(
      "-q,--quiet", [](std::int64_t) { current.verbosity = -1; },
      "Say nothing on standard error but errors");
}

// The end of the help; every line indented.
std::string examples_text(const std::string& examples) {
  std::string text = "\nExamples:";
  std::istringstream lines(examples);
  for (std::string line; std::getline(lines, line);) text += "\n  " + line;
  return text;
}

void declare(CLI::App& app, const Command& command) {
  add_common_options(app);
  if (command.add_options) {
    CommandLine line(app);
    command.add_options(line);
  }
  if (!command.examples.empty()) app.footer(examples_text(command.examples));
  for (const Command& verb : command.verbs) {
    declare(*app.add_subcommand(verb.name, verb.purpose), verb);
  }
  if (!command.verbs.empty()) app.require_subcommand(1);
}

// The command whose verb was given; collects the verbs' names.
const Command& chosen(const CLI::App& app, const Command& command) {
  for (const Command& verb : command.verbs) {
    if (!app.got_subcommand(verb.name)) continue;
    current.verb += (current.verb.empty() ? "" : " ") + verb.name;
    return chosen(*app.get_subcommand(verb.name), verb);
  }
  return command;
}

void start_talking() {
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_st>();
  auto logger = std::make_shared<spdlog::logger>(current.tool, sink);
  logger->set_pattern("%n: %^%l%$: %v");
  logger->set_level(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
  set_log_callback([](LogLevel level, std::string_view message) {
    constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                     spdlog::level::warn};
    spdlog::log(kLevels[static_cast<int>(level)], "{}", message);
  });
}

void apply_verbosity() {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::err, spdlog::level::warn,
                                                   spdlog::level::info, spdlog::level::debug};
  spdlog::set_level(kLevels[std::clamp(current.verbosity, -1, 2) + 1]);
}

// What stands in `text` behind `before`, up to the next blank; "" where `before` is not in it.
std::string_view word_behind(std::string_view text, std::string_view before) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + before.size());
  return rest.substr(0, rest.find(' '));
}

// Where CLI11 counts values: the option's name, what was wrong and how many there were.
std::string count_mistake(const std::string& text) {
  const std::string_view name = std::string_view(text).substr(0, text.find(": "));
  const std::string_view given = word_behind(text, " required but received ");
  if (const std::string_view most = word_behind(text, ": At Most "); !most.empty()) {
    return fmt::format("{} is given {} times, limit {}", name, given, most);
  }
  if (const std::string_view least = word_behind(text, ": At least "); !least.empty()) {
    return fmt::format("{} has {} values instead of {}", name, given, least);
  }
  const bool none = text.find(": 1 required ") != std::string::npos && text.ends_with(" missing");
  return none ? fmt::format("{} needs a value", name) : text;
}

// CLI11's sentences in the form of our messages: lower case, no full stop. Names of arguments
// ("MODEL is required") and of options keep their letters.
std::string message_of(const CLI::ParseError& error) {
  std::string text = count_mistake(error.what());
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1]))) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.pop_back();
  return text;
}

// What is wrong with a command line that lacks one of the verbs it needs, of which CLI11 only says
// that there is none; empty where the verbs are complete.
std::string verb_mistake(const CLI::App& app, const Command& command) {
  std::vector<std::string> names;
  for (const Command& verb : command.verbs) {
    if (app.got_subcommand(verb.name)) {
      return verb_mistake(*app.get_subcommand(verb.name), verb);
    }
    names.push_back(verb.name);
  }
  if (names.empty()) return {};
  const std::vector<std::string> words = app.remaining();
  const auto unknown =
      std::ranges::find_if(words, [](const std::string& word) { return !word.starts_with('-'); });
  const std::string known = fmt::format("{}", fmt::join(names, ", "));
  if (unknown == words.end()) return "a verb is missing: " + known;
  const std::string hint = nearest_hint(*unknown, names);
  return fmt::format("unknown verb '{}'{}", *unknown, hint.empty() ? "; known: " + known : hint);
}

bool is_option(const std::string& word) {
  return word.size() > 1 && word.starts_with('-') && word != "--";
}

// "; the nearest is '--seed'" of the verb's long options, or "".
std::string option_hint(const std::string& word, const CLI::App& app) {
  if (!word.starts_with("--")) return {};
  const CLI::App* verb = &app;
  while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
  std::vector<std::string> names;
  for (const CLI::Option* option : verb->get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(name);
  }
  // Dashes would make all names alike.
  const std::string name = word.substr(2, word.find('=') - 2);
  const std::string_view nearest = nearest_of(name, names);
  return nearest.empty() ? "" : fmt::format("; the nearest is '--{}'", nearest);
}

// The words that no option and no positional took, as CLI11 does not report them. Where one looks
// like an option, the others may be its value, or what its value has displaced.
std::string unexpected_words(const CLI::App& app, const Command& command) {
  const std::vector<std::string> words = app.remaining(true);
  const auto option = std::ranges::find_if(words, is_option);
  const std::string text =
      "unexpected: " + (option == words.end() ? fmt::format("{}", fmt::join(words, " ")) : *option);
  if (!command.verbs.empty() && !app.remaining().empty()) return text + "; options follow the verb";
  return option == words.end() ? text : text + option_hint(*option, app);
}

std::string mistake_of(const CLI::ParseError& error, const CLI::App& app, const Command& command) {
  const std::string verbless = verb_mistake(app, command);
  if (!verbless.empty()) return verbless;
  // A positional may be missing because its word looks like an option.
  const bool missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const bool extras = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                      (missing && std::ranges::any_of(app.remaining(true), is_option));
  return extras ? unexpected_words(app, command) : message_of(error);
}

int parse_and_run(const Command& command, int argc, const char* const* argv) {
  CLI::App app(command.purpose, command.name);
  declare(app, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // help or version was asked for
      std::ostringstream text;
      app.exit(error, text, text);
      print(text.str());
      return kOk;
    }
    spdlog::error("{}", mistake_of(error, app, command));
    return kMisuse;
  }
  apply_verbosity();
  return chosen(app, command).run();
}

}  // namespace

const Invocation& invocation() { return current; }

std::string_view version() { return AKIDA_VERSION; }

int run_command(const Command& command, int argc, const char* const* argv) {
  current = {.tool = command.name, .arguments = {argv, argv + argc}};
  start_talking();
  try {
    return parse_and_run(command, argc, argv);
  } catch (const Error& error) {
    spdlog::error("{}", error.what());
    return error.kind() == ErrorKind::kUsage ? kMisuse : kFailed;
  } catch (const std::bad_alloc&) {
    spdlog::error("out of memory");
  } catch (const std::exception& error) {
    spdlog::error("internal error: {}", error.what());
  }
  return kFailed;
}

int tool_main(const Command& command, int argc, char** argv) {
  install_signal_handlers();
  const int status = run_command(command, argc, argv);
  // A full disk or a closed descriptor may show only now; one that was never open and never
  // written to is no error.
  const bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  const int write_error = errno;
  const bool unclosed = std::fclose(stdout) != 0 && errno != EBADF;
  if (!lost && !unclosed) return status;
  if (status == kFailed || status == kMisuse) return status;  // an error was reported already
  spdlog::error("standard output: {}", std::strerror(lost ? write_error : errno));
  return kFailed;
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    fail(ErrorKind::kIo, "standard output: {}", std::strerror(errno));
  }
}

}  // namespace akida::cli
