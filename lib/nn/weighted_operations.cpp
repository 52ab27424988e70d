#include <variant>

#include "cnn/layer_quantizers.h"
#include "cnn/shapes.h"
#include "nn/input_padding.h"
#include "nn/layer_factories.h"
#include "nn/sharded_sum.h"
#include "nn/window_geometry.h"

namespace akida::nn {
namespace {

const float* values_of(const cnn::Variable& variable) {
  return variable.value.data<float>().data();
}

// The weights that a layer computes with: a kernel, or what its quantizer makes of it.
class Kernels {
 public:
  // Called before weights().
  void start(const cnn::Layer& layer) {
    quantizers_ = cnn::kernel_quantizers(layer);
    quantized_.resize(quantizers_.size());
    for (std::size_t i = 0; i < quantizers_.size(); ++i) {
      const auto weights = cnn::kernel_weights(layer, quantizers_[i]);
      quantized_[i].resize(weights.size());
      cnn::quantize_weights(quantizers_[i].quantizer.bits, weights,
                            cnn::scale_factors(layer, quantizers_[i]), quantized_[i]);
    }
  }

  // Of the kernel that is variable `index`.
  [[nodiscard]] const float* weights(const cnn::Layer& layer, std::size_t index) const {
    for (std::size_t i = 0; i < quantizers_.size(); ++i) {
      if (quantizers_[i].kernel == index) return quantized_[i].data();
    }
    return values_of(layer.variables[index]);
  }

  // Takes the gradients of quantized weights to those of weights and of quantizers' variables.
  void finish_gradients(const cnn::Layer& layer, std::span<const std::span<float>> totals) const {
    for (const cnn::KernelQuantizer& quantizer : quantizers_) {
      const auto stored = cnn::stored_values(layer, quantizer);
      std::vector<float> untrained(stored.size());
      std::span<float> stored_gradient = untrained;
      if (quantizer.stored && !totals[*quantizer.stored].empty()) {
        stored_gradient = totals[*quantizer.stored];
      }
      const std::span<float> gradient = totals[quantizer.kernel];
      cnn::weight_gradients(quantizer.quantizer, cnn::kernel_weights(layer, quantizer),
                            quantizer.scale_count, stored, gradient, gradient, stored_gradient);
    }
  }

 private:
  std::vector<cnn::KernelQuantizer> quantizers_;
  std::vector<std::vector<float>> quantized_;
};

// Variables: kernel and, where used, bias; then those of the quantizer.
class SumOperation : public LayerOperation {
 public:
  SumOperation(WeightedSumKind kind, const WindowGeometry& geometry, bool has_bias,
               const OperationSetup& setup)
      : sum_(kind, geometry, has_bias, setup.trained, setup.input_gradient), has_bias_(has_bias) {}

  void start(const cnn::Layer& layer, const Pass& pass, Scratch& scratch) override {
    kernels_.start(layer);
    sum_.start(pass, kernels_.weights(layer, 0), scratch);
    if (has_bias_) bias_ = values_of(layer.variables[1]);
  }

  void forward(const Shard& shard, const ForwardValues& values, Scratch& scratch) override {
    sum_.of(shard).forward(values.inputs[0], bias_, values.output, scratch);
  }

  void backward(const Shard& shard, const BackwardValues& values, Scratch& scratch) override {
    const WeightedSum& sum = sum_.of(shard);
    sum.weight_gradients(values.inputs[0], values.output_gradient, values.variable_gradients[0],
                         has_bias_ ? values.variable_gradients[1] : nullptr, scratch);
    if (values.input_gradients[0] == nullptr) return;
    sum.input_gradient(values.output_gradient, values.input_gradients[0], scratch);
  }

  void finish_gradients(const cnn::Layer& layer,
                        std::span<const std::span<float>> totals) override {
    kernels_.finish_gradients(layer, totals);
  }

 private:
  Kernels kernels_;
  ShardedSum sum_;
  bool has_bias_;
  const float* bias_ = nullptr;
};

// Variables: depthwise kernel, pointwise kernel and, where used, bias; then those of quantizers.
class SeparableOperation : public LayerOperation {
 public:
  SeparableOperation(const WindowGeometry& depthwise, const WindowGeometry& pointwise,
                     bool has_bias, const OperationSetup& setup)
      : depthwise_(WeightedSumKind::kDepthwise, depthwise, false, setup.trained,
                   setup.input_gradient),
        pointwise_(WeightedSumKind::kConvolution, pointwise, has_bias, setup.trained,
                   setup.trained),
        has_bias_(has_bias),
        between_size_(static_cast<std::size_t>(cnn::element_count(depthwise.output))) {
    if (setup.trained) between_.resize(setup.cut.batch * between_size_);
  }

