// The verbs of akida-build.
#pragma once

#include <string>

#include "codec/any_model.h"
#include "common/command.h"
#include "common/history.h"

namespace akida::build {

[[nodiscard]] cli::Command new_command();
[[nodiscard]] cli::Command zoo_command();
[[nodiscard]] cli::Command pretrained_command();
[[nodiscard]] cli::Command list_command();
[[nodiscard]] cli::Command add_command();
[[nodiscard]] cli::Command pop_command();
[[nodiscard]] cli::Command compile_command();
[[nodiscard]] cli::Command add_classes_command();
[[nodiscard]] cli::Command get_command();
[[nodiscard]] cli::Command set_command();

// What every verb that writes a model takes.
struct Target {
  std::string output = "-";
  bool no_history = false;
};

// -o and --no-history.
void add_target(cli::CommandLine& line, Target& target);

// Throws kUsage where the model would go to a terminal.
void check(const Target& target);

// Records the command in the model's history and writes the model.
void save(snn::Model& model, const Target& target, const cli::HistoryWords& words);
void save(codec::AnyModel& model, const Target& target, const cli::HistoryWords& words);

}  // namespace akida::build
