// zoo: the documented architectures, one verb for each.
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "akida-build/build_verbs.h"
#include "akida-build/zoo_options.h"
#include "base/error.h"
#include "common/number_list.h"
#include "common/shared_options.h"
#include "zoo/registry.h"

namespace akida::build {
namespace {

struct ZooOptions {
  zoo::ArgumentValues values;
  std::string definition;  // empty: the architecture's default
  std::string anchors;     // of detectors; empty: none
  std::uint64_t seed = 0;
  Target target;
};

// What changes the content, in the order of the API.
std::vector<std::string> words_of(const zoo::Architecture& architecture,
                                  const ZooOptions& options) {
  std::vector<std::string> words;
  for (const zoo::Argument& argument : architecture.arguments) {
    const auto found = options.values.find(argument.name);
    if (found == options.values.end()) continue;
    const bool is_path = argument.type == zoo::ArgumentType::kModel;
    words.push_back(option_of(argument));
    words.push_back(is_path ? cli::base_name(found->second) : found->second);
  }
  if (!options.anchors.empty()) words.insert(words.end(), {"--anchors", options.anchors});
  if (!options.definition.empty()) {
    words.insert(words.end(), {"--definition", options.definition});
  }
  if (options.seed != 0) words.insert(words.end(), {"--seed", std::to_string(options.seed)});
  return words;
}

constexpr const char* kAnchorCount = "nb_box";

// Of the options that were given; anchors say how many there are.
ZooOptions with_anchor_count(ZooOptions options, std::size_t count) {
  const std::string text = std::to_string(count);
  const auto [given, is_new] = options.values.emplace(kAnchorCount, text);
  if (!is_new && given->second != text) {
    fail(ErrorKind::kUsage, "--anchors: there are {}, --nb-box says {}", count, given->second);
  }
  return options;
}

int run_zoo(const zoo::Architecture& architecture, ZooOptions options) {
  check(options.target);
  std::vector<float> anchors;
  if (!options.anchors.empty()) {
    anchors = cli::parse_anchors("--anchors", options.anchors);
    options = with_anchor_count(std::move(options), anchors.size() / 2);
  }
  const zoo::Definition definition = options.definition.empty()
                                         ? architecture.definitions.front()
                                         : zoo::find_definition(architecture, options.definition);
  codec::AnyModel model =
      zoo::build_architecture(architecture, definition, options.values, options.seed);
  std::visit([&](auto& network) { network.info.anchors = std::move(anchors); }, model);
  save(model, options.target, {.options = words_of(architecture, options), .inputs = {}});
  return cli::kOk;
}

void add_definition(cli::CommandLine& line, const zoo::Architecture& architecture,
                    std::string& definition) {
  std::vector<std::string> names;
  for (const zoo::Definition known : architecture.definitions) {
    names.emplace_back(zoo::name_of(known));
  }
  line.add_option("--definition", definition,
                  fmt::format("Version of the definition: {}", fmt::join(names, ", ")))
      .one_of(names)
      .show_default(names.front())
      .type_name("NAME");
}

bool is_detector(const zoo::Architecture& architecture) {
  return std::ranges::find(architecture.arguments, kAnchorCount, &zoo::Argument::name) !=
         architecture.arguments.end();
}

cli::Command architecture_command(const zoo::Architecture& architecture) {
  auto options = std::make_shared<ZooOptions>();
  return {.name = architecture.name,
          .purpose = architecture.purpose + ".",
          .examples = {},
          .add_options =
              [options, &architecture](cli::CommandLine& line) {
                for (const zoo::Argument& argument : architecture.arguments) {
                  add_argument(line, argument, options->values);
                }
                if (is_detector(architecture)) {
                  line.add_option("--anchors", options->anchors,
                                  "Anchors in grid cells, as akida-score anchors finds them; "
                                  "training needs them")
                      .type_name("W,H[,W,H...]");
                }
                add_definition(line, architecture, options->definition);
                cli::add_seed(line, options->seed).description("Seed of the initial weights");
                add_target(line, options->target);
              },
          .run = [options, &architecture] { return run_zoo(architecture, *options); },
          .verbs = {}};
}

}  // namespace

std::string option_of(const zoo::Argument& argument) {
  std::string option = "--" + argument.name;
  std::ranges::replace(option, '_', '-');
  return option;
}

void add_argument(cli::CommandLine& line, const zoo::Argument& argument,
                  zoo::ArgumentValues& values) {
  cli::Option option = line.add_option_function(
      option_of(argument),
      [&values, name = argument.name](const std::string& text) { values[name] = text; },
      fmt::format("{}: {}", argument.help, zoo::valid_values(argument)));
  option.type_name("VALUE").show_default(argument.default_value);
  if (argument.is_required) option.required();
}

cli::Command zoo_command() {
  std::vector<cli::Command> verbs;
  for (const zoo::Architecture& architecture : zoo::architectures()) {
    verbs.push_back(architecture_command(architecture));
  }
  return {.name = "zoo",
          .purpose = "Make a network of a documented architecture.",
          .examples =
              "akida-build zoo ds_cnn_kws --classes 12 -o kws.fbz\n"
              "akida-build zoo yolo_base --help\n",
          .add_options = {},
          .run = {},
          .verbs = std::move(verbs)};
}

}  // namespace akida::build
