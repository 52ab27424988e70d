// compile and add-classes: edge learning of the last layer.
#include <array>
#include <memory>

#include "akida-build/build_verbs.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "common/shared_options.h"
#include "engine/learning.h"

namespace akida::build {
namespace {

struct CompileOptions {
  std::string model;
  engine::CompileOptions learning;
  std::string rule = "relative";
  Target target;
};

// The options that differ from their defaults.
std::vector<std::string> words_of(const engine::CompileOptions& options) {
  const engine::CompileOptions defaults;
  std::vector<std::string> words;
  const auto add = [&](const char* name, auto value, auto fallback) {
    if (value != fallback) words.insert(words.end(), {name, fmt::format("{}", value)});
  };
  add("--num-weights", options.num_weights, 0);
  add("--num-classes", options.num_classes, defaults.num_classes);
  add("--initial-plasticity", options.initial_plasticity, defaults.initial_plasticity);
  add("--learning-competition", options.learning_competition, defaults.learning_competition);
  add("--min-plasticity", options.min_plasticity, defaults.min_plasticity);
  add("--plasticity-decay", options.plasticity_decay, defaults.plasticity_decay);
  if (options.rule != defaults.rule) words.insert(words.end(), {"--rule", "plain"});
  add("--seed", options.seed, defaults.seed);
  return words;
}

int run_compile(const CompileOptions& given) {
  check(given.target);
  engine::CompileOptions options = given.learning;
  options.rule = given.rule == "plain" ? snn::LearningRule::kPlain : snn::LearningRule::kRelative;
  snn::Model model = codec::load_model(given.model);
  in_context(given.model, [&] { engine::compile(model, options); });
  save(model, given.target, {.options = words_of(options), .inputs = {}});
  return cli::kOk;
}

void add_compile_options(cli::CommandLine& line, CompileOptions& options) {
  engine::CompileOptions& learning = options.learning;
  cli::add_model(line, options.model);
  line.add_option("--num-weights", learning.num_weights,
                  "Connections (ones) of every neuron, at most half of those available")
      .required()
      .type_name("N");
  line.add_option("--num-classes", learning.num_classes, "Classes; must divide the neurons")
      .show_default()
      .type_name("N");
  const auto add_share = [&](const char* name, double& value, const char* help) {
    line.add_option(name, value, help).range(0.0, 1.0).show_default().type_name("X");
  };
  add_share("--initial-plasticity", learning.initial_plasticity,
            "How much of a neuron its first learning changes, 0 to 1");
  add_share("--learning-competition", learning.learning_competition,
            "How much learned neurons keep others from learning the same, 0 to 1");
  add_share("--min-plasticity", learning.min_plasticity, "Plasticity never falls below it, 0 to 1");
  add_share("--plasticity-decay", learning.plasticity_decay,
            "Fall of the plasticity per learning, relative to the initial one, 0 to 1");
  line.add_option("--rule", options.rule,
                  "How a neuron's memory is compared: relative to the size of the sample, or plain")
      .one_of(std::array{"relative", "plain"})
      .show_default()
      .type_name("NAME");
  cli::add_seed(line, learning.seed).description("Seed of the initial weights and of all learning");
  add_target(line, options.target);
}

struct AddClassesOptions {
  std::string model;
  std::int32_t classes = 0;
  Target target;
};

int run_add_classes(const AddClassesOptions& options) {
  check(options.target);
  snn::Model model = codec::load_model(options.model);
  in_context(options.model, [&] { engine::add_classes(model, options.classes); });
  save(model, options.target, {.options = {std::to_string(options.classes)}, .inputs = {}});
  return cli::kOk;
}

}  // namespace

cli::Command compile_command() {
  auto options = std::make_shared<CompileOptions>();
  return {.name = "compile",
          .purpose = "Prepare the last layer for edge learning.",
          .examples =
              "akida-build compile --num-weights 500 --num-classes 10 -o learner.fbz "
              "model.fbz\n",
          .add_options = [options](cli::CommandLine& line) { add_compile_options(line, *options); },
          .run = [options] { return run_compile(*options); },
          .verbs = {}};
}

cli::Command add_classes_command() {
  auto options = std::make_shared<AddClassesOptions>();
  return {.name = "add-classes",
          .purpose = "Append the neurons of further classes to a layer that learns.",
          .examples = "akida-build add-classes -o more.fbz learner.fbz 3\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_model(line, options->model);
                line.add_option("CLASSES", options->classes, "Number of classes to add")
                    .required()
                    .range(1, snn::kMaxDimension)
                    .type_name("");
                add_target(line, options->target);
              },
          .run = [options] { return run_add_classes(*options); },
          .verbs = {}};
}

}  // namespace akida::build
