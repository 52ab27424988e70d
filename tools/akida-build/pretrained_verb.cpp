// pretrained: the trained models of the zoo, from folders, the cache or a mirror.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include "akida-build/build_verbs.h"
#include "codec/model_file.h"
#include "zoo/weights_store.h"

namespace akida::build {
namespace {

struct PretrainedOptions {
  std::string name;
  std::optional<double> alpha;
  Target target;
};

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The parts between colons that are not empty.
std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    if (end > begin) parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string cache_folder() {
  const std::string base = environment("XDG_CACHE_HOME");
  if (!base.empty()) return base + "/akida";
  return environment("HOME") + "/.cache/akida";
}

int run_pretrained(const PretrainedOptions& options) {
  check(options.target);
  const zoo::PretrainedModel& entry = zoo::find_pretrained(options.name, options.alpha);
  const std::string path =
      zoo::find_weights(entry, {.folders = split_path(environment("AKIDA_ZOO_PATH")),
                                .cache = cache_folder(),
                                .mirror = environment("AKIDA_ZOO_MIRROR")});
  codec::AnyModel model = codec::load_any_model(path);
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
              [options](CLI::App& app) {
                app.add_option("NAME", options->name, "Model, as 'list --pretrained' prints it")
                    ->required()
                    ->type_name("");
                app.add_option("--alpha", options->alpha,
                               "Width of a MobileNet: 1 (the default), 0.5 or 0.25")
                    ->type_name("X");
                add_target(app, options->target);
              },
          .run = [options] { return run_pretrained(*options); },
          .verbs = {}};
}

}  // namespace akida::build
