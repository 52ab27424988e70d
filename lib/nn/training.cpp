#include "nn/training.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "nn/batch_loader.h"
#include "nn/training_step.h"

namespace akida::nn {
namespace {

void require_range(const char* what, double value, double low, double high) {
  if (!(value >= low && value <= high)) {
    fail(ErrorKind::kInvalid, "{} {} is outside {}..{}", what, value, low, high);
  }
}

void validate(const TrainingOptions& options) {
  validate(options.augmentation);
  require_range("epochs", options.epochs, 1, kMaxEpochs);
  require_range("batch size", options.batch_size, 1, kMaxBatchSize);
  require_range("alpha", options.distillation.alpha, 0, 1);
  const double temperature = options.distillation.temperature;
  if (!(temperature > 0)) fail(ErrorKind::kInvalid, "temperature {} is not above 0", temperature);
  if (!(options.schedule.rate > 0)) {
    fail(ErrorKind::kInvalid, "learning rate {} is not above 0", options.schedule.rate);
  }
}

// Options that the samples have been checked with.
const TrainingOptions& checked(const TrainingOptions& options, const SampleSubset& training) {
  validate(options);
  if (training.size() == 0) fail(ErrorKind::kInvalid, "there are no samples to learn from");
  return options;
}

void require_same_layers(const cnn::Network& a, const cnn::Network& b) {
  bool same = a.layers().size() == b.layers().size();
  for (std::size_t i = 0; same && i < a.layers().size(); ++i) {
    same = a.layer(i).name == b.layer(i).name && a.layer(i).inbounds == b.layer(i).inbounds &&
           a.layer(i).parameters == b.layer(i).parameters;
  }
  if (!same) fail(ErrorKind::kInvalid, "the state belongs to a network of other layers");
}

// Adds up the scores of batches of different sizes.
class MeanScore {
 public:
  void add(const Score& score, std::size_t samples) {
    const auto weight = static_cast<double>(samples);
    sum_.loss += weight * score.loss;
    sum_.metric += weight * score.metric;
    samples_ += samples;
  }
  [[nodiscard]] std::size_t samples() const { return samples_; }
  [[nodiscard]] Score mean() const {
    const auto weight = static_cast<double>(samples_);
    return {sum_.loss / weight, sum_.metric / weight};
  }

 private:
  Score sum_;
  std::size_t samples_ = 0;
};

}  // namespace

class Training::Work {
 public:
  Work(cnn::Network network, const TrainingOptions& options, SampleSubset training,
       SampleSubset validation)
      : options_(checked(options, training)),
        training_(std::move(training)),
        validation_(std::move(validation)),
        step_(network, options, *training_.samples) {
    state_.network = std::move(network);
    const bool other_set = validation_.samples != training_.samples;
    if (validation_.size() > 0 && other_set) step_.check(*validation_.samples);
  }

  void restore(TrainingState state) {
    require_same_layers(state.network, state_.network);
    step_.restore(state.network, state.steps, state.optimizer_state);
    state_ = std::move(state);
  }

  const EpochRecord& run_epoch(const std::function<void(const Progress&)>& on_step) {
    EpochRecord record = train_epoch(on_step);
    if (validation_.size() > 0) {
      record.validation = validate_epoch();
      record.measured = measure_epoch();
    }
    finish_epoch(record);
    return state_.epochs.back();
  }

  [[nodiscard]] bool finished() const {
    const std::size_t done = state_.epochs.size();
    const bool stalled = options_.patience && done >= state_.best_epoch + *options_.patience;
    return done >= options_.epochs || (done > 0 && stalled);
  }

  [[nodiscard]] const cnn::Network& result() const {
    return state_.best ? *state_.best : state_.network;
  }
  [[nodiscard]] const TrainingState& state() const { return state_; }
  [[nodiscard]] MetricType metric() const { return step_.metric(); }

 private:
  EpochRecord train_epoch(const std::function<void(const Progress&)>& on_step);
  Score validate_epoch();
  [[nodiscard]] std::optional<Measured> measure_epoch() const;
  void finish_epoch(const EpochRecord& record);

