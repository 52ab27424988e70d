#include <cmath>
#include <variant>

#include "cnn/shapes.h"
#include "nn/layer_factories.h"

namespace akida::nn {
namespace {

// Mean and sum of squared deviations of each channel over `count` values.
struct Moments {
  double count = 0;
  std::vector<double> mean, deviations;

  explicit Moments(std::size_t channels) : mean(channels), deviations(channels) {}

  // Of `rows` rows of one value per channel; the deviations are taken from the mean itself.
  void set(const float* x, std::size_t rows) {
    const std::size_t channels = mean.size();
    count = static_cast<double>(rows);
    std::fill(mean.begin(), mean.end(), 0.0);
    std::fill(deviations.begin(), deviations.end(), 0.0);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t c = 0; c < channels; ++c) mean[c] += double{x[row * channels + c]};
    }
    for (double& value : mean) value /= count;
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t c = 0; c < channels; ++c) {
        const double deviation = double{x[row * channels + c]} - mean[c];
        deviations[c] += deviation * deviation;
      }
    }
  }

  // Joins those of other values. Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise
  // algorithm for computing sample variances", 1979.
  void add(const Moments& other) {
    const double total = count + other.count;
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double distance = other.mean[c] - mean[c];
      mean[c] += distance * other.count / total;
      deviations[c] += other.deviations[c] + distance * distance * count * other.count / total;
    }
    count = total;
  }
};

// Sums over rows of the gradient dy and of dy * (x - mean), per channel.
struct GradientSums {
  std::vector<double> plain, centred;

  explicit GradientSums(std::size_t channels) : plain(channels), centred(channels) {}
};

class NormalizationOperation : public LayerOperation, public BatchStatistics {
 public:
  NormalizationOperation(const cnn::BatchNormalization& parameters, const cnn::Layer& layer,
                         const OperationSetup& setup)
      : epsilon_(parameters.epsilon),
        momentum_(parameters.momentum),
        unbiased_(layer.output_shape.size() == 3),
        trained_(setup.trained),
        channels_(static_cast<std::size_t>(layer.output_shape.back())),
        rows_(static_cast<std::size_t>(cnn::element_count(layer.output_shape)) / channels_),
        mean_(channels_),
        scale_(channels_),
        deviation_(channels_),
        batch_(channels_),
        batch_sums_(channels_) {
    if (!trained_) return;
    moments_.assign(setup.cut.shards(setup.cut.batch), Moments(channels_));
    sums_.assign(moments_.size(), GradientSums(channels_));
  }

  // Variables: gamma, beta, moving mean, moving variance.
  void start(const cnn::Layer& layer, const Pass& pass, Scratch& /*scratch*/) override {
    gamma_ = layer.variables[0].value.data<float>();
    beta_ = layer.variables[1].value.data<float>();
    const auto mean = layer.variables[2].value.data<float>();
    const auto variance = layer.variables[3].value.data<float>();
    if (pass.training && trained_) return;  // combine() sets them
    for (std::size_t c = 0; c < channels_; ++c)
      set_channel(c, double{mean[c]}, double{variance[c]});
  }

  void forward(const Shard& shard, const ForwardValues& values, Scratch& /*scratch*/) override {
    for (std::size_t row = 0; row < shard.samples * rows_; ++row) {
      const float* x = values.inputs[0] + row * channels_;
      float* y = values.output + row * channels_;
      for (std::size_t c = 0; c < channels_; ++c) y[c] = (x[c] - mean_[c]) * scale_[c] + beta_[c];
    }
  }

  // With N values per channel and h = (x - mean) / deviation, the gradients of gamma and beta are
  // sum dy h and sum dy; dx = gamma / deviation * (dy - (sum dy + h sum dy h) / N).
  void backward(const Shard& shard, const BackwardValues& values, Scratch& /*scratch*/) override {
    write_variable_gradients(sums_[shard.index], values);
    if (values.input_gradients[0] == nullptr) return;
    for (std::size_t row = 0; row < shard.samples * rows_; ++row) {
      const float* x = values.inputs[0] + row * channels_;
      const float* upstream = values.output_gradient + row * channels_;
      float* gradient = values.input_gradients[0] + row * channels_;
      for (std::size_t c = 0; c < channels_; ++c) {
        gradient[c] = scale_[c] * (upstream[c] - shift_[c] - (x[c] - mean_[c]) * slope_[c]);
      }
    }
  }

