#include "common/shared_options.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/cpu.h"
#include "base/error.h"

namespace akida::cli {
namespace {

constexpr const char* kCommonGroup = "Common options";
constexpr int kMaxJobs = 1024;

void require_at_most_one(std::ptrdiff_t count) {
  if (count > 1) fail(ErrorKind::kUsage, "'-' (standard input) is given {} times, limit 1", count);
}

bool is_file_name(const std::string& path) {
  return !path.empty() && path != "-" && !path.starts_with("/dev/");
}

// The file that a name leads to, whether or not it is there.
std::filesystem::path file_of(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  const auto canonical = std::filesystem::weakly_canonical(absolute, error);
  return error ? absolute : canonical;
}

template <typename Seed>
Option declare_seed(CommandLine& line, Seed& seed) {
  return line.add_option("--seed", seed, "Seed of the random numbers").type_name("N");
}

}  // namespace

Option add_model(CommandLine& line, std::string& path) {
  return line.add_option("MODEL", path, "Model to read, '-' for standard input")
      .required()
      .type_name("");
}

Option add_input(CommandLine& line, std::string& path, const std::string& name) {
  return line.add_option(name, path, "File to read, '-' for standard input")
      .show_default()
      .type_name("");
}

Option add_inputs(CommandLine& line, std::vector<std::string>& paths, const std::string& name) {
  return line.add_option(name, paths, "Files to read, one of them may be '-' for standard input")
      .required()
      .type_name("");
}

Option add_output(CommandLine& line, std::string& path) {
  const auto named = [](const std::string& text) {
    return text.empty() ? std::string("the name of the file is empty") : std::string();
  };
  return line.add_option("-o,--output", path, "File to write, '-' for standard output")
      .check(named)
      .show_default()
      .type_name("FILE")
      .group(kCommonGroup);
}

Option add_jobs(CommandLine& line, int& jobs) {
  return line.add_option("-j,--jobs", jobs, "Threads to use, 0 for one per processor")
      .range(0, kMaxJobs)
      .show_default()
      .type_name("N")
      .group(kCommonGroup);
}

Option add_seed(CommandLine& line, std::uint64_t& seed) {
  return declare_seed(line, seed).show_default();
}

Option add_seed(CommandLine& line, std::optional<std::uint64_t>& seed) {
  return declare_seed(line, seed);
}

Option add_json(CommandLine& line, bool& json) {
  return line.add_flag("--json", json, "Print the report as a JSON object").group(kCommonGroup);
}

Option add_cpu_mask(CommandLine& line) {
  return line
      .add_option_function(
          "--cpu-mask", [](const std::string& name) { set_cpu_mask(parse_cpu_mask(name)); },
          "Use no CPU features beyond none, avx2, avx512, vnni, amx or all")
      .type_name("NAME")
      .group(kCommonGroup);
}

void add_progress(CommandLine& line, std::optional<bool>& progress) {
  Option show = line.add_flag_function(
      "--progress", [&progress](std::int64_t) { progress = true; },
      "Show a progress bar, whatever standard error is");
  Option hide = line.add_flag_function(
      "--no-progress", [&progress](std::int64_t) { progress = false; }, "Show no progress bar");
  show.group(kCommonGroup);
  hide.group(kCommonGroup).excludes(show);
}

Option add_no_history(CommandLine& line, bool& no_history) {
  return line.add_flag("--no-history", no_history, "Leave this command out of the model's history")
      .group(kCommonGroup);
}

void require_one_standard_input(std::initializer_list<std::string_view> paths) {
  require_at_most_one(std::count(paths.begin(), paths.end(), "-"));
}

void require_one_standard_input(const std::vector<std::string>& paths) {
  require_at_most_one(std::count(paths.begin(), paths.end(), "-"));
}

void require_no_terminal(std::string_view path) {
  if (path == "-" && isatty(STDOUT_FILENO) != 0) {
    fail(ErrorKind::kUsage,
         "standard output is a terminal, and the output is binary: use -o FILE or a pipe");
  }
}

void require_separate_outputs(const std::vector<std::string>& outputs,
                              const std::vector<std::string>& inputs) {
  if (const auto count = std::count(outputs.begin(), outputs.end(), "-"); count > 1) {
    fail(ErrorKind::kUsage, "{} outputs go to standard output, limit 1", count);
  }
  std::map<std::filesystem::path, std::string> taken;
  for (const std::string& input : inputs) {
    if (is_file_name(input)) taken.emplace(file_of(input), "replace the input '" + input + "'");
  }
  for (const std::string& output : outputs) {
    if (!is_file_name(output)) continue;
    const auto [other, is_new] =
        taken.emplace(file_of(output), "replace the output '" + output + "'");
    if (!is_new) fail(ErrorKind::kUsage, "the output '{}' would {}", output, other->second);
  }
}

std::string base_name(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace akida::cli
