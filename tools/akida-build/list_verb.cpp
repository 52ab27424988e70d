// list: what zoo can make.
#include <fmt/ranges.h>

#include <memory>

#include "akida-build/build_verbs.h"
#include "akida-build/zoo_options.h"
#include "common/report.h"
#include "common/shared_options.h"
#include "common/text_table.h"
#include "zoo/registry.h"

namespace akida::build {
namespace {

using nlohmann::ordered_json;

struct ListOptions {
  std::string name;  // empty: all architectures
  bool json = false;
};

std::vector<std::string> definition_names(const zoo::Architecture& architecture) {
  std::vector<std::string> names;
  for (const zoo::Definition definition : architecture.definitions) {
    names.emplace_back(zoo::name_of(definition));
  }
  return names;
}

// What `argument` is where it is not given.
std::string default_text(const zoo::Argument& argument) {
  if (argument.is_required) return "required";
  return argument.default_value.empty() ? "none" : argument.default_value;
}

std::string architectures_text() {
  cli::TextTable table("Architectures", {"Name", "Definitions", "Network"});
  for (const zoo::Architecture& architecture : zoo::architectures()) {
    table.add_row({architecture.name,
                   fmt::format("{}", fmt::join(definition_names(architecture), ", ")),
                   architecture.purpose});
  }
  return table.text();
}

std::string architecture_text(const zoo::Architecture& architecture) {
  std::string text =
      fmt::format("{}: {}\nDefinitions: {}\n", architecture.name, architecture.purpose,
                  fmt::join(definition_names(architecture), ", "));
  if (architecture.arguments.empty()) return text + "No arguments\n";
  cli::TextTable table("", {"Argument", "Default", "Values", "Meaning"});
  for (const zoo::Argument& argument : architecture.arguments) {
    table.add_row(
        {option_of(argument), default_text(argument), zoo::valid_values(argument), argument.help});
  }
  return text + table.text();
}

ordered_json architecture_json(const zoo::Architecture& architecture) {
  ordered_json arguments = ordered_json::array();
  for (const zoo::Argument& argument : architecture.arguments) {
    ordered_json entry = {{"name", argument.name},
                          {"option", option_of(argument)},
                          {"type", zoo::name_of(argument.type)},
                          {"required", argument.is_required},
                          {"default", argument.default_value},
                          {"values", zoo::valid_values(argument)},
                          {"meaning", argument.help}};
    if (argument.default_value.empty()) entry["default"] = nullptr;
    arguments.push_back(std::move(entry));
  }
  return {{"name", architecture.name},
          {"purpose", architecture.purpose},
          {"definitions", definition_names(architecture)},
          {"arguments", std::move(arguments)}};
}

int run_list(const ListOptions& options) {
  const zoo::Architecture* one =
      options.name.empty() ? nullptr : &zoo::find_architecture(options.name);
  if (!options.json) {
    cli::print(one == nullptr ? architectures_text() : architecture_text(*one));
    return cli::kOk;
  }
  ordered_json report = cli::make_report("list");
  report["architectures"] = ordered_json::array();
  for (const zoo::Architecture& architecture : zoo::architectures()) {
    if (one != nullptr && one != &architecture) continue;
    report["architectures"].push_back(architecture_json(architecture));
  }
  cli::print_report(report);
  return cli::kOk;
}

}  // namespace

cli::Command list_command() {
  auto options = std::make_shared<ListOptions>();
  return {.name = "list",
          .purpose = "Print the architectures that zoo makes, or the arguments of one.",
          .examples =
              "akida-build list\n"
              "akida-build list mobilenet_imagenet\n",
          .add_options =
              [options](CLI::App& app) {
                app.add_option("NAME", options->name, "Architecture whose arguments to print")
                    ->type_name("");
                cli::add_json(app, options->json);
              },
          .run = [options] { return run_list(*options); },
          .verbs = {}};
}

}  // namespace akida::build
