// list: what zoo can make and pretrained knows.
#include <fmt/ranges.h>

#include <memory>

#include "akida-build/build_verbs.h"
#include "akida-build/zoo_options.h"
#include "common/report.h"
#include "common/sample_json.h"
#include "common/shared_options.h"
#include "common/text_table.h"
#include "zoo/pretrained.h"
#include "zoo/registry.h"

namespace akida::build {
namespace {

using nlohmann::ordered_json;

struct ListOptions {
  std::string name;  // empty: all architectures
  bool pretrained = false;
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

// "mobilenet_imagenet --alpha 0.5": what pretrained takes.
std::string words_of(const zoo::PretrainedModel& model) {
  return model.alpha ? fmt::format("{} --alpha {}", model.name, *model.alpha) : model.name;
}

std::string pretrained_text() {
  cli::TextTable table("Trained models", {"Model", "Status", "Data", "Bits", "Published"});
  for (const zoo::PretrainedModel& model : zoo::pretrained_models()) {
    table.add_row(
        {words_of(model), zoo::name_of(model.status), model.data, model.bits, model.accuracy});
  }
  return table.text();
}

// Null for what is not known.
ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json pretrained_json(const zoo::PretrainedModel& model) {
  ordered_json anchors = ordered_json::array();
  for (float value : model.anchors) anchors.push_back(cli::float_json(value));
  ordered_json entry = {{"name", model.name},
                        {"alpha", nullptr},
                        {"status", zoo::name_of(model.status)},
                        {"architecture", model.architecture},
                        {"arguments", model.arguments},
                        {"data", model.data},
                        {"bits", model.bits},
                        {"published", model.accuracy},
                        {"source", model.source},
                        {"source_sha256", text_or_null(model.source_sha256)},
                        {"file", model.file},
                        {"sha256", text_or_null(model.sha256)},
                        {"input_scaling", {model.scaling_a, model.scaling_b}},
                        {"class_names", model.class_names},
                        {"anchors", std::move(anchors)},
                        {"advice", zoo::advice(model)}};
  if (model.alpha) entry["alpha"] = *model.alpha;
  return entry;
}

int list_pretrained(bool json) {
  if (!json) {
    cli::print(pretrained_text());
    return cli::kOk;
  }
  ordered_json report = cli::make_report("pretrained");
  report["models"] = ordered_json::array();
  for (const zoo::PretrainedModel& model : zoo::pretrained_models()) {
    report["models"].push_back(pretrained_json(model));
  }
  cli::print_report(report);
  return cli::kOk;
}

int run_list(const ListOptions& options) {
  if (options.pretrained) return list_pretrained(options.json);
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
              "akida-build list mobilenet_imagenet\n"
              "akida-build list --pretrained\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::Option name =
                    line.add_option("NAME", options->name, "Architecture whose arguments to print");
                name.type_name("");
                line.add_flag("--pretrained", options->pretrained,
                              "Print the trained models that pretrained knows instead")
                    .excludes(name);
                cli::add_json(line, options->json);
              },
          .run = [options] { return run_list(*options); },
          .verbs = {}};
}

}  // namespace akida::build
