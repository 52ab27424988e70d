// What every tool's main does around its own work: signals, parsing, talk, errors, exit status.
//
// A tool is a Command; a tool with verbs is a Command whose verbs are Commands. The command line
// is parsed before anything is opened. See DESIGN section 4.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/command_line.h"

namespace akida::cli {

// Exit status of every tool.
inline constexpr int kOk = 0;      // done
inline constexpr int kFailed = 1;  // could not do it
inline constexpr int kMisuse = 2;  // bad command line
inline constexpr int kNo = 3;      // checked, and the answer is no

struct Command {
  std::string name;      // "akida-run", or of a verb "fit"
  std::string purpose;   // one sentence with a full stop
  std::string examples;  // lines that the help prints at its end; may be empty
  // Declares the options; called once, before parsing.
  std::function<void(CommandLine& line)> add_options;
  // Does the work and returns an exit status; not used where there are verbs.
  std::function<int()> run;
  std::vector<Command> verbs;  // exactly one of them must be given; may be nested
};

// What the command line said to every tool alike; valid from run() on.
struct Invocation {
  std::string tool;   // "akida-run"
  std::string verb;   // "fit"; "import idx" where verbs are nested; empty without verbs
  int verbosity = 0;  // -1 for -q, 1 for -v, 2 for -vv
  std::vector<std::string> arguments;  // the whole command line, the program's name first
};
[[nodiscard]] const Invocation& invocation();

// The version of the suite, "0.1.0".
[[nodiscard]] std::string_view version();

// Parses, runs and reports; returns the exit status. Misuse is reported on stderr (2), help and
// version on stdout (0); Error by kind, std::bad_alloc and std::exception become one message
// "tool: error: ..." on stderr. Messages of the library and of spdlog's default logger go to
// stderr as "tool: severity: ...".
[[nodiscard]] int run_command(const Command& command, int argc, const char* const* argv);

// The whole main: run_command between the set-up of signals (SIGPIPE ends the tool even where the
// parent ignored it; INT, TERM, HUP and PIPE remove temporary files first) and the final check
// that standard output could be written.
[[nodiscard]] int tool_main(const Command& command, int argc, char** argv);

// Writes text to standard output; throws kIo when that fails.
void print(std::string_view text);

}  // namespace akida::cli
