// Parses a command line with the options that a test declares.
#pragma once

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "common/command.h"

namespace akida::test {

// Exit status of a command "akida-test" with these options and the words of `line`.
inline int parse_line(const std::function<void(cli::CommandLine&)>& add_options,
                      const std::string& line) {
  std::istringstream text(line);
  std::vector<std::string> words = {"akida-test"};
  for (std::string word; text >> word;) words.push_back(word);
  std::vector<const char*> arguments;
  for (const std::string& word : words) arguments.push_back(word.c_str());
  const cli::Command command = {.name = "akida-test",
                                .purpose = "Do a test.",
                                .examples = {},
                                .add_options = add_options,
                                .run = [] { return cli::kOk; },
                                .verbs = {}};
  return cli::run_command(command, static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace akida::test
