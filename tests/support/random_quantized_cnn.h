// Random quantized CNNs that can be converted: every kind of block in every order of its layers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "cnn/network.h"
#include "random_values.h"

namespace akida::test {

class RandomQuantizedCnn : private RandomValues {
 public:
  explicit RandomQuantizedCnn(std::uint64_t seed) : RandomValues(seed) {}

  cnn::Network make() {
    const bool is_image = coin();
    add(cnn::Input{{pick(4, 9), pick(4, 9), is_image ? (coin() ? 1 : 3) : 2}});
    network_.info.scaling_a = 1 + 200 * real();
    if (is_image) add_image_offset();
    if (is_image) {
      add_convolution(pick(2, 8));
    } else {
      add_neural(true);
    }
    const int hidden = pick(0, 3);
    finish_block(hidden > 0 || coin());
    for (int i = 1; i <= hidden; ++i) {
      if (coin()) add(cnn::Dropout{0.3F});
      add_neural(false);
      finish_block(i < hidden || coin());
    }
    if (coin()) add(cnn::Softmax{});
    return std::move(network_);
  }

 private:
  void add_image_offset() {
    if (coin()) network_.info.scaling_b = pick(0, 255);
    if (pick(0, 2) > 0) return;
    network_.info.scaling_a = 1;
    network_.info.scaling_b = 0;
    add(cnn::Rescaling{static_cast<float>(0.002 + real() / 100), static_cast<float>(-real())});
  }

  const cnn::Dims& shape() const { return network_.output_shape(); }
  bool is_map() const { return shape().size() == 3; }
  bool is_cell() const { return !is_map() || (shape()[0] == 1 && shape()[1] == 1); }

  // Of a neural layer; pooling takes the same.
  cnn::Padding padding() { return padding_ = coin() ? cnn::Padding::kSame : cnn::Padding::kValid; }
  cnn::Extent window(std::int32_t most) {
    return {pick(1, std::min(most, shape()[0])), pick(1, std::min(most, shape()[1]))};
  }
  std::optional<cnn::WeightQuantizer> quantizer(std::int32_t bits, bool per_filter) {
    using enum cnn::QuantizerKind;
    const cnn::QuantizerKind kinds[] = {kMax, kStd, kTrainableStd, kMaxPerAxis, kStdPerAxis, kLsq};
    return cnn::WeightQuantizer{kinds[pick(0, per_filter ? 5 : 2)], bits};
  }

  void add(cnn::Parameters parameters) {
    const std::size_t index = network_.add({.parameters = std::move(parameters)});
    for (cnn::Variable& variable : network_.variables(index)) fill(variable);
  }

  void fill(cnn::Variable& variable) {
    const std::string& name = variable.name;
    for (float& value : variable.value.data<float>()) {
      if (name.ends_with("kernel")) {
        value = static_cast<float>(real() - 0.5);
      } else if (name == "gamma") {
        value = static_cast<float>((pick(0, 9) == 0 ? 0.01 : 1.5) * (0.2 + real()));
        if (may_be_negative_ && coin()) value = -value;
      } else if (name == "moving_variance") {
        value = static_cast<float>(0.1 + real());
      } else if (name == "bias" || name == "beta" || name == "moving_mean") {
        value = static_cast<float>(real() - 0.5);
      }  // those of quantizers keep their defaults
    }
  }

  void add_convolution(std::int32_t bits) {
    add(cnn::Conv2D{.filters = pick(1, 6),
                    .kernel_size = window(4),
                    .strides = {pick(1, 2), pick(1, 2)},
                    .padding = padding(),
                    .use_bias = coin(),
                    .kernel_quantizer = quantizer(bits, true)});
  }

  void add_dense(std::int32_t bits) {
    if (is_map() && (!is_cell() || coin())) add(cnn::Flatten{});
    add(cnn::Dense{
        .units = pick(1, 6), .use_bias = coin(), .kernel_quantizer = quantizer(bits, true)});
  }

  void add_separable(std::int32_t bits) {
    const cnn::Extent kernel = window(3);
    const cnn::Extent strides{pick(1, 2), pick(1, 2)};
    if (coin()) {
      add(cnn::SeparableConv2D{.filters = pick(1, 6),
                               .kernel_size = kernel,
                               .strides = strides,
                               .padding = padding(),
                               .use_bias = coin(),
                               .depthwise_quantizer = quantizer(bits, false),
                               .pointwise_quantizer = quantizer(bits, true)});
      return;
    }
    add(cnn::DepthwiseConv2D{.kernel_size = kernel,
                             .strides = strides,
                             .padding = padding(),
                             .use_bias = false,
                             .depthwise_quantizer = quantizer(bits, false)});
    add(cnn::Conv2D{.filters = pick(1, 6), .kernel_quantizer = quantizer(bits, true)});
  }

  // `is_first`: of events, which a padded cell of 0 fits.
  void add_neural(bool is_first) {
    const std::int32_t bits = pick(2, is_first ? 8 : 6);
    if (!is_map() && coin()) add(cnn::Reshape{{1, 1, shape()[0]}});
    const int kind = is_map() ? pick(0, 3) : 3;
    is_dense_ = kind == 3;
    if (kind == 3) return add_dense(bits);
    kind == 0 ? add_convolution(bits) : add_separable(bits);
  }

  void add_max_pooling() {
    if (pick(0, 3) == 0) return add(cnn::GlobalMaxPooling2D{});
    add(cnn::MaxPooling2D{
        .pool_size = window(3), .strides = {pick(1, 2), pick(1, 2)}, .padding = padding_});
  }

  void add_average_pooling() {
    if (padding_ == cnn::Padding::kSame || coin()) return add(cnn::GlobalAveragePooling2D{});
    add(cnn::AveragePooling2D{.pool_size = window(3), .strides = {pick(1, 2), pick(1, 2)}});
  }

  void add_batchnorm(bool may_be_negative) {
    may_be_negative_ = may_be_negative;
    add(cnn::BatchNormalization{});
  }

  void add_activation() {
    const std::int32_t bits = pick(0, 9) == 0 ? 8 : pick(1, 5);
    switch (pick(0, 2)) {
      case 0:
        return add(cnn::ActivationDiscreteRelu{.bitwidth = bits});
      case 1:
        return add(cnn::QuantizedReLU{.bitwidth = bits});
      default:
        return add(
            cnn::QuantizedReLU{.bitwidth = bits, .max_value = static_cast<float>(pick(1, 6))});
    }
  }

  // Pooling, normalization and activation in any order that has an SNN.
  void finish_block(bool with_activation) {
    const bool pools = is_map() && !is_dense_;
    const int order = pools ? pick(0, 5) : 0;
    if (order == 1) add_max_pooling();
    if (order == 2) add_average_pooling();
    if (coin()) add_batchnorm(order != 1);
    if (order == 3) add_max_pooling();
    if (order == 4) add_average_pooling();
    if (!with_activation) return;
    add_activation();
    if (order == 5) add_max_pooling();
  }

  cnn::Network network_;
  bool may_be_negative_ = false;
  bool is_dense_ = false;
  cnn::Padding padding_ = cnn::Padding::kValid;
};

inline cnn::Network random_quantized_cnn(std::uint64_t seed) {
  return RandomQuantizedCnn(seed).make();
}

}  // namespace akida::test
