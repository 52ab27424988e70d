#include "nn/network_executor.h"

#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "base/error.h"
#include "base/parallel.h"
#include "cnn/layer_quantizers.h"
#include "nn/execution_plan.h"
#include "nn/integer_pass.h"
#include "nn/sample_values.h"
#include "nn/shard_buffers.h"
#include "nn/variable_gradients.h"

namespace akida::nn {
namespace {

// More shards keep more threads busy, fewer make each one's primitives more efficient.
constexpr std::size_t kShards = 16;

BatchCut cut_of(std::size_t batch) { return {batch, (batch + kShards - 1) / kShards}; }

void check_options(const cnn::Network& network, const ExecutorOptions& options) {
  const std::size_t layers = network.layers().size();
  if (layers == 0) fail(ErrorKind::kInvalid, "the network has no layers");
  if (options.batch < 1) fail(ErrorKind::kInvalid, "batch 0 is outside 1..");
  for (const std::size_t layer : options.observed) {
    if (layer >= layers) fail(ErrorKind::kUsage, "no layer {}; the network has {}", layer, layers);
  }
  if (options.first_trained > layers) {
    fail(ErrorKind::kUsage, "no layer {}; the network has {}", options.first_trained, layers);
  }
}

// Runs first .. last - 1 of the steps, with nothing to wait for in between.
struct Stage {
  std::size_t first = 0;
  std::size_t last = 0;
};

// Cuts 0 .. count - 1 before every index for which `waits`; the first stage may be empty.
template <typename Waits>
std::vector<Stage> cut_stages(std::size_t count, const Waits& waits) {
  std::vector<Stage> stages(1);
  for (std::size_t i = 0; i < count; ++i) {
    if (waits(i)) stages.push_back({i, i});
    stages.back().last = i + 1;
  }
  return stages;
}

std::vector<Shard> cut_shards(const BatchCut& cut, std::size_t samples) {
  std::vector<Shard> shards;
  for (std::size_t first = 0; first < samples; first += cut.shard_samples) {
    shards.push_back({shards.size(), first, std::min(cut.shard_samples, samples - first)});
  }
  return shards;
}

}  // namespace

class NetworkExecutor::Work {
 public:
  Work(const cnn::Network& network, const ExecutorOptions& options);

  std::span<const float> run_forward(const akida::Dense& samples, Pass pass);
  void run_backward(std::span<const float> output_gradient);

  [[nodiscard]] std::span<const float> output(std::size_t layer) const;
  [[nodiscard]] std::span<const float> gradient(std::size_t layer, std::size_t variable) const {
    return variable_gradients_.total(layer, variable);
  }
  [[nodiscard]] double activity_penalty() const;
  void update_moving_statistics(cnn::Network& network) const;
  [[nodiscard]] std::optional<std::size_t> first_not_finite() const;
  [[nodiscard]] bool used_integers() const { return used_integers_; }

 private:
  void plan_values(const ExecutorOptions& options);
  void plan_gradients();
  [[nodiscard]] const Step& backward_order(std::size_t time) const {
    return plan_.steps[plan_.steps.size() - 1 - time];
  }

  [[nodiscard]] bool has_output(std::size_t layer) const;
  void prepare_integers();
  void start_steps();
  void load_input(const akida::Dense& samples, const Shard& shard, std::size_t worker);
  void forward_step(std::size_t index, const Shard& shard, std::size_t worker);
  void load_output_gradient(std::span<const float> gradient, const Shard& shard,
                            std::size_t worker);
  void backward_step(const Step& step, const Shard& shard, std::size_t worker);
  void collect_gradients(const Step& step, const Shard& shard, std::size_t worker);

  // Calls body(shard, worker) for every shard of the pass.
  template <typename Body>
  void for_shards(const Body& body) {
    parallel_for(pass_.shards.size(), jobs_, [&](std::size_t shard, int worker) {
      body(pass_.shards[shard], static_cast<std::size_t>(worker));
    });
  }

  // What a worker uses while it runs a step.
  struct Worker {
    Scratch scratch;
    std::vector<const float*> inputs;
    std::vector<float*> input_gradients;
    kernels::AlignedVector<float> added;  // gradients on their way into sums
  };

