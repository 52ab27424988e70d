#include "akida-train/train_run.h"

#include <spdlog/spdlog.h>

#include <filesystem>

#include "akida-train/epoch_report.h"
#include "akida-train/map_measure.h"
#include "akida-train/train_inputs.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "common/command.h"
#include "common/history.h"
#include "common/progress.h"
#include "nn/checkpoint.h"

namespace akida::train {
namespace {

using Settings = std::map<std::string, std::string>;

nn::LossType loss_of(const TrainOptions& options, const cnn::Network& network,
                     const nn::SampleSet& samples) {
  for (const nn::LossName& loss : nn::loss_names()) {
    if (options.loss == loss.name) return loss.type;
  }
  return in_context(samples.name(),
                    [&] { return nn::default_loss(samples.header(), network.output_shape()); });
}

std::string checksum_of(const cnn::Network& network) {
  const auto bytes = codec::encode_model(network, codec::ModelFormat::kPlain);
  return fmt::format("checksum {:#010x}", crc32c(bytes));
}

// Everything that shapes the result: a checkpoint of other settings is not resumed.
Settings settings_of(const TrainOptions& options, const cnn::Network& network,
                     const cnn::Network* teacher, const TrainData& data) {
  Settings settings = {{"model", checksum_of(network)},
                       {"samples", data.fingerprint()},
                       {"version", std::string(cli::version())}};
  if (teacher != nullptr) settings["teacher"] = checksum_of(*teacher);
  const std::vector<std::string> words = words_of(options);
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) settings[words[i]] = words[i + 1];
  return settings;
}

void resume(nn::Training& training, const TrainOptions& options, const Settings& settings) {
  if (!options.resume || !std::filesystem::exists(options.checkpoint)) return;
  nn::Checkpoint checkpoint = nn::load_checkpoint(options.checkpoint);
  in_context(options.checkpoint, [&] {
    nn::require_settings(checkpoint, settings);
    training.restore(std::move(checkpoint.state));
  });
  spdlog::info("{}: going on after epoch {}", options.checkpoint, training.state().epochs.size());
}

void run_epochs(nn::Training& training, const TrainOptions& options, const TrainData& data,
                const Settings& settings) {
  EpochLog log(options.log, training.state().epochs, training.metric());
  const std::uint64_t samples = data.training().size();
  cli::Progress progress(options.progress, "samples");
  while (!training.finished()) {
    const std::uint64_t before = training.state().epochs.size() * samples;
    const auto on_step = [&](const nn::Training::Progress& step) {
      const std::uint64_t done = before + step.samples;
      progress.update(
          done, static_cast<double>(done) / static_cast<double>(samples * options.training.epochs));
    };
    const nn::EpochRecord record = training.run_epoch(on_step);
    const std::size_t epoch = training.state().epochs.size();
    spdlog::info(
        "{}", to_text(epoch, record, training.metric(), data.training_set().header().class_names));
    log.add(epoch, record);
    if (!options.checkpoint.empty()) {
      nn::save_checkpoint({settings, training.state()}, options.checkpoint);
    }
  }
}

}  // namespace

void train(const TrainOptions& options) {
  cnn::Network network = load_student(options);
  std::optional<cnn::Network> teacher;
  if (!options.teacher.empty()) teacher = codec::load_network(options.teacher);
  const TrainData data(options);
  adopt_class_names(network, options, data.training_set().header());
  nn::TrainingOptions how = options.training;
  how.loss = loss_of(options, network, data.training_set());
  how.schedule.rate = learning_rate_of(options);
  how.distillation.teacher = teacher ? &*teacher : nullptr;
  if (options.map_every > 0) how.validation_measure = map_measure(options, data.validation());
  const Settings settings = settings_of(options, network, how.distillation.teacher, data);
  nn::Training training(network, how, data.training(), data.validation());
  resume(training, options, settings);
  run_epochs(training, options, data, settings);

  cnn::Network result = training.result();
  cli::record_history(result.info, {.options = words_of(options), .inputs = {options.data}},
                      options.no_history);
  codec::save_model(result, options.output);
}

}  // namespace akida::train
