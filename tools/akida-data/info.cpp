// akida-data info FILE... - what files are, by their content.
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <vector>

#include "akida-data/verbs.h"
#include "base/error.h"
#include "common/report.h"
#include "common/shared_options.h"
#include "data/file_kind.h"

namespace akida::data_tool {
namespace {

struct InfoOptions {
  std::vector<std::string> paths;
  bool json = false;
};

// "model, in zstd; read by all tools"
std::string describe(const data::SniffedFile& file) {
  if (file.kind == nullptr) return "unknown";
  std::string text(file.kind->description);
  if (!file.inside.empty()) text += fmt::format(", in {}", fmt::join(file.inside, ", "));
  if (!file.kind->read_by.empty()) text += fmt::format("; read by {}", file.kind->read_by);
  return text;
}

nlohmann::ordered_json describe_json(const std::string& path, const data::SniffedFile& file) {
  nlohmann::ordered_json json{{"file", path}};
  json["kind"] = file.kind == nullptr ? "unknown" : file.kind->name;
  json["description"] = file.kind == nullptr ? "" : file.kind->description;
  json["read_by"] = file.kind == nullptr ? "" : file.kind->read_by;
  json["inside"] = file.inside;
  return json;
}

int run(const InfoOptions& options) {
  cli::require_one_standard_input(options.paths);
  bool all_known = true;
  bool all_read = true;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const std::string& path : options.paths) {
    try {
      const data::SniffedFile file = data::sniff(io::open_source(path));
      all_known = all_known && file.kind != nullptr;
      list.push_back(describe_json(path, file));
      if (!options.json) cli::print(fmt::format("{}: {}\n", path, describe(file)));
    } catch (const Error& error) {  // the others are still of interest
      all_read = false;
      list.push_back({{"file", path}, {"error", error.what()}});
      spdlog::error("{}", error.what());
    }
  }
  if (options.json) {
    nlohmann::ordered_json report = cli::make_report("files");
    report["files"] = std::move(list);
    cli::print_report(report);
  }
  return !all_read ? cli::kFailed : all_known ? cli::kOk : cli::kNo;
}

}  // namespace

cli::Command info_verb() {
  const auto options = std::make_shared<InfoOptions>();
  return {.name = "info",
          .purpose = "Say what files are, by their content, and what reads them.",
          .examples =
              "akida-data info recording.raw model.fbz\n"
              "akida-data info --json * | jq -r '.files[].kind'\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_inputs(line, options->paths, "FILE");
                cli::add_json(line, options->json);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
