// CNNs on the float executor.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "akida-run/inference_backend.h"
#include "base/error.h"
#include "io/batch.h"
#include "metrics/neuron_class.h"
#include "nn/network_executor.h"

namespace akida::run {
namespace {

// Samples that the executor computes in one call: enough for its threads.
constexpr std::size_t kChunk = 32;

// A vector is a map of one cell.
Shape shape_of(const cnn::Dims& dims) {
  if (dims.size() == 3) return {.width = dims[1], .height = dims[0], .channels = dims[2]};
  return {.width = 1, .height = 1, .channels = dims.back()};
}

// The class of the highest output is none where an output is no number.
void require_numbers(std::span<const float> outputs, const std::string& id) {
  const auto isnan = [](float value) { return std::isnan(value); };
  const auto found = std::ranges::find_if(outputs, isnan);
  if (found == outputs.end()) return;
  fail(ErrorKind::kInvalid, "sample '{}': output {} is no number: it has no class", id,
       found - outputs.begin());
}

// Samples [first, first + count) of an array.
Dense rows_of(const Dense& samples, std::size_t first, std::size_t count) {
  std::vector<std::int64_t> dims = samples.dims();
  const std::size_t row = samples.bytes().size() / static_cast<std::size_t>(dims.front());
  dims.front() = static_cast<std::int64_t>(count);
  Dense rows(samples.type(), dims);
  const auto from = samples.bytes().subspan(first * row, count * row);
  std::copy(from.begin(), from.end(), rows.bytes().begin());
  return rows;
}

Dense maps_of(std::size_t samples, const Shape& shape) {
  return {DType::kF32,
          {static_cast<std::int64_t>(samples), shape.height, shape.width, shape.channels}};
}

class NetworkBackend final : public InferenceBackend {
 public:
  NetworkBackend(cnn::Network network, const RunOptions& options, std::int32_t neurons_per_class,
                 bool needs_classes)
      : name_(options.model),
        network_(std::move(network)),
        neurons_per_class_(neurons_per_class),
        needs_classes_(needs_classes),
        options_{.batch = kChunk, .jobs = options.jobs},
        shape_(shape_of(network_.output_shape())) {}

  [[nodiscard]] const ModelInfo& info() const override { return network_.info; }
  [[nodiscard]] DType value_type() const override { return DType::kF32; }
  [[nodiscard]] Shape value_shape() const override { return shape_; }

  void observe(const std::vector<ObserverSpec>& specs, const io::StreamHeader& input) override {
    header_ = input;
    for (const ObserverSpec& spec : specs) {
      if (spec.what != Observed::kValues) {
        fail(ErrorKind::kUsage, "--observe: layers of a CNN have values: '{}:values={}'",
             spec.layer, spec.path);
      }
      const std::size_t layer = in_context("--observe", [&] { return network_.find(spec.layer); });
      const Shape shape = shape_of(network_.layer(layer).output_shape);
      options_.observed.push_back(layer);
      observed_.push_back({layer, shape, streams_.add(spec.path, input, DType::kF32, shape)});
    }
    in_context(name_, [&] { executor_.emplace(network_, options_); });
  }

  [[nodiscard]] std::uint64_t observed_bytes() const override {
    return streams_.bytes_per_sample();
  }

  [[nodiscard]] BatchResults run(const io::Batch& batch) override {
    const Dense samples = io::to_dense(header_, batch);
    BatchResults results{.classes = Dense(DType::kI32, {static_cast<std::int64_t>(batch.size)}),
                         .values = maps_of(batch.size, shape_)};
    std::vector<Dense> observed;
    for (const ObservedLayer& layer : observed_) {
      observed.push_back(maps_of(batch.size, layer.shape));
    }
    for (std::size_t first = 0; first < batch.size; first += kChunk) {
      executor_->forward(rows_of(samples, first, std::min(kChunk, batch.size - first)));
      copy_output(network_.layers().size() - 1, first, results.values);
      for (std::size_t i = 0; i < observed_.size(); ++i) {
        copy_output(observed_[i].layer, first, observed[i]);
      }
    }
    classify(batch, results);
    for (std::size_t i = 0; i < observed_.size(); ++i) {
      observed_[i].stream->write(batch, observed[i]);
    }
    return results;
  }

  void close() override { streams_.close(); }

 private:
  struct ObservedLayer {
    std::size_t layer;
    Shape shape;
    ObserverStream* stream;
  };

  // Puts what the executor has of a layer behind the first `first` samples of `values`.
  void copy_output(std::size_t layer, std::size_t first, Dense& values) const {
    const std::span<const float> output = executor_->output(layer);
    const auto row = static_cast<std::size_t>(values.size() / values.dims().front());
    std::copy(output.begin(), output.end(),
              values.data<float>().begin() + static_cast<std::ptrdiff_t>(first * row));
  }

  void classify(const io::Batch& batch, BatchResults& results) const {
    const auto row = static_cast<std::size_t>(shape_.size());
    const std::span<const float> values = std::as_const(results.values).data<float>();
    const std::span<std::int32_t> classes = results.classes.data<std::int32_t>();
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const std::span<const float> sample = values.subspan(i * row, row);
      if (needs_classes_) require_numbers(sample, batch.ids[i]);
      const auto highest =
          metrics::highest_neuron(sample, static_cast<std::size_t>(shape_.channels));
      classes[i] = static_cast<std::int32_t>(highest.neuron) / neurons_per_class_;
    }
  }

  std::string name_;  // what messages call the model
  cnn::Network network_;
  std::int32_t neurons_per_class_;
  bool needs_classes_;  // where they count, an output must be a number
  nn::ExecutorOptions options_;
  Shape shape_;
  io::StreamHeader header_;
  std::vector<ObservedLayer> observed_;
  ObserverStreams streams_;
  std::optional<nn::NetworkExecutor> executor_;  // once the observed layers are known
};

}  // namespace

std::unique_ptr<InferenceBackend> make_backend(cnn::Network network, Result result,
                                               const RunOptions& options) {
  return in_context(options.model, [&] {
    const std::int32_t neurons_per_class = metrics::neurons_per_class(
        network.output_shape().back(), options.classes, network.layers().back().name);
    const bool needs_classes = result == Result::kPredict || options.accuracy;
    return std::make_unique<NetworkBackend>(std::move(network), options, neurons_per_class,
                                            needs_classes);
  });
}

}  // namespace akida::run
