// new, add and pop: the layers of a model.
#include <memory>
#include <optional>

#include "akida-build/build_verbs.h"
#include "base/error.h"
#include "cnn/initializers.h"
#include "codec/architecture.h"
#include "codec/model_file.h"
#include "common/shared_options.h"
#include "snn/random_weights.h"

namespace akida::build {
namespace {

struct NewOptions {
  std::string architecture;
  std::optional<std::uint64_t> seed;
  Target target;
};

void initialize(snn::Model& model, std::uint64_t seed) { snn::randomize_zero_weights(model, seed); }

void initialize(cnn::Network& network, std::uint64_t seed) {
  cnn::initialize_zero_kernels(network, seed);
}

int run_new(const NewOptions& options) {
  check(options.target);
  codec::AnyModel model = codec::read_any_architecture(options.architecture);
  cli::HistoryWords words{.options = {}, .inputs = {options.architecture}};
  if (options.seed) {
    std::visit([&](auto& kind) { initialize(kind, *options.seed); }, model);
    words.options = {"--seed", std::to_string(*options.seed)};
  }
  save(model, options.target, words);
  return cli::kOk;
}

struct AddOptions {
  std::string model;
  std::string layer;
  Target target;
};

// A mapping written on the command line begins with its brace, a file's name does not.
bool is_inline(const std::string& layer) { return !layer.empty() && layer.front() == '{'; }

int run_add(const AddOptions& options) {
  cli::require_one_standard_input({options.model, options.layer});
  check(options.target);
  if (!is_inline(options.layer)) {
    cli::require_separate_outputs({options.target.output}, {options.layer});
  }
  codec::AnyModel model = codec::load_any_model(options.model);
  cli::HistoryWords words;
  if (is_inline(options.layer)) {
    in_context("LAYER", [&] { codec::append_layer(model, options.layer); });
    words.options = {options.layer};
  } else {
    codec::append_layer_file(model, options.layer);
    words.inputs = {options.layer};
  }
  save(model, options.target, words);
  return cli::kOk;
}

struct PopOptions {
  std::string model;
  Target target;
};

int run_pop(const PopOptions& options) {
  check(options.target);
  codec::AnyModel model = codec::load_any_model(options.model);
  const auto pop = [](auto& kind) {
    kind.pop_layer();
    if (kind.empty()) fail(ErrorKind::kInvalid, "the only layer cannot be removed");
  };
  in_context(options.model, [&] { std::visit(pop, model); });
  save(model, options.target, {});
  return cli::kOk;
}

}  // namespace

cli::Command new_command() {
  auto options = std::make_shared<NewOptions>();
  return {.name = "new",
          .purpose = "Make a model from an architecture file (YAML or JSON).",
          .examples = "akida-build new --seed 7 -o model.fbz architecture.yaml\n",
          .add_options =
              [options](cli::CommandLine& line) {
                line.add_option("ARCHITECTURE", options->architecture,
                                "Architecture file, '-' for standard input")
                    .required()
                    .type_name("");
                cli::add_seed(line, options->seed)
                    .description(
                        "Fill weights that are all zero with random ones of this seed; kernels of "
                        "Keras "
                        "layers as Keras does (Glorot)");
                add_target(line, options->target);
              },
          .run = [options] { return run_new(*options); },
          .verbs = {}};
}

cli::Command add_command() {
  auto options = std::make_shared<AddOptions>();
  return {.name = "add",
          .purpose = "Append a layer.",
          .examples =
              "akida-build add -o more.fbz model.fbz '{type: FullyConnected, "
              "num_neurons: 10}'\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_model(line, options->model);
                line.add_option(
                        "LAYER", options->layer,
                        "Mapping of an architecture file, '{type: ...}', or a file with one")
                    .required()
                    .type_name("");
                add_target(line, options->target);
              },
          .run = [options] { return run_add(*options); },
          .verbs = {}};
}

cli::Command pop_command() {
  auto options = std::make_shared<PopOptions>();
  return {.name = "pop",
          .purpose = "Remove the last layer.",
          .examples = "akida-build pop -o features.fbz model.fbz\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_model(line, options->model);
                add_target(line, options->target);
              },
          .run = [options] { return run_pop(*options); },
          .verbs = {}};
}

}  // namespace akida::build