  [[nodiscard]] BatchStatistics* batch_statistics() override { return trained_ ? this : nullptr; }

  void collect(const Shard& shard, const float* input) override {
    moments_[shard.index].set(input, shard.samples * rows_);
  }

  void combine(const Pass& pass) override {
    batch_ = moments_[0];
    for (std::size_t i = 1; i < pass.shards.size(); ++i) batch_.add(moments_[i]);
    for (std::size_t c = 0; c < channels_; ++c) {
      set_channel(c, batch_.mean[c], batch_.deviations[c] / batch_.count);
    }
  }

  void collect_gradients(const Shard& shard, const float* input,
                         const float* output_gradient) override {
    GradientSums& sums = sums_[shard.index];
    sums = GradientSums(channels_);
    for (std::size_t row = 0; row < shard.samples * rows_; ++row) {
      const float* x = input + row * channels_;
      const float* upstream = output_gradient + row * channels_;
      for (std::size_t c = 0; c < channels_; ++c) {
        sums.plain[c] += double{upstream[c]};
        sums.centred[c] += double{upstream[c]} * (double{x[c]} - double{mean_[c]});
      }
    }
  }

  void combine_gradients(const Pass& pass) override {
    batch_sums_ = GradientSums(channels_);
    for (std::size_t i = 0; i < pass.shards.size(); ++i) {
      for (std::size_t c = 0; c < channels_; ++c) {
        batch_sums_.plain[c] += sums_[i].plain[c];
        batch_sums_.centred[c] += sums_[i].centred[c];
      }
    }
    shift_.resize(channels_);
    slope_.resize(channels_);
    for (std::size_t c = 0; c < channels_; ++c) {
      shift_[c] = static_cast<float>(batch_sums_.plain[c] / batch_.count);
      slope_[c] = static_cast<float>(batch_sums_.centred[c] /
                                     (deviation_[c] * deviation_[c] * batch_.count));
    }
  }

  void update_moving(std::span<cnn::Variable> variables) const override {
    const auto mean = variables[2].value.data<float>();
    const auto variance = variables[3].value.data<float>();
    const double divisor = unbiased_ && batch_.count > 1 ? batch_.count - 1 : batch_.count;
    for (std::size_t c = 0; c < channels_; ++c) {
      mean[c] = mixed(mean[c], batch_.mean[c]);
      variance[c] = mixed(variance[c], batch_.deviations[c] / divisor);
    }
  }

 private:
  void set_channel(std::size_t c, double mean, double variance) {
    deviation_[c] = std::sqrt(variance + double{epsilon_});
    mean_[c] = static_cast<float>(mean);
    scale_[c] = static_cast<float>(double{gamma_[c]} / deviation_[c]);
  }

  void write_variable_gradients(const GradientSums& sums, const BackwardValues& values) const {
    for (std::size_t c = 0; c < channels_; ++c) {
      values.variable_gradients[0][c] = static_cast<float>(sums.centred[c] / deviation_[c]);
      values.variable_gradients[1][c] = static_cast<float>(sums.plain[c]);
    }
  }

  [[nodiscard]] float mixed(float moving, double batch) const {
    return static_cast<float>(double{momentum_} * double{moving} + (1 - double{momentum_}) * batch);
  }

  float epsilon_, momentum_;
  bool unbiased_;  // moving variances take N / (N - 1) times the batch's
  bool trained_;
  std::size_t channels_, rows_;  // rows of one sample
  std::span<const float> gamma_, beta_;
  std::vector<float> mean_, scale_;  // of this pass; scale = gamma / deviation
  std::vector<double> deviation_;    // sqrt(variance + epsilon)
  std::vector<float> shift_, slope_;
  std::vector<Moments> moments_;  // by shard
  Moments batch_;
  std::vector<GradientSums> sums_;  // by shard
  GradientSums batch_sums_;
};

}  // namespace

std::unique_ptr<LayerOperation> make_normalization(const OperationSetup& setup) {
  const cnn::Layer& layer = setup.network.layer(setup.layer);
  const auto* parameters = std::get_if<cnn::BatchNormalization>(&layer.parameters);
  if (parameters == nullptr) return nullptr;
  return std::make_unique<NormalizationOperation>(*parameters, layer, setup);
}

}  // namespace akida::nn
