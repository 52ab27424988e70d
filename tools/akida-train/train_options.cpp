#include "akida-train/train_options.h"

#include <algorithm>
#include <span>

#include "akida-train/augment_text.h"
#include "base/error.h"
#include "common/shared_options.h"

namespace akida::train {
namespace {

constexpr double kAdamRate = 1e-3, kSgdRate = 1e-2;

// An option whose value is a name of one of the library's tables; `value` gets its type.
template <typename Name, typename Type>
cli::Option add_choice(cli::CommandLine& line, const std::string& option,
                       std::span<const Name> table, Type& value, const std::string& help) {
  std::vector<std::string> names;
  for (const Name& entry : table) names.emplace_back(entry.name);
  const auto choose = [table, &value](const std::string& name) {
    value = std::find_if(table.begin(), table.end(), [&](const Name& entry) {
              return name == entry.name;
            })->type;
  };
  return line.add_option_function(option, choose, help).one_of(names).type_name("NAME");
}

std::string names_of_losses() {
  std::string text;
  for (const nn::LossName& loss : nn::loss_names()) {
    if (!text.empty()) text += ", ";
    text += loss.name;
  }
  return text;
}

std::string check_positive(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const bool number = !text.empty() && *end == '\0';
  return number && value > 0 && value < 1e30 ? "" : text + " is not a number above 0";
}

cli::Option add_count(cli::CommandLine& line, const std::string& option, std::uint32_t& value,
                      std::uint32_t most, const std::string& help) {
  return line.add_option(option, value, help).range(1U, most).show_default().type_name("N");
}

void add_sample_options(cli::CommandLine& line, TrainOptions& options) {
  cli::Option file = line.add_option("--validation", options.validation,
                                     "Stream of samples to validate with after every epoch");
  file.type_name("FILE");
  line.add_option("--validation-split", options.validation_share,
                  "Share of the training samples, chosen by the seed, to validate with instead")
      .range(0.0, 1.0)
      .excludes(file)
      .type_name("X");
  cli::Option every = line.add_option("--map-every", options.map_every,
                                      "Measure a detector's mean average precision on the "
                                      "validation samples every N epochs");
  every.range(1U, nn::kMaxEpochs).type_name("N");
  line.add_option("--map-threshold", options.map_threshold,
                  "Objectness above which boxes count for it")
      .range(0.0, 1.0)
      .needs(every)
      .show_default()
      .type_name("X");
  line.add_option("--map-nms-threshold", options.map_nms_threshold,
                  "IoU with a better box of its class that drops a box for it")
      .range(0.0, 1.0)
      .needs(every)
      .show_default()
      .type_name("X");
  line.add_option("--map-max-boxes", options.map_max_boxes,
                  "Best boxes of an image that count for it")
      .range(1U, 65536U)
      .needs(every)
      .show_default()
      .type_name("N");
  line.add_option_function(
          "--augment",
          [&options](const std::string& text) {
            options.training.augmentation = parse_augmentation(text);
          },
          "Change training samples at random: flip, shift=X, crop=X, brightness=X, noise=X, "
          "separated by commas")
      .type_name("LIST");
}

void add_optimizer_options(cli::CommandLine& line, TrainOptions& options) {
  nn::TrainingOptions& training = options.training;
  cli::Option optimizer =
      add_choice(line, "--optimizer", nn::optimizer_names(), training.optimizer.type,
                 "Optimizer: adam (the default) or sgd");
  line.add_option("--momentum", training.optimizer.momentum, "Momentum of sgd")
      .range(0.0, 1.0)
      .needs(optimizer)
      .show_default()
      .type_name("X");
  line.add_option("--learning-rate", options.learning_rate,
                  "Highest learning rate; default 0.001 with adam, 0.01 with sgd")
      .check(check_positive)
      .type_name("X");
  cli::Option schedule =
      add_choice(line, "--schedule", nn::schedule_names(), training.schedule.type,
                 "Course of the learning rate: constant (the default), step, exponential, cosine, "
                 "one-cycle or triangular");
  line.add_option("--final-learning-rate", training.schedule.final_rate,
                  "Lowest learning rate of the schedule")
      .check(check_positive)
      .needs(schedule)
      .type_name("X");
  line.add_option("--schedule-epochs", training.schedule.period,
                  "Epochs of one step, or of one side of a triangle")
      .range(1U, nn::kMaxEpochs)
      .needs(schedule)
      .type_name("N");
  line.add_option("--schedule-factor", training.schedule.factor, "Factor of schedule step")
      .check(check_positive)
      .needs(schedule)
      .show_default()
      .type_name("X");
}

void add_network_options(cli::CommandLine& line, TrainOptions& options) {
  line.add_option("--freeze-before", options.training.freeze_before,
                  "Keep the variables of all layers before this one")
      .type_name("LAYER");
  line.add_option("--min-gamma", options.min_gamma,
                  "Keep the gamma of every batch normalization at or above this value")
      .check(check_positive)
      .type_name("X");
  nn::Distillation& distillation = options.training.distillation;
  cli::Option teacher = line.add_option("--teacher", options.teacher,
                                        "Model to learn from as well (knowledge distillation)");
  teacher.type_name("MODEL");
  line.add_option("--temperature", distillation.temperature,
                  "Temperature that softens the outputs of teacher and student")
      .check(check_positive)
      .needs(teacher)
      .show_default()
      .type_name("X");
  line.add_option("--alpha", distillation.alpha, "Weight of the labels beside the teacher, 0 to 1")
      .range(0.0, 1.0)
      .needs(teacher)
      .show_default()
      .type_name("X");
}

void add_file_options(cli::CommandLine& line, TrainOptions& options) {
  cli::Option checkpoint =
      line.add_option("--checkpoint", options.checkpoint,
                      "File to keep the state of the training in, replaced after every epoch");
  checkpoint.type_name("FILE");
  line.add_flag("--resume", options.resume, "Go on from the checkpoint, if there is one")
      .needs(checkpoint);
  line.add_option("--log", options.log, "File for one JSON object per epoch").type_name("FILE");
}

}  // namespace

void add_train_options(cli::CommandLine& line, TrainOptions& options) {
  cli::add_model(line, options.model);
  cli::add_input(line, options.data, "TRAIN")
      .description("Stream of labelled samples, '-' for standard input");
  nn::TrainingOptions& training = options.training;
  add_count(line, "--epochs", training.epochs, nn::kMaxEpochs, "Times to go through the samples");
  add_count(line, "--batch", training.batch_size, nn::kMaxBatchSize, "Samples of one step");
  std::vector<std::string> losses;
  for (const nn::LossName& loss : nn::loss_names()) losses.emplace_back(loss.name);
  line.add_option("--loss", options.loss,
                  "Loss: " + names_of_losses() + "; the default is that of the labels")
      .one_of(losses)
      .type_name("NAME");
  add_optimizer_options(line, options);
  add_sample_options(line, options);
  line.add_option("--early-stopping", training.patience,
                  "Stop after N epochs without a lower loss, and keep the best network")
      .range(1U, nn::kMaxEpochs)
      .type_name("N");
  add_network_options(line, options);
  add_file_options(line, options);
  cli::add_seed(line, training.seed);
  cli::add_output(line, options.output).description("Model to write, '-' for standard output");
  cli::add_jobs(line, training.jobs);
  cli::add_progress(line, options.progress);
  cli::add_no_history(line, options.no_history);
}

namespace {

// Options of optimizers and schedules that are not those chosen: nothing would come of them.
void check_choices(const nn::TrainingOptions& given) {
  const nn::TrainingOptions plain;
  using enum nn::ScheduleType;
  const nn::ScheduleType schedule = given.schedule.type;
  const auto refuse = [](const char* option, const char* owner, std::string_view chosen) {
    fail(ErrorKind::kUsage, "{} belongs to {}, this is {}", option, owner, chosen);
  };
  if (given.optimizer.momentum != plain.optimizer.momentum &&
      given.optimizer.type != nn::OptimizerType::kSgd) {
    refuse("--momentum", "--optimizer sgd", name_of(given.optimizer.type));
  }
  if (given.schedule.factor != plain.schedule.factor && schedule != kStep) {
    refuse("--schedule-factor", "--schedule step", name_of(schedule));
  }
  if (given.schedule.period && schedule != kStep && schedule != kTriangular) {
    refuse("--schedule-epochs", "--schedule step and triangular", name_of(schedule));
  }
  if (given.schedule.final_rate && (schedule == kConstant || schedule == kStep)) {
    refuse("--final-learning-rate", "schedules with a lowest rate", name_of(schedule));
  }
}

}  // namespace

void check(const TrainOptions& options) {
  check_choices(options.training);
  cli::require_one_standard_input(
      {options.model, options.data, options.validation, options.teacher});
  if (options.map_every > 0 && options.validation.empty() && options.validation_share == 0) {
    fail(ErrorKind::kUsage, "--map-every needs --validation or --validation-split");
  }
  cli::require_no_terminal(options.output);
  cli::require_separate_outputs({options.output, options.checkpoint, options.log},
                                {options.data, options.validation, options.teacher});
  // The model may be replaced by what it has become, by nothing else.
  cli::require_separate_outputs({options.checkpoint, options.log}, {options.model});
  if (options.checkpoint == "-") {
    fail(ErrorKind::kUsage, "--checkpoint: a checkpoint cannot be standard output");
  }
}

double learning_rate_of(const TrainOptions& options) {
  const bool adam = options.training.optimizer.type == nn::OptimizerType::kAdam;
  return options.learning_rate.value_or(adam ? kAdamRate : kSgdRate);
}

std::vector<std::string> words_of(const TrainOptions& options) {
  const TrainOptions defaults;
  const nn::TrainingOptions& given = options.training;
  const nn::TrainingOptions& plain = defaults.training;
  std::vector<std::string> words;
  const auto add = [&](const char* name, const auto& value, const auto& fallback) {
    if (value != fallback) words.insert(words.end(), {name, fmt::format("{}", value)});
  };
  const auto add_optional = [&](const char* name, const auto& value) {
    if (value) words.insert(words.end(), {name, fmt::format("{}", *value)});
  };
  words.insert(words.end(), {"--epochs", std::to_string(given.epochs)});
  add("--batch", given.batch_size, plain.batch_size);
  add("--loss", options.loss, std::string());
  add("--optimizer", name_of(given.optimizer.type), name_of(plain.optimizer.type));
  add("--momentum", given.optimizer.momentum, plain.optimizer.momentum);
  add_optional("--learning-rate", options.learning_rate);
  add("--schedule", name_of(given.schedule.type), name_of(plain.schedule.type));
  add_optional("--final-learning-rate", given.schedule.final_rate);
  add_optional("--schedule-epochs", given.schedule.period);
  add("--schedule-factor", given.schedule.factor, plain.schedule.factor);
  add("--validation", cli::base_name(options.validation), std::string());
  add("--validation-split", options.validation_share, 0.0);
  add("--augment", to_text(given.augmentation), std::string());
  add_optional("--early-stopping", given.patience);
  add("--freeze-before", given.freeze_before, std::string());
  add_optional("--min-gamma", options.min_gamma);
  add("--teacher", cli::base_name(options.teacher), std::string());
  add("--temperature", given.distillation.temperature, plain.distillation.temperature);
  add("--alpha", given.distillation.alpha, plain.distillation.alpha);
  add("--seed", given.seed, plain.seed);
  return words;
}

}  // namespace akida::train
