#include "nn/input_padding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

#include "cnn/layer_quantizers.h"
#include "cnn/shapes.h"
#include "nn/padded_copy.h"
#include "nn/window_geometry.h"

namespace akida::nn {
namespace {

// x = (u - zero) / divisor for sample values u that enter a layer.
struct SampleScale {
  double divisor = 1;
  double zero = 0;
};

// None where something else than scaling comes between.
std::optional<SampleScale> samples_at(const cnn::Network& network, std::size_t index) {
  const cnn::Layer& layer = network.layer(index);
  switch (layer.type()) {
    case cnn::LayerType::kInput:
      return SampleScale{network.info.scaling_a, network.info.scaling_b};
    case cnn::LayerType::kRescaling: {
      const auto scale = samples_at(network, layer.inbounds[0]);
      if (!scale) return std::nullopt;
      const auto& rescaling = std::get<cnn::Rescaling>(layer.parameters);
      const double factor = double{rescaling.scale};
      return SampleScale{scale->divisor / factor,
                         scale->zero - scale->divisor * double{rescaling.offset} / factor};
    }
    case cnn::LayerType::kReshape:
    case cnn::LayerType::kDropout:
      return samples_at(network, layer.inbounds[0]);
    default:
      return std::nullopt;
  }
}

class PaddedOperation : public LayerOperation {
 public:
  PaddedOperation(std::unique_ptr<LayerOperation> operation, WindowGeometry geometry, float padding,
                  const BatchCut& cut)
      : operation_(std::move(operation)),
        geometry_(std::move(geometry)),
        padding_(padding),
        size_(static_cast<std::size_t>(cnn::element_count(with_padded_input(geometry_).input))),
        inputs_(cut.batch * size_) {}

  void start(const cnn::Layer& layer, const Pass& pass, Scratch& scratch) override {
    operation_->start(layer, pass, scratch);
  }

  void forward(const Shard& shard, const ForwardValues& values, Scratch& scratch) override {
    float* padded = &inputs_[shard.first * size_];
    copy_padded(geometry_, shard.samples, values.inputs[0], padded, padding_, std::identity());
    const std::array<const float*, 1> inputs = {padded};
    operation_->forward(shard, {inputs, values.output}, scratch);
  }

  void backward(const Shard& shard, const BackwardValues& values, Scratch& scratch) override {
    const std::array<const float*, 1> inputs = {&inputs_[shard.first * size_]};
    BackwardValues padded = values;
    padded.inputs = inputs;
    operation_->backward(shard, padded, scratch);
  }

  void finish_gradients(const cnn::Layer& layer,
                        std::span<const std::span<float>> totals) override {
    operation_->finish_gradients(layer, totals);
  }

 private:
  std::unique_ptr<LayerOperation> operation_;
  WindowGeometry geometry_;
  float padding_;
  std::size_t size_;  // of one padded sample
  kernels::AlignedVector<float> inputs_;
};

}  // namespace

float padding_of(const cnn::Network& network, std::size_t layer) {
  if (std::ranges::none_of(network.layers(), cnn::is_quantized)) return 0;
  const auto scale = samples_at(network, network.layer(layer).inbounds[0]);
  if (!scale) return 0;
  const double nearest = std::clamp(std::nearbyint(scale->zero), 0.0, 255.0);
  return static_cast<float>((nearest - scale->zero) / scale->divisor);
}

std::unique_ptr<LayerOperation> with_padding(std::unique_ptr<LayerOperation> operation,
                                             const WindowGeometry& geometry, float padding,
                                             const BatchCut& cut) {
  return std::make_unique<PaddedOperation>(std::move(operation), geometry, padding, cut);
}

}  // namespace akida::nn
