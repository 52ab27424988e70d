#include <optional>
#include <variant>

#include "cnn/layer_quantizers.h"
#include "cnn/shapes.h"
#include "nn/activity_penalty.h"
#include "nn/layer_factories.h"

namespace akida::nn {
namespace {

// Variables: threshold and step, where they are trained.
class QuantizedActivationOperation : public LayerOperation {
 public:
  QuantizedActivationOperation(const cnn::Regularizer& regularizer, std::size_t size,
                               const OperationSetup& setup)
      : size_(size), penalty_(regularizer, size, setup) {}

  void start(const cnn::Layer& layer, const Pass& pass, Scratch& /*scratch*/) override {
    quantizer_ = *cnn::activation_quantizer(layer);
    penalty_.start(pass);
  }

  void forward(const Shard& shard, const ForwardValues& values, Scratch& /*scratch*/) override {
    const std::size_t count = shard.samples * size_;
    cnn::quantize_activations(quantizer_, {values.inputs[0], count}, {values.output, count});
    penalty_.collect(shard, values.output);
  }

  void backward(const Shard& shard, const BackwardValues& values, Scratch& scratch) override {
    const std::size_t count = shard.samples * size_;
    const float* upstream =
        penalty_.add_gradient(shard, values.output, values.output_gradient, scratch);
    float* gradient = values.input_gradients[0];
    if (gradient == nullptr) gradient = grown(scratch.values, count);
    const cnn::ActivationGradients sums = cnn::activation_gradients(
        quantizer_, {values.inputs[0], count}, {upstream, count}, {gradient, count});
    if (values.variable_gradients.empty()) return;
    *values.variable_gradients[0] = static_cast<float>(sums.threshold);
    *values.variable_gradients[1] = static_cast<float>(sums.step);
  }

  [[nodiscard]] double activity_penalty(std::size_t shard) const override {
    return penalty_.of(shard);
  }

 private:
  std::size_t size_;
  cnn::ActivationQuantizer quantizer_;
  ActivityPenalty penalty_;
};

}  // namespace

std::unique_ptr<LayerOperation> make_quantized_activation(const OperationSetup& setup) {
  const cnn::Layer& layer = setup.network.layer(setup.layer);
  const auto make = [&](const cnn::Regularizer& regularizer) {
    return std::make_unique<QuantizedActivationOperation>(
        regularizer, static_cast<std::size_t>(cnn::element_count(layer.output_shape)), setup);
  };
  if (const auto* fixed = std::get_if<cnn::ActivationDiscreteRelu>(&layer.parameters)) {
    return make(fixed->activity_regularizer);
  }
  if (const auto* ranged = std::get_if<cnn::QuantizedReLU>(&layer.parameters)) {
    return make(ranged->activity_regularizer);
  }
  return nullptr;
}

}  // namespace akida::nn