  void start(const cnn::Layer& layer, const Pass& pass, Scratch& scratch) override {
    kernels_.start(layer);
    depthwise_.start(pass, kernels_.weights(layer, 0), scratch);
    pointwise_.start(pass, kernels_.weights(layer, 1), scratch);
    if (has_bias_) bias_ = values_of(layer.variables[2]);
  }

  void forward(const Shard& shard, const ForwardValues& values, Scratch& scratch) override {
    float* between =
        between_.empty() ? room_between(shard, scratch) : &between_[shard.first * between_size_];
    depthwise_.of(shard).forward(values.inputs[0], nullptr, between, scratch);
    pointwise_.of(shard).forward(between, bias_, values.output, scratch);
  }

  void backward(const Shard& shard, const BackwardValues& values, Scratch& scratch) override {
    const float* between = &between_[shard.first * between_size_];
    const WeightedSum& pointwise = pointwise_.of(shard);
    pointwise.weight_gradients(between, values.output_gradient, values.variable_gradients[1],
                               has_bias_ ? values.variable_gradients[2] : nullptr, scratch);
    float* gradient = room_between(shard, scratch);
    pointwise.input_gradient(values.output_gradient, gradient, scratch);
    const WeightedSum& depthwise = depthwise_.of(shard);
    depthwise.weight_gradients(values.inputs[0], gradient, values.variable_gradients[0], nullptr,
                               scratch);
    if (values.input_gradients[0] == nullptr) return;
    depthwise.input_gradient(gradient, values.input_gradients[0], scratch);
  }

  void finish_gradients(const cnn::Layer& layer,
                        std::span<const std::span<float>> totals) override {
    kernels_.finish_gradients(layer, totals);
  }

 private:
  float* room_between(const Shard& shard, Scratch& scratch) const {
    return grown(scratch.values, shard.samples * between_size_);
  }

  Kernels kernels_;
  ShardedSum depthwise_, pointwise_;
  bool has_bias_;
  const float* bias_ = nullptr;
  std::size_t between_size_;               // values of one sample between the two stages
  kernels::AlignedVector<float> between_;  // of the batch; empty where no gradient is asked for
};

class Maker {
 public:
  using Made = std::unique_ptr<LayerOperation>;

  explicit Maker(const OperationSetup& setup)
      : setup_(setup), layer_(setup.network.layer(setup.layer)) {}

  Made operator()(const cnn::Conv2D& p) const {
    return over_windows(windows(p), [&](const WindowGeometry& geometry) {
      return sum(WeightedSumKind::kConvolution, geometry, p.use_bias);
    });
  }
  Made operator()(const cnn::DepthwiseConv2D& p) const {
    return over_windows(windows(p), [&](const WindowGeometry& geometry) {
      return sum(WeightedSumKind::kDepthwise, geometry, p.use_bias);
    });
  }
  Made operator()(const cnn::SeparableConv2D& p) const {
    const std::int32_t channels = layer_.input_shape[2];
    WindowGeometry depthwise = windows(p);
    depthwise.output[2] = channels;
    return over_windows(depthwise, [&](const WindowGeometry& geometry) -> Made {
      return std::make_unique<SeparableOperation>(
          geometry, pointwise_window(channels, layer_.output_shape), p.use_bias, setup_);
    });
  }
  Made operator()(const cnn::Dense& p) const {
    const std::int32_t inputs = layer_.input_shape.back();
    const std::int64_t rows = cnn::element_count(layer_.input_shape) / inputs;
    return sum(WeightedSumKind::kDense, dense_rows(rows, inputs, p.units), p.use_bias);
  }
  template <typename Other>
  Made operator()(const Other&) const {
    return nullptr;
  }

 private:
  template <typename Convolution>
  [[nodiscard]] WindowGeometry windows(const Convolution& p) const {
    return sliding_window(layer_.input_shape, layer_.output_shape, p.kernel_size, p.strides,
                          p.padding);
  }

  // oneDNN pads with 0; other padding is put around the maps before.
  template <typename Make>
  [[nodiscard]] Made over_windows(const WindowGeometry& geometry, const Make& make) const {
    const float padding = padding_of(setup_.network, setup_.layer);
    const WindowGeometry padded = with_padded_input(geometry);
    if (padding == 0 || padded.input == geometry.input) return make(geometry);
    return with_padding(make(padded), geometry, padding, setup_.cut);
  }

  [[nodiscard]] Made sum(WeightedSumKind kind, const WindowGeometry& geometry,
                         bool has_bias) const {
    return std::make_unique<SumOperation>(kind, geometry, has_bias, setup_);
  }

  const OperationSetup& setup_;
  const cnn::Layer& layer_;
};

}  // namespace

std::unique_ptr<LayerOperation> make_weighted_operation(const OperationSetup& setup) {
  const cnn::Layer& layer = setup.network.layer(setup.layer);
  return std::visit(Maker(setup), layer.parameters);
}

}  // namespace akida::nn
