#include "common/shared_options.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/cpu.h"
#include "base/error.h"

namespace akida::cli {
namespace {

constexpr const char* kCommonGroup = "Common options";
constexpr int kMaxJobs = 1024;

void require_at_most_one(std::ptrdiff_t count) {
  if (count > 1) fail(ErrorKind::kUsage, "'-' (standard input) is given {} times, limit 1", count);
}

template <typename Seed>
CLI::Option* declare_seed(CLI::App& app, Seed& seed) {
  return app.add_option("--seed", seed, "Seed of the random numbers")
      ->check(check_count)
      ->type_name("N");
}

}  // namespace

std::string check_count(const std::string& text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size()) return {};
  return fmt::format("{} is not a number in 0..{}", text,
                     std::numeric_limits<std::uint64_t>::max());
}

CLI::Option* add_model(CLI::App& app, std::string& path) {
  return app.add_option("MODEL", path, "Model to read, '-' for standard input")
      ->required()
      ->type_name("");
}

CLI::Option* add_input(CLI::App& app, std::string& path, const std::string& name) {
  return app.add_option(name, path, "File to read, '-' for standard input")
      ->capture_default_str()
      ->type_name("");
}

CLI::Option* add_inputs(CLI::App& app, std::vector<std::string>& paths, const std::string& name) {
  return app.add_option(name, paths, "Files to read, one of them may be '-' for standard input")
      ->required()
      ->type_name("");
}

CLI::Option* add_output(CLI::App& app, std::string& path) {
  const auto named = [](const std::string& text) {
    return text.empty() ? std::string("the name of the file is empty") : std::string();
  };
  return app.add_option("-o,--output", path, "File to write, '-' for standard output")
      ->check(named)
      ->capture_default_str()
      ->type_name("FILE")
      ->group(kCommonGroup);
}

CLI::Option* add_jobs(CLI::App& app, int& jobs) {
  return app.add_option("-j,--jobs", jobs, "Threads to use, 0 for one per processor")
      ->check(CLI::Range(0, kMaxJobs))
      ->capture_default_str()
      ->type_name("N")
      ->group(kCommonGroup);
}

CLI::Option* add_seed(CLI::App& app, std::uint64_t& seed) {
  return declare_seed(app, seed)->capture_default_str();
}

CLI::Option* add_seed(CLI::App& app, std::optional<std::uint64_t>& seed) {
  return declare_seed(app, seed);
}

CLI::Option* add_json(CLI::App& app, bool& json) {
  return app.add_flag("--json", json, "Print the report as a JSON object")->group(kCommonGroup);
}

CLI::Option* add_cpu_mask(CLI::App& app) {
  return app
      .add_option_function<std::string>(
          "--cpu-mask", [](const std::string& name) { set_cpu_mask(parse_cpu_mask(name)); },
          "Use no CPU features beyond none, avx2, avx512, vnni, amx or all")
      ->type_name("NAME")
      ->group(kCommonGroup);
}

void add_progress(CLI::App& app, std::optional<bool>& progress) {
  CLI::Option* show = app.add_flag_function(
      "--progress", [&progress](std::int64_t) { progress = true; },
      "Show a progress bar, whatever standard error is");
  CLI::Option* hide = app.add_flag_function(
      "--no-progress", [&progress](std::int64_t) { progress = false; }, "Show no progress bar");
  show->group(kCommonGroup);
  hide->group(kCommonGroup)->excludes(show);
}

CLI::Option* add_no_history(CLI::App& app, bool& no_history) {
  return app.add_flag("--no-history", no_history, "Leave this command out of the model's history")
      ->group(kCommonGroup);
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

void require_separate_outputs(const std::vector<std::string>& outputs, std::string_view data) {
  for (const std::string& path : outputs) {
    const auto count = std::count(outputs.begin(), outputs.end(), path);
    if (path == "-" && count > 1) {
      fail(ErrorKind::kUsage, "{} outputs go to standard output, limit 1", count);
    }
    if (path == "-" || path.starts_with("/dev/")) continue;
    if (count > 1) fail(ErrorKind::kUsage, "{} outputs go to '{}', limit 1", count, path);
    if (path == data) fail(ErrorKind::kUsage, "the output '{}' would replace the samples", path);
  }
}

std::string base_name(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace akida::cli
