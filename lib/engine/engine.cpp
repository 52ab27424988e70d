#include "engine/engine.h"

#include <algorithm>

#include "base/parallel.h"
#include "engine/observers.h"
#include "engine/readout.h"
#include "engine/sample_placing.h"

namespace akida::engine {
namespace {

// Index of the first event of every sample; zeros for dense batches.
std::vector<std::size_t> first_events(const io::Batch& batch) {
  std::vector<std::size_t> first(batch.size);
  std::size_t sum = 0;
  for (std::size_t i = 0; i < batch.event_counts.size(); ++i) {
    first[i] = sum;
    sum += batch.event_counts[i];
  }
  return first;
}

// Appends the index of every non-zero level of a layer's input.
void append_events(const LayerPlan& layer, const Workspace& workspace,
                   std::vector<std::uint32_t>& events) {
  const LevelMap& map = layer.levels_in;
  const auto row_size = static_cast<std::uint32_t>(layer.input.width) *
                        static_cast<std::uint32_t>(layer.input.channels);
  for (std::uint32_t y = 0; y < static_cast<std::uint32_t>(layer.input.height); ++y) {
    const std::uint8_t* row = workspace.bytes.data() + map.offset + y * map.row_stride;
    for (std::uint32_t i = 0; i < row_size; ++i) {
      if (row[i] != 0) events.push_back(y * row_size + i);
    }
  }
}

// What one thread changes while a batch runs.
struct Worker {
  explicit Worker(const NetworkPlan& plan)
      : workspace(plan), inputs(plan.layers.size()), outputs(plan.layers.size()) {}

  // Adds the counts of the sample in `workspace` for layers [0, layers).
  void count(const NetworkPlan& plan, std::size_t layers) {
    for (std::size_t i = 0; i < layers; ++i) {
      inputs[i] += input_nonzeros(plan.layers[i], workspace);
      outputs[i] += workspace.nonzeros[i];
    }
  }

  Workspace workspace;
  std::vector<std::uint64_t> inputs;  // non-zeros of every layer's input, summed over samples
  std::vector<std::uint64_t> outputs;
};

}  // namespace

class Engine::Impl {
 public:
  Impl(snn::Model model, EngineOptions options)
      : model_(std::move(model)),
        plan_(make_network_plan(model_)),
        input_(model_.layers().front()),
        last_(model_.layers().back()),
        jobs_(options.jobs > 0 ? options.jobs : default_jobs()),
        statistics_(empty_statistics(model_)) {}

  Dense forward(const io::Batch& batch) {
    check_batch(input_, batch);
    const std::optional<BadSample> bad = find_bad_sample(input_, batch);
    const std::size_t samples = bad ? bad->index : batch.size;
    const bool potentials = snn::outputs_potentials(last_);
    const Shape& shape = last_.output_shape;
    Dense output(potentials ? DType::kI32 : DType::kU8,
                 {static_cast<std::int64_t>(samples), shape.height, shape.width, shape.channels});
    const std::size_t layers = plan_.layers.size();
    std::vector<Capture> captures = {{layers - 1, potentials, &output}};
    observers_.prepare(plan_, layers, samples, captures);
    run(batch, samples, layers, [&](std::size_t sample, const Workspace& workspace) {
      capture_values(plan_, workspace, captures, sample);
    });
    observers_.deliver(batch);
    if (bad) throw SampleError(bad->message, std::move(output));
    return output;
  }

  InputEvents last_layer_events(const io::Batch& batch) {
    const LayerPlan& last = plan_.layers.back();
    if (last.kind != LayerKind::kWeights || last_.is_input()) {
      fail(ErrorKind::kUsage, "the last layer '{}' ({}) has no inputs to learn from", last_.name,
           snn::name_of(last_.type()));
    }
    check_batch(input_, batch);
    const auto bad = find_bad_sample(input_, batch);
    const std::size_t samples = bad ? bad->index : batch.size;
    const std::size_t layers = plan_.layers.size() - 1;
    std::vector<Capture> captures;
    observers_.prepare(plan_, layers, samples, captures);
    std::vector<std::vector<std::uint32_t>> events(samples);
    run(batch, samples, layers, [&](std::size_t sample, const Workspace& workspace) {
      capture_values(plan_, workspace, captures, sample);
      append_events(last, workspace, events[sample]);
    });
    observers_.deliver(batch);
    InputEvents joined{.shape = last.input, .begin = {0}, .index = {}};
    for (const std::vector<std::uint32_t>& sample : events) {
      joined.index.insert(joined.index.end(), sample.begin(), sample.end());
      joined.begin.push_back(joined.index.size());
    }
    if (bad) joined.refused = bad->message;
    return joined;
  }

  int observe(std::size_t layer, Observed what, Observer observer) {
    if (layer >= plan_.layers.size()) {
      fail(ErrorKind::kUsage, "no layer {}: the model has {} layers", layer, plan_.layers.size());
    }
    const LayerPlan& plan = plan_.layers[layer];
    if (what == Observed::kSpikes && !plan.has_levels) {
      fail(ErrorKind::kUsage, "layer '{}' has activations off and puts out no spikes",
           statistics_[layer].name);
    }
    if (what == Observed::kPotentials && !plan.has_potentials) {
      fail(ErrorKind::kUsage, "layer '{}' has no potentials", statistics_[layer].name);
    }
    workers_.clear();  // other maps are kept from now on
    return observers_.add(layer, what, std::move(observer));
  }