  // Calls work(part) for consecutive parts of `indices` of one batch each.
  template <typename PartWork>
  void for_batches(std::span<const std::uint32_t> indices, const PartWork& work) const {
    for (std::size_t first = 0; first < indices.size(); first += options_.batch_size) {
      work(indices.subspan(first,
                           std::min<std::size_t>(options_.batch_size, indices.size() - first)));
    }
  }

  TrainingOptions options_;
  SampleSubset training_, validation_;
  TrainingStep step_;
  TrainingState state_;  // as of the last epoch's end
};

EpochRecord Training::Work::train_epoch(const std::function<void(const Progress&)>& on_step) {
  const auto epoch = static_cast<std::uint32_t>(state_.epochs.size());
  const std::vector<std::uint32_t> order = shuffled(training_.indices, options_.seed, epoch);
  TrainingPosition position{
      .step = step_.optimizer().steps(),
      .steps_per_epoch = (order.size() + options_.batch_size - 1) / options_.batch_size,
      .epochs = options_.epochs};
  const std::uint64_t first_step = position.step;
  EpochRecord record;
  MeanScore mean;
  try {
    for_batches(order, [&](std::span<const std::uint32_t> part) {
      const TrainingBatch batch =
          options_.augmentation.any()
              ? load_augmented_batch(*training_.samples, part, options_.augmentation, options_.seed,
                                     epoch, options_.jobs)
              : load_batch(*training_.samples, part, options_.jobs);
      record.learning_rate = learning_rate(options_.schedule, position);
      mean.add(step_.train(batch, record.learning_rate), part.size());
      ++position.step;
      if (on_step) on_step({mean.samples(), mean.mean()});
    });
    step_.require_finite();
  } catch (const Error& error) {
    throw error.with_context(
        fmt::format("epoch {}, step {}", epoch + 1, position.step - first_step + 1));
  }
  record.training = mean.mean();
  return record;
}

Score Training::Work::validate_epoch() {
  MeanScore mean;
  for_batches(validation_.indices, [&](std::span<const std::uint32_t> part) {
    mean.add(step_.score(load_batch(*validation_.samples, part, options_.jobs)), part.size());
  });
  return mean.mean();
}

std::optional<Measured> Training::Work::measure_epoch() const {
  const std::size_t epoch = state_.epochs.size() + 1;
  const ValidationMeasure& wanted = options_.validation_measure;
  if (wanted.every == 0) return {};
  if (epoch % wanted.every != 0 && epoch != options_.epochs) return {};
  cnn::Network network = state_.network;  // which remains that of the epoch before
  step_.copy_variables_to(network);
  return wanted.measure(network, validation_);
}

void Training::Work::finish_epoch(const EpochRecord& record) {
  step_.copy_variables_to(state_.network);
  state_.steps = step_.optimizer().steps();
  state_.optimizer_state = step_.optimizer().state();
  state_.epochs.push_back(record);
  if (!options_.patience) return;
  const bool better = state_.best_epoch == 0 ||
                      record.watched().loss < state_.epochs[state_.best_epoch - 1].watched().loss;
  if (!better) return;
  state_.best_epoch = static_cast<std::uint32_t>(state_.epochs.size());
  state_.best = state_.network;
}

Training::Training(cnn::Network network, const TrainingOptions& options, SampleSubset training,
                   SampleSubset validation)
    : work_(std::make_unique<Work>(std::move(network), options, std::move(training),
                                   std::move(validation))) {}

Training::~Training() = default;

void Training::restore(TrainingState state) { work_->restore(std::move(state)); }

const TrainingState& Training::state() const { return work_->state(); }

bool Training::finished() const { return work_->finished(); }

const EpochRecord& Training::run_epoch(const std::function<void(const Progress&)>& on_step) {
  return work_->run_epoch(on_step);
}

const cnn::Network& Training::result() const { return work_->result(); }

MetricType Training::metric() const { return work_->metric(); }

}  // namespace akida::nn
