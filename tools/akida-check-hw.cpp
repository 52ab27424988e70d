// akida-check-hw - say what of a network a hardware version cannot run.
//
// Reads one model, writes one line per finding; see man/akida-check-hw.1.scd.
// The tables are in lib/hw/hardware_tables.cpp, the rules in lib/hw/incompatibilities.cpp.
#include <string>
#include <vector>

#include "codec/model_file.h"
#include "common/command.h"
#include "common/report.h"
#include "common/shared_options.h"
#include "hw/hardware_tables.h"
#include "hw/incompatibilities.h"

namespace {

using namespace akida;

struct Options {
  std::string model;
  std::string hardware = "all";
  bool json = false;
};

void add_options(cli::CommandLine& line, Options& options) {
  std::vector<std::string> names = {"all"};
  std::string help = "Version to check against: all (every one must hold)";
  for (const hw::HardwareVersion& version : hw::hardware_versions()) {
    names.push_back(version.name);
    help += ", " + version.name + " (" + version.description + ")";
  }
  cli::add_model(line, options.model);
  line.add_option("--hw", options.hardware, help).one_of(names).show_default();
  cli::add_json(line, options.json);
}

void print_json(const Options& options, const std::vector<hw::Finding>& findings) {
  nlohmann::ordered_json report = cli::make_report("hardware-check");
  report["model"] = cli::base_name(options.model);
  report["hardware"] = options.hardware;
  report["compatible"] = findings.empty();
  report["findings"] = nlohmann::ordered_json::array();
  for (const hw::Finding& finding : findings) {
    nlohmann::ordered_json entry;
    entry["layer"] = finding.layer_name;
    entry["index"] = finding.layer;
    entry["rule"] = finding.rule;
    entry["value"] = finding.value;
    entry["allowed"] = finding.allowed;
    entry["hardware"] = finding.hardware;
    report["findings"].push_back(std::move(entry));
  }
  cli::print_report(report);
}

int run(const Options& options) {
  const std::vector<hw::Finding> findings =
      hw::incompatibilities(codec::load_model(options.model), options.hardware);
  if (options.json) {
    print_json(options, findings);
  } else {
    for (const hw::Finding& finding : findings) cli::print(hw::to_string(finding) + "\n");
  }
  return findings.empty() ? cli::kOk : cli::kNo;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return cli::tool_main({.name = "akida-check-hw",
                         .purpose = "Say what of a network a hardware version cannot run.",
                         .examples = "akida-check-hw model.fbz\n"
                                     "akida-check-hw --hw v2 --json model.fbz\n",
                         .add_options = [&](cli::CommandLine& line) { add_options(line, options); },
                         .run = [&] { return run(options); }},
                        argc, argv);
}