  const cnn::Network* network_;
  BatchCut cut_;
  int jobs_;
  bool made_for_training_;
  ExecutionPlan plan_;
  std::vector<bool> kept_;  // by value
  std::vector<Stage> training_stages_, backward_stages_;
  ShardBuffers values_, gradients_;
  VariableGradients variable_gradients_;
  bool is_quantized_;
  std::vector<std::size_t> observed_;     // layers
  std::optional<cnn::Network> prepared_;  // the network that integers_ was made for
  std::optional<IntegerPass> integers_;   // where it could become an SNN
  bool used_integers_ = false;            // by the last pass
  std::vector<Worker> workers_;
  Pass pass_;
};

NetworkExecutor::Work::Work(const cnn::Network& network, const ExecutorOptions& options)
    : network_(&network),
      cut_(cut_of(options.batch)),
      jobs_(options.jobs > 0 ? options.jobs : default_jobs()),
      made_for_training_(options.training),
      plan_(make_plan(network, {cut_, options.training, options.first_trained})),
      is_quantized_(std::ranges::any_of(network.layers(), cnn::is_quantized)),
      observed_(options.observed),
      workers_(std::min(static_cast<std::size_t>(jobs_), kShards)) {
  training_stages_ = cut_stages(plan_.steps.size(), [&](std::size_t i) {
    return plan_.steps[i].operation->batch_statistics() != nullptr;
  });
  backward_stages_ = cut_stages(plan_.steps.size(), [&](std::size_t time) {
    const Step& step = backward_order(time);
    return step.has_backward && step.operation->batch_statistics() != nullptr;
  });
  plan_values(options);
  if (options.training) plan_gradients();
}

// Training keeps all values for the backward pass, inference only those that are asked for.
void NetworkExecutor::Work::plan_values(const ExecutorOptions& options) {
  kept_.assign(plan_.sizes.size(), options.training);
  kept_[plan_.value_of.back()] = true;
  for (const std::size_t layer : options.observed) kept_[plan_.value_of[layer]] = true;
  values_ = ShardBuffers(plan_.value_lives(), kept_, cut_, workers_.size());
}

// Gradients that are needed in two stages wait in memory of their own.
void NetworkExecutor::Work::plan_gradients() {
  const std::vector<BufferLife> lives = plan_.gradient_lives();
  std::vector<bool> waits(lives.size(), false);
  for (std::size_t stage = 1; stage < backward_stages_.size(); ++stage) {
    const std::size_t time = backward_stages_[stage].first + 1;
    for (std::size_t value = 0; value < lives.size(); ++value) {
      if (lives[value].first < time && time <= lives[value].last) waits[value] = true;
    }
  }
  gradients_ = ShardBuffers(lives, waits, cut_, workers_.size());
  std::vector<bool> trained(network_->layers().size(), false);
  for (const Step& step : plan_.steps) trained[step.layer] = step.has_backward;
  variable_gradients_ = VariableGradients(*network_, trained, cut_.shards(cut_.batch));
}

std::span<const float> NetworkExecutor::Work::run_forward(const akida::Dense& samples, Pass pass) {
  check_samples(samples, network_->input_shape(), cut_.batch);
  if (pass.training && !made_for_training_) {
    fail(ErrorKind::kUsage, "the executor was not made for training");
  }
  const SerialLibraries serial;
  pass.samples = static_cast<std::size_t>(samples.dims()[0]);
  pass.shards = cut_shards(cut_, pass.samples);
  pass_ = std::move(pass);
  if (!pass_.training && is_quantized_) prepare_integers();
  used_integers_ =
      !pass_.training && integers_ && are_integers(samples, integers_->largest_sample());
  start_steps();
  const std::vector<Stage> whole = {{0, plan_.steps.size()}};
  const std::vector<Stage>& stages = pass_.training ? training_stages_ : whole;
  for (std::size_t k = 0; k < stages.size(); ++k) {
    BatchStatistics* next =
        k + 1 < stages.size() ? plan_.steps[stages[k].last].operation->batch_statistics() : nullptr;
    for_shards([&](const Shard& shard, std::size_t worker) {
      if (k == 0) load_input(samples, shard, worker);
      for (std::size_t i = stages[k].first; i < stages[k].last; ++i) {
        forward_step(i, shard, worker);
      }
      if (next == nullptr) return;
      next->collect(shard, values_.at(plan_.steps[stages[k].last].inputs[0], shard, worker));
    });
    if (next != nullptr) next->combine(pass_);
  }
  return output(network_->layers().size() - 1);
}

// Lowers the network again where its variables have changed.
void NetworkExecutor::Work::prepare_integers() {
  if (prepared_ && *prepared_ == *network_) return;
  prepared_ = *network_;
  integers_.reset();
  if (!lower::incompatibilities(*network_).empty()) return;
  integers_.emplace(*network_, plan_, observed_);
}

void NetworkExecutor::Work::start_steps() {
  parallel_for(plan_.steps.size(), static_cast<int>(workers_.size()),
               [&](std::size_t i, int worker) {
                 const Step& step = plan_.steps[i];
                 Scratch& scratch = workers_[static_cast<std::size_t>(worker)].scratch;
                 if (used_integers() && integers_->block_at(i) != nullptr) {
                   integers_->block_at(i)->start(pass_, scratch);
                 }
                 if (used_integers() && !integers_->runs_layer(i)) return;
                 step.operation->start(network_->layer(step.layer), pass_, scratch);
               });
}

void NetworkExecutor::Work::load_input(const akida::Dense& samples, const Shard& shard,
                                       std::size_t worker) {
  const std::size_t size = plan_.sizes[0];
  scale_samples(network_->info, samples, shard.first * size,
                {values_.at(0, shard, worker), shard.samples * size});
}

void NetworkExecutor::Work::forward_step(std::size_t index, const Shard& shard,
                                         std::size_t worker) {
  const Step& step = plan_.steps[index];
  Worker& own = workers_[worker];
  if (!used_integers() || integers_->runs_layer(index)) {
    own.inputs.clear();
    for (const std::size_t input : step.inputs) {
      own.inputs.push_back(values_.at(input, shard, worker));
    }
    step.operation->forward(shard, {own.inputs, values_.at(step.output, shard, worker)},
                            own.scratch);
  }
  if (used_integers() && integers_->block_at(index) != nullptr) {
    integers_->block_at(index)->forward(shard,
                                        values_.at(integers_->input_of(index), shard, worker),
                                        values_.at(step.output, shard, worker), own.scratch);
  }
}

void NetworkExecutor::Work::run_backward(std::span<const float> output_gradient) {
  if (!pass_.training) fail(ErrorKind::kUsage, "the last pass was none of training");
  const std::size_t size = pass_.samples * plan_.sizes[plan_.value_of.back()];
  if (output_gradient.size() != size) {
    fail(ErrorKind::kInvalid, "an output gradient of {} values, not {}", output_gradient.size(),
         size);
  }
  if (std::ranges::none_of(plan_.steps, &Step::has_backward)) return;
  const SerialLibraries serial;
  for (std::size_t k = 0; k < backward_stages_.size(); ++k) {
    const Stage& stage = backward_stages_[k];
    const Step* next = k + 1 < backward_stages_.size() ? &backward_order(stage.last) : nullptr;
    for_shards([&](const Shard& shard, std::size_t worker) {
      if (k == 0) load_output_gradient(output_gradient, shard, worker);
      for (std::size_t time = stage.first; time < stage.last; ++time) {
        const Step& step = backward_order(time);
        if (step.has_backward) backward_step(step, shard, worker);
      }
      if (next != nullptr) collect_gradients(*next, shard, worker);
    });
    if (next != nullptr) next->operation->batch_statistics()->combine_gradients(pass_);
  }
  variable_gradients_.sum(pass_.shards.size(), jobs_);
  for (const Step& step : plan_.steps) {
    if (!step.has_backward) continue;
    step.operation->finish_gradients(network_->layer(step.layer),
                                     variable_gradients_.totals(step.layer));
  }
}

void NetworkExecutor::Work::load_output_gradient(std::span<const float> gradient,
                                                 const Shard& shard, std::size_t worker) {
  const std::size_t value = plan_.value_of.back();
  const std::size_t size = plan_.sizes[value];
  std::copy_n(gradient.data() + shard.first * size, shard.samples * size,
              gradients_.at(value, shard, worker));
}

void NetworkExecutor::Work::collect_gradients(const Step& step, const Shard& shard,
                                              std::size_t worker) {
  step.operation->batch_statistics()->collect_gradients(
      shard, values_.at(step.inputs[0], shard, worker), gradients_.at(step.output, shard, worker));
}

void NetworkExecutor::Work::backward_step(const Step& step, const Shard& shard,
                                          std::size_t worker) {
  Worker& own = workers_[worker];
  own.inputs.clear();
  own.input_gradients.clear();
  std::size_t added = 0;
  for (std::size_t k = 0; k < step.inputs.size(); ++k) {
    if (step.input_gradients[k] == InputGradient::kAdd) added += plan_.sizes[step.inputs[k]];
  }
  float* room = grown(own.added, shard.samples * added);
  for (std::size_t k = 0; k < step.inputs.size(); ++k) {
    own.inputs.push_back(values_.at(step.inputs[k], shard, worker));
    float* gradient = nullptr;
    if (step.input_gradients[k] == InputGradient::kWrite) {
      gradient = gradients_.at(step.inputs[k], shard, worker);
    } else if (step.input_gradients[k] == InputGradient::kAdd) {
      gradient = room;
      room += shard.samples * plan_.sizes[step.inputs[k]];
    }
    own.input_gradients.push_back(gradient);
  }
  step.operation->backward(shard,
                           {own.inputs, values_.at(step.output, shard, worker),
                            gradients_.at(step.output, shard, worker), own.input_gradients,
                            variable_gradients_.of_shard(step.layer, shard.index)},
                           own.scratch);
  for (std::size_t k = 0; k < step.inputs.size(); ++k) {
    if (step.input_gradients[k] != InputGradient::kAdd) continue;
    float* sum = gradients_.at(step.inputs[k], shard, worker);
    const float* summand = own.input_gradients[k];
    for (std::size_t i = 0; i < shard.samples * plan_.sizes[step.inputs[k]]; ++i) {
      sum[i] += summand[i];
    }
  }
}

bool NetworkExecutor::Work::has_output(std::size_t layer) const {
  const std::size_t value = plan_.value_of[layer];
  return kept_[value] && (!used_integers() || integers_->computes(value));
}

std::span<const float> NetworkExecutor::Work::output(std::size_t layer) const {
  const std::size_t value = plan_.value_of.at(layer);
  if (!has_output(layer)) {
    fail(ErrorKind::kUsage, "layer '{}' is not observed", network_->layer(layer).name);
  }
  return values_.batch(value).first(pass_.samples * plan_.sizes[value]);
}

double NetworkExecutor::Work::activity_penalty() const {
  double sum = 0;
  for (const Step& step : plan_.steps) {
    if (!step.contributes) continue;
    for (const Shard& shard : pass_.shards) sum += step.operation->activity_penalty(shard.index);
  }
  return sum / static_cast<double>(pass_.samples);
}

void NetworkExecutor::Work::update_moving_statistics(cnn::Network& network) const {
  for (const Step& step : plan_.steps) {
    if (const BatchStatistics* statistics = step.operation->batch_statistics()) {
      statistics->update_moving(network.variables(step.layer));
    }
  }
}

std::optional<std::size_t> NetworkExecutor::Work::first_not_finite() const {
  for (std::size_t layer = 0; layer < plan_.value_of.size(); ++layer) {
    if (!has_output(layer)) continue;
    if (!std::ranges::all_of(output(layer), [](float y) { return std::isfinite(y); })) {
      return layer;
    }
  }
  return std::nullopt;
}

NetworkExecutor::NetworkExecutor(const cnn::Network& network, const ExecutorOptions& options) {
  check_options(network, options);
  const SerialLibraries serial;
  work_ = std::make_unique<Work>(network, options);
}

NetworkExecutor::~NetworkExecutor() = default;
NetworkExecutor::NetworkExecutor(NetworkExecutor&&) noexcept = default;
NetworkExecutor& NetworkExecutor::operator=(NetworkExecutor&&) noexcept = default;

std::span<const float> NetworkExecutor::forward(const akida::Dense& samples) {
  return work_->run_forward(samples, {});
}

std::span<const float> NetworkExecutor::forward_training(const akida::Dense& samples,
                                                         std::uint64_t seed, std::uint32_t step) {
  return work_->run_forward(samples, {.training = true, .seed = seed, .step = step});
}

void NetworkExecutor::backward(std::span<const float> output_gradient) {
  work_->run_backward(output_gradient);
}

std::span<const float> NetworkExecutor::output(std::size_t index) const {
  return work_->output(index);
}

std::span<const float> NetworkExecutor::gradient(std::size_t index, std::size_t variable) const {
  return work_->gradient(index, variable);
}

double NetworkExecutor::activity_penalty() const { return work_->activity_penalty(); }

void NetworkExecutor::update_moving_statistics(cnn::Network& network) const {
  work_->update_moving_statistics(network);
}

bool NetworkExecutor::used_integers() const { return work_->used_integers(); }

std::optional<std::size_t> NetworkExecutor::first_not_finite() const {
  return work_->first_not_finite();
}

}  // namespace akida::nn
