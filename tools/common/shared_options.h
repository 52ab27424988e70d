// Options that read the same in every tool; each function declares one of them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "common/command_line.h"

namespace akida::cli {

// The first positional of a tool that works on a model. "-" is standard input.
Option add_model(CommandLine& line, std::string& path);

// One input stream or file, a positional called `name`; `path` keeps its default, "-".
Option add_input(CommandLine& line, std::string& path, const std::string& name = "INPUT");

// Several inputs, at least one.
Option add_inputs(CommandLine& line, std::vector<std::string>& paths,
                  const std::string& name = "INPUT");

// -o, --output FILE; `path` keeps its default, "-" for standard output.
Option add_output(CommandLine& line, std::string& path);

// -j, --jobs N: threads, 0 for one per processor. Results never depend on it.
Option add_jobs(CommandLine& line, int& jobs);

// --seed N: 0..2^64-1.
Option add_seed(CommandLine& line, std::uint64_t& seed);
Option add_seed(CommandLine& line, std::optional<std::uint64_t>& seed);

// --json: the report as one JSON object instead of text.
Option add_json(CommandLine& line, bool& json);

// --cpu-mask NAME: restricts the kernels' CPU features while parsing (base/cpu.h).
Option add_cpu_mask(CommandLine& line);

// --progress, --no-progress; unset: where standard error is a terminal and the work is long.
void add_progress(CommandLine& line, std::optional<bool>& progress);

// --no-history: leave this command out of the model's history.
Option add_no_history(CommandLine& line, bool& no_history);

// Throws kUsage when more than one of `paths` is "-".
void require_one_standard_input(std::initializer_list<std::string_view> paths);
void require_one_standard_input(const std::vector<std::string>& paths);

// Throws kUsage when `path` is "-" and standard output is a terminal: for binary outputs.
void require_no_terminal(std::string_view path);

// Throws kUsage where an output would replace another one or one of `inputs`: one file under two
// names counts ("a", "./a", a symbolic link), what lies in /dev does not. "-" may be one output.
// Empty names are options that were not given.
void require_separate_outputs(const std::vector<std::string>& outputs,
                              const std::vector<std::string>& inputs);

// The last component of a path: what histories and reports may name.
[[nodiscard]] std::string base_name(const std::string& path);

}  // namespace akida::cli
