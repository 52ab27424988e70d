#include "lower/compatibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cnn/layer_quantizers.h"
#include "lower/block_windows.h"
#include "lower/input_scale.h"
#include "lower/layer_values.h"

namespace akida::lower {
namespace {

using cnn::LayerType;

// Collects faults, block by block.
class Checker {
 public:
  Checker(const cnn::Network& network, const Structure& structure, InputKind input, bool is_float)
      : network_(network), structure_(structure), input_(input), is_float_(is_float) {}

  std::vector<Incompatibility> check() {
    check_input();
    for (const BlockLayers& block : structure_.blocks) {
      check_padding(block);
      if (block.batchnorm) check_batchnorm(block, network_.layer(*block.batchnorm));
      if (!is_float_) check_quantizers(block);
    }
    return std::move(faults_);
  }

 private:
  void fault(const cnn::Layer& layer, std::string reason) {
    faults_.push_back({layer.name, std::move(reason)});
  }

  void check_input() {
    const cnn::Layer& input = network_.layer(0);
    const ModelInfo& info = network_.info;
    const bool scaled = info.scaling_a != 1 || info.scaling_b != 0;
    if (structure_.rescaling) {
      const cnn::Layer& layer = network_.layer(*structure_.rescaling);
      const auto& rescaling = std::get<cnn::Rescaling>(layer.parameters);
      if (scaled) {
        fault(layer, fmt::format("the model's input scaling ({}, {}) and this layer both scale the "
                                 "samples: keep one of them",
                                 info.scaling_a, info.scaling_b));
      }
      if (!(rescaling.scale > 0)) {
        fault(layer, fmt::format("scale {} is not above 0", rescaling.scale));
      }
    }
    if (!(info.scaling_a > 0)) {
      fault(input, fmt::format("input scaling {} is not above 0", info.scaling_a));
    }
    if (input_ == InputKind::kImage) {
      check_image_input(input);
    } else if (const InputScale scale = sample_scale(network_, structure_); scale.shift != 0) {
      fault(input, fmt::format("events need an input scaling whose second number is 0, not {}: a "
                               "cell without an event is 0",
                               scale.shift / scale.unit));
    }
  }

  void check_image_input(const cnn::Layer& input) {
    if (!is_image_shape(input.output_shape)) {
      fault(input, fmt::format("images are maps of 1 or 3 channels, not {}: read it as events",
                               cnn::to_string(input.output_shape)));
    }
    if (structure_.blocks.empty()) return;
    const cnn::Layer& first = network_.layer(structure_.blocks.front().neural);
    if (first.type() == LayerType::kConv2D) return;
    fault(first, fmt::format("the first layer of an image network must be a Conv2D, not {}: put "
                             "one before it, or read the samples as events",
                             cnn::name_of(first.type())));
  }

  void check_padding(const BlockLayers& block) {
    const bool is_dense = network_.layer(block.neural).type() == LayerType::kDense;
    if (!block.pooling || is_dense) return;
    if (common_padding(network_, block)) return check_average_windows(block);
    fault(network_.layer(*block.pooling), fmt::format("its padding must equal that of layer '{}'",
                                                      network_.layer(block.neural).name));
  }

  void check_average_windows(const BlockLayers& block) {
    const cnn::Layer& layer = network_.layer(*block.pooling);
    if (layer.type() != LayerType::kAveragePooling2D) return;
    if (windows_stay_inside(layer.input_shape, pooling_windows(layer))) return;
    fault(layer,
          "windows that reach over the edge average fewer cells: use padding valid or a "
          "size that divides the map");
  }

  void check_batchnorm(const BlockLayers& block, const cnn::Layer& layer) {
    const auto gammas = values_of(layer, "gamma");
    const auto zeros = std::count(gammas.begin(), gammas.end(), 0.0F);
    if (zeros > 0) {
      fault(layer,
            fmt::format("there are {} null gammas, the first of filter {}: train with "
                        "min_gamma",
                        zeros, std::find(gammas.begin(), gammas.end(), 0.0F) - gammas.begin()));
    }
    const bool behind_max = block.pooling && *block.pooling < *block.batchnorm &&
                            is_max_pooling(network_.layer(*block.pooling).type());
    const auto is_negative = [](float gamma) { return gamma < 0; };
    const auto negatives = std::count_if(gammas.begin(), gammas.end(), is_negative);
    if (behind_max && negatives > 0) {
      fault(layer,
            fmt::format("there are {} negative gammas behind max pooling, the first of filter {}: "
                        "train with min_gamma, or pool behind the normalization",
                        negatives,
                        std::find_if(gammas.begin(), gammas.end(), is_negative) - gammas.begin()));
    }
    check_variances(layer);
  }

  void check_variances(const cnn::Layer& layer) {
    const auto& batchnorm = std::get<cnn::BatchNormalization>(layer.parameters);
    const auto variances = values_of(layer, "moving_variance");
    const auto bad = std::find_if(variances.begin(), variances.end(), [&](float variance) {
      return !(double{variance} + double{batchnorm.epsilon} > 0);
    });
    if (bad == variances.end()) return;
    fault(layer, fmt::format("moving_variance {} of filter {} is not above -epsilon", *bad,
                             bad - variances.begin()));
  }

  void check_quantizers(const BlockLayers& block) {
    const cnn::Layer& neural = network_.layer(block.neural);
    std::vector<std::int32_t> bits;
    for (std::size_t index : {block.neural, block.filters()}) {
      const cnn::Layer& layer = network_.layer(index);
      const std::vector<cnn::KernelQuantizer> quantizers = cnn::kernel_quantizers(layer);
      const std::size_t wanted = layer.type() == LayerType::kSeparableConv2D ? 2 : 1;
      if (quantizers.size() < wanted) {
        fault(layer, "its weights are not quantized: quantize the model first");
        return;
      }
      for (const cnn::KernelQuantizer& each : quantizers) bits.push_back(each.quantizer.bits);
    }
    if (bits.front() != bits.back()) {
      fault(neural, fmt::format("depthwise and pointwise weights have {} and {} bits: a separable "
                                "layer needs the same for both",
                                bits.front(), bits.back()));
    }
    if (!block.activation) return;
    const cnn::Layer& activation = network_.layer(*block.activation);
    const auto quantizer = cnn::activation_quantizer(activation);
    if (!quantizer) {
      fault(activation, "the activation is not quantized: quantize the model first");
    } else if (!(quantizer->step > 0)) {
      fault(activation, fmt::format("its step {} is not above 0", quantizer->step));
    }
  }

  const cnn::Network& network_;
  const Structure& structure_;
  InputKind input_;
  bool is_float_;
  std::vector<Incompatibility> faults_;
};

}  // namespace

std::vector<Incompatibility> value_faults(const cnn::Network& network, const Structure& structure,
                                          InputKind input, bool is_float) {
  return Checker(network, structure, input, is_float).check();
}

}  // namespace akida::lower
