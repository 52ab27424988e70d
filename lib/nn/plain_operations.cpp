#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <variant>

#include "base/random.h"
#include "cnn/shapes.h"
#include "nn/activity_penalty.h"
#include "nn/layer_factories.h"
#include "nn/random_streams.h"

namespace akida::nn {
namespace {

std::size_t size_of_sample(const cnn::Layer& layer) {
  return static_cast<std::size_t>(cnn::element_count(layer.output_shape));
}

// y = x * scale + offset.
class RescalingOperation : public LayerOperation {
 public:
  RescalingOperation(const cnn::Rescaling& parameters, std::size_t size)
      : scale_(parameters.scale), offset_(parameters.offset), size_(size) {}

  void forward(const Shard& shard, const ForwardValues& values, Scratch& /*scratch*/) override {
    const float* x = values.inputs[0];
    for (std::size_t i = 0; i < shard.samples * size_; ++i) {
      values.output[i] = x[i] * scale_ + offset_;
    }
  }

  void backward(const Shard& shard, const BackwardValues& values, Scratch& /*scratch*/) override {
    float* gradient = values.input_gradients[0];
    for (std::size_t i = 0; i < shard.samples * size_; ++i) {
      gradient[i] = values.output_gradient[i] * scale_;
    }
  }

 private:
  float scale_, offset_;
  std::size_t size_;
};

// min(max(x, 0), max_value). The slope is 1 strictly between the limits, else 0.
class ReluOperation : public LayerOperation {
 public:
  ReluOperation(const cnn::ReLU& parameters, std::size_t size, const OperationSetup& setup)
      : max_(parameters.max_value.value_or(std::numeric_limits<float>::infinity())),
        size_(size),
        penalty_(parameters.activity_regularizer, size, setup) {}

  void start(const cnn::Layer& /*layer*/, const Pass& pass, Scratch& /*scratch*/) override {
    penalty_.start(pass);
  }

  // NaN stays NaN.
  void forward(const Shard& shard, const ForwardValues& values, Scratch& /*scratch*/) override {
    const float* x = values.inputs[0];
    for (std::size_t i = 0; i < shard.samples * size_; ++i) {
      const float positive = x[i] < 0 ? 0 : x[i];
      values.output[i] = positive > max_ ? max_ : positive;
    }
    penalty_.collect(shard, values.output);
  }

  void backward(const Shard& shard, const BackwardValues& values, Scratch& scratch) override {
    const float* y = values.output;
    const float* upstream = penalty_.add_gradient(shard, y, values.output_gradient, scratch);
    float* gradient = values.input_gradients[0];
    for (std::size_t i = 0; i < shard.samples * size_; ++i) {
      gradient[i] = y[i] > 0 && y[i] < max_ ? upstream[i] : 0;
    }
  }

  [[nodiscard]] double activity_penalty(std::size_t shard) const override {
    return penalty_.of(shard);
  }

 private:
  float max_;
  std::size_t size_;
  ActivityPenalty penalty_;
};

// Sets values to 0 with probability `rate` and divides the others by 1 - rate; only in training.
class DropoutOperation : public LayerOperation {
 public:
  DropoutOperation(double rate, std::size_t size, std::size_t layer, const BatchCut& cut)
      : rate_(rate), size_(size), layer_(static_cast<std::uint32_t>(layer)) {
    factors_.resize(cut.batch * size);
  }

  void start(const cnn::Layer& /*layer*/, const Pass& pass, Scratch& /*scratch*/) override {
    drops_ = pass.training;
    seed_ = pass.seed;
    step_ = pass.step;
  }

  void forward(const Shard& shard, const ForwardValues& values, Scratch& /*scratch*/) override {
    const std::size_t count = shard.samples * size_;
    if (!drops_) {
      std::copy_n(values.inputs[0], count, values.output);
      return;
    }
    for (std::size_t i = 0; i < shard.samples; ++i) draw_factors(shard.first + i);
    multiply(shard, values.inputs[0], values.output);
  }

  void backward(const Shard& shard, const BackwardValues& values, Scratch& /*scratch*/) override {
    multiply(shard, values.output_gradient, values.input_gradients[0]);
  }

 private:
  void draw_factors(std::size_t sample) {
    Random random(seed_, step_, static_cast<std::uint32_t>(sample), kDropoutStream + layer_);
    const auto kept = static_cast<float>(1 / (1 - rate_));
    float* factors = &factors_[sample * size_];
    for (std::size_t i = 0; i < size_; ++i) factors[i] = random.uniform() < rate_ ? 0 : kept;
  }

  void multiply(const Shard& shard, const float* values, float* products) const {
    const float* factors = &factors_[shard.first * size_];
    for (std::size_t i = 0; i < shard.samples * size_; ++i) products[i] = values[i] * factors[i];
  }

  double rate_;
  std::size_t size_;
  std::uint32_t layer_;
  std::vector<float> factors_;  // of every value of the batch
  bool drops_ = false;
  std::uint64_t seed_ = 0;
  std::uint32_t step_ = 0;
};

// 1 / (1 + exp(-x)).
class SigmoidOperation : public LayerOperation {
 public:
  explicit SigmoidOperation(std::size_t size) : size_(size) {}

  void forward(const Shard& shard, const ForwardValues& values, Scratch& /*scratch*/) override {
    for (std::size_t i = 0; i < shard.samples * size_; ++i) {
      values.output[i] = static_cast<float>(1 / (1 + std::exp(-double{values.inputs[0][i]})));
    }
  }

