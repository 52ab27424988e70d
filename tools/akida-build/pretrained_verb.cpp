// pretrained: the trained models of the zoo, from folders, the cache or a mirror.
#include <memory>
#include <optional>

#include "akida-build/build_verbs.h"
#include "akida-build/pretrained_file.h"
#include "codec/model_file.h"
#include "zoo/pretrained.h"

namespace akida::build {
namespace {

struct PretrainedOptions {
  std::string name;
  std::optional<double> alpha;
  Target target;
};

int run_pretrained(const PretrainedOptions& options) {
  check(options.target);
  const zoo::PretrainedModel& entry = zoo::find_pretrained(options.name, options.alpha);
  codec::AnyModel model = codec::load_any_model(find_pretrained_file(entry));
  zoo::complete_info(entry, model);
  cli::HistoryWords words{.options = {entry.name}, .inputs = {}};
  if (options.alpha) {
    words.options.insert(words.options.end(), {"--alpha", fmt::format("{}", *options.alpha)});
  }
  save(model, options.target, words);
  return cli::kOk;
}

}  // namespace

cli::Command pretrained_command() {
  auto options = std::make_shared<PretrainedOptions>();
  return {.name = "pretrained",
          .purpose = "Get a trained model of the zoo.",
          .examples =
              "AKIDA_ZOO_PATH=models akida-build pretrained gxnor_mnist -o gxnor.fbz\n"
              "akida-build list --pretrained\n",
          .add_options =
              [options](cli::CommandLine& line) {
                line.add_option("NAME", options->name, "Model, as 'list --pretrained' prints it")
                    .required()
                    .type_name("");
                line.add_option("--alpha", options->alpha,
                                "Width of a MobileNet: 1 (the default), 0.5 or 0.25")
                    .type_name("X");
                add_target(line, options->target);
              },
          .run = [options] { return run_pretrained(*options); },
          .verbs = {}};
}

}  // namespace akida::build