  void unobserve(int handle) {
    observers_.remove(handle);
    workers_.clear();
  }

  [[nodiscard]] const snn::Model& model() const { return model_; }
  [[nodiscard]] const snn::Layer& last() const { return last_; }

  [[nodiscard]] std::vector<LayerStatistics> statistics() const {
    std::vector<LayerStatistics> statistics = statistics_;
    for (std::size_t i = 0; i < statistics.size(); ++i) {
      statistics[i].row_sparsity = row_sparsity(model_.layer(i));
    }
    return statistics;
  }

  void reset_statistics() {
    for (LayerStatistics& layer : statistics_) {
      layer.samples = layer.input_nonzeros = layer.output_nonzeros = 0;
    }
  }

 private:
  // Memory for `workers` samples at a time and, for a lone large sample, several threads.
  void prepare_memory(std::size_t workers) {
    if (workers_.empty()) place_maps(plan_, observers_.wanted_potentials(plan_.layers.size()));
    while (workers_.size() < workers) workers_.emplace_back(plan_);
    const std::size_t threads =
        workers > 1 ? workers : std::min(static_cast<std::size_t>(jobs_), useful_threads(plan_));
    if (scratch_.size() < threads) scratch_.resize(threads);
    for (Scratch& scratch : scratch_) {
      if (scratch.size() < plan_.scratch_bytes) scratch.resize(plan_.scratch_bytes);
    }
  }

  // Runs the first `layers` layers on the first `samples` samples and counts; calls
  // done(sample, its workspace) on the thread that ran the sample.
  template <typename Done>
  void run(const io::Batch& batch, std::size_t samples, std::size_t layers, const Done& done) {
    const std::size_t workers = std::min(samples, static_cast<std::size_t>(jobs_));
    if (samples == 0) return;
    prepare_memory(workers);
    for (Worker& worker : workers_) {
      std::fill(worker.inputs.begin(), worker.inputs.end(), 0);
      std::fill(worker.outputs.begin(), worker.outputs.end(), 0);
    }
    const std::vector<std::size_t> first = first_events(batch);
    parallel_for(samples, static_cast<int>(workers), [&](std::size_t sample, int index) {
      const auto w = static_cast<std::size_t>(index);
      Worker& worker = workers_[w];
      place_sample(plan_, batch, sample, first[sample], worker.workspace);
      const std::span<Scratch> own =
          std::span(scratch_).subspan(w, workers > 1 ? 1 : scratch_.size());
      Executor(plan_, own).run(worker.workspace, layers);
      worker.count(plan_, layers);
      done(sample, worker.workspace);
    });
    for (std::size_t i = 0; i < layers; ++i) {
      statistics_[i].samples += samples;
      for (const Worker& worker : workers_) {
        statistics_[i].input_nonzeros += worker.inputs[i];
        statistics_[i].output_nonzeros += worker.outputs[i];
      }
    }
  }

  snn::Model model_;
  NetworkPlan plan_;
  const snn::Layer& input_;
  const snn::Layer& last_;
  int jobs_;
  Observers observers_;
  std::vector<LayerStatistics> statistics_;  // row_sparsity is counted when asked for
  std::vector<Worker> workers_;
  std::vector<Scratch> scratch_;
};

Engine::Engine(snn::Model model, EngineOptions options)
    : impl_(std::make_unique<Impl>(std::move(model), options)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

const snn::Model& Engine::model() const { return impl_->model(); }

Dense Engine::forward(const io::Batch& batch) { return impl_->forward(batch); }

Dense Engine::evaluate(const io::Batch& batch) {
  const snn::Layer& last = impl_->last();
  require_potentials(last);
  try {
    return evaluate_potentials(last, impl_->forward(batch));
  } catch (const SampleError& error) {
    throw SampleError(error.what(), evaluate_potentials(last, error.completed()));
  }
}

Dense Engine::predict(const io::Batch& batch, std::int32_t num_classes) {
  const snn::Layer& last = impl_->last();
  neurons_per_class(last, num_classes);
  try {
    return predict_classes(last, impl_->forward(batch), num_classes);
  } catch (const SampleError& error) {
    throw SampleError(error.what(), predict_classes(last, error.completed(), num_classes));
  }
}

InputEvents Engine::last_layer_events(const io::Batch& batch) {
  return impl_->last_layer_events(batch);
}

int Engine::observe(std::size_t layer, Observed what, Observer observer) {
  return impl_->observe(layer, what, std::move(observer));
}

void Engine::unobserve(int handle) { impl_->unobserve(handle); }

std::vector<LayerStatistics> Engine::statistics() const { return impl_->statistics(); }

void Engine::reset_statistics() { impl_->reset_statistics(); }

}  // namespace akida::engine