  void backward(const Shard& shard, const BackwardValues& values, Scratch& /*scratch*/) override {
    for (std::size_t i = 0; i < shard.samples * size_; ++i) {
      const float y = values.output[i];
      values.input_gradients[0][i] = values.output_gradient[i] * y * (1 - y);
    }
  }

 private:
  std::size_t size_;
};

// exp(x_i) / sum_j exp(x_j) over the last axis.
class SoftmaxOperation : public LayerOperation {
 public:
  SoftmaxOperation(std::size_t size, std::size_t classes)
      : rows_(size / classes), classes_(classes) {}

  void forward(const Shard& shard, const ForwardValues& values, Scratch& /*scratch*/) override {
    for (std::size_t row = 0; row < shard.samples * rows_; ++row) {
      forward_row(values.inputs[0] + row * classes_, values.output + row * classes_);
    }
  }

  // dx_i = y_i * (dy_i - sum_j y_j dy_j).
  void backward(const Shard& shard, const BackwardValues& values, Scratch& /*scratch*/) override {
    for (std::size_t row = 0; row < shard.samples * rows_; ++row) {
      const float* y = values.output + row * classes_;
      const float* upstream = values.output_gradient + row * classes_;
      float* gradient = values.input_gradients[0] + row * classes_;
      const double mean = std::inner_product(y, y + classes_, upstream, 0.0);
      for (std::size_t i = 0; i < classes_; ++i) {
        gradient[i] = static_cast<float>(double{y[i]} * (double{upstream[i]} - mean));
      }
    }
  }

 private:
  void forward_row(const float* x, float* y) const {
    const double highest = double{*std::max_element(x, x + classes_)};
    double sum = 0;
    for (std::size_t i = 0; i < classes_; ++i) sum += std::exp(double{x[i]} - highest);
    for (std::size_t i = 0; i < classes_; ++i) {
      y[i] = static_cast<float>(std::exp(double{x[i]} - highest) / sum);
    }
  }

  std::size_t rows_, classes_;  // of one sample
};

// Joins inputs along the last axis.
class ConcatenateOperation : public LayerOperation {
 public:
  ConcatenateOperation(const cnn::Network& network, const cnn::Layer& layer)
      : channels_(static_cast<std::size_t>(layer.output_shape.back())),
        rows_(size_of_sample(layer) / channels_) {
    for (const std::uint32_t inbound : layer.inbounds) {
      parts_.push_back(static_cast<std::size_t>(network.layer(inbound).output_shape.back()));
    }
  }

  void forward(const Shard& shard, const ForwardValues& values, Scratch& /*scratch*/) override {
    std::size_t offset = 0;
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      for (std::size_t row = 0; row < shard.samples * rows_; ++row) {
        std::copy_n(values.inputs[part] + row * parts_[part], parts_[part],
                    values.output + row * channels_ + offset);
      }
      offset += parts_[part];
    }
  }

  void backward(const Shard& shard, const BackwardValues& values, Scratch& /*scratch*/) override {
    std::size_t offset = 0;
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      if (float* gradient = values.input_gradients[part]; gradient != nullptr) {
        for (std::size_t row = 0; row < shard.samples * rows_; ++row) {
          std::copy_n(values.output_gradient + row * channels_ + offset, parts_[part],
                      gradient + row * parts_[part]);
        }
      }
      offset += parts_[part];
    }
  }

 private:
  std::size_t channels_;            // of the output
  std::size_t rows_;                // of one sample
  std::vector<std::size_t> parts_;  // channels of every input
};

struct Make {
  using Made = std::unique_ptr<LayerOperation>;
  const OperationSetup& setup;
  const cnn::Layer& layer;
  std::size_t size = size_of_sample(layer);

  Made operator()(const cnn::Rescaling& p) const {
    return std::make_unique<RescalingOperation>(p, size);
  }
  Made operator()(const cnn::ReLU& p) const {
    return std::make_unique<ReluOperation>(p, size, setup);
  }
  Made operator()(const cnn::Dropout& p) const {
    if (p.rate == 0 || !setup.trained) return nullptr;
    return std::make_unique<DropoutOperation>(double{p.rate}, size, setup.layer, setup.cut);
  }
  Made operator()(const cnn::Activation& p) const {
    switch (p.function) {
      case cnn::ActivationFunction::kSoftmax:
        return softmax();
      case cnn::ActivationFunction::kSigmoid:
        return std::make_unique<SigmoidOperation>(size);
      case cnn::ActivationFunction::kLinear:
        break;
    }
    return nullptr;
  }
  Made operator()(const cnn::Softmax&) const { return softmax(); }
  Made operator()(const cnn::Concatenate&) const {
    return std::make_unique<ConcatenateOperation>(setup.network, layer);
  }
  template <typename Other>
  Made operator()(const Other&) const {
    return nullptr;
  }

 private:
  [[nodiscard]] Made softmax() const {
    return std::make_unique<SoftmaxOperation>(size,
                                              static_cast<std::size_t>(layer.output_shape.back()));
  }
};

}  // namespace

std::unique_ptr<LayerOperation> make_plain_operation(const OperationSetup& setup) {
  const cnn::Layer& layer = setup.network.layer(setup.layer);
  return std::visit(Make{setup, layer}, layer.parameters);
}

}  // namespace akida::nn
