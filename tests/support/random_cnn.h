// Random valid CNNs of every layer type and argument, for round trips.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"
#include "cnn/network.h"
#include "random_values.h"

namespace akida::test {

class RandomCnn : private RandomValues {
 public:
  explicit RandomCnn(std::uint64_t seed) : RandomValues(seed) {}

  cnn::Network make() {
    cnn::Network network;
    fill_info(network.info);
    network.add({.name = coin() ? "" : "in put", .parameters = cnn::Input{shape()}});
    const int wanted = pick(0, 8);
    for (int i = 0; i < wanted; ++i) try_add(network, hidden_layer(network));
    for (std::size_t i = 0; i < network.layers().size(); ++i) fill_variables(network, i);
    return network;
  }

 private:
  cnn::Dims shape() {
    if (pick(0, 4) == 0) return {pick(1, 30)};
    return {pick(1, 9), pick(1, 9), pick(1, 5)};
  }

  cnn::Extent extent(std::int32_t most) { return {pick(1, most), pick(1, most)}; }
  cnn::Padding padding() { return static_cast<cnn::Padding>(pick(0, 1)); }
  float number() { return static_cast<float>(real()); }

  cnn::Regularizer regularizer() {
    cnn::Regularizer values;
    if (coin()) values.l1 = number();
    if (coin()) values.l2 = number();
    return values;
  }

  std::optional<float> optional() {
    return coin() ? std::optional(number() + 0.01F) : std::nullopt;
  }

  std::optional<cnn::WeightQuantizer> quantizer() {
    if (pick(0, 2) > 0) return std::nullopt;
    cnn::WeightQuantizer values{static_cast<cnn::QuantizerKind>(pick(0, 6)), pick(2, 8)};
    const bool has_threshold =
        std::string(cnn::name_of(values.kind)).find("std") != std::string::npos;
    if (has_threshold && coin()) values.threshold = number() + 0.5F;
    return values;
  }

  // Of a depthwise kernel: of no kind that has one scale per filter.
  std::optional<cnn::WeightQuantizer> scalar_quantizer() {
    auto values = quantizer();
    if (values && values->kind == cnn::QuantizerKind::kMaxPerAxis) {
      values->kind = cnn::QuantizerKind::kMax;
    } else if (values && values->kind == cnn::QuantizerKind::kStdPerAxis) {
      values->kind = cnn::QuantizerKind::kStd;
    }
    return values;
  }

  cnn::Parameters neural_parameters() {
    switch (pick(0, 3)) {
      case 0:
        return cnn::Conv2D{pick(1, 6), extent(4),     extent(3),  padding(),
                           coin(),     regularizer(), quantizer()};
      case 1:
        return cnn::SeparableConv2D{pick(1, 6), extent(4),     extent(3),     padding(),
                                    coin(),     regularizer(), regularizer(), scalar_quantizer(),
                                    quantizer()};
      case 2:
        return cnn::DepthwiseConv2D{extent(4), extent(3),     padding(),
                                    coin(),    regularizer(), scalar_quantizer()};
      default:
        return cnn::Dense{pick(1, 9), coin(), regularizer(), quantizer()};
    }
  }

  cnn::Parameters pooling_parameters() {
    switch (pick(0, 3)) {
      case 0:
        return cnn::MaxPooling2D{extent(3), extent(3), padding()};
      case 1:
        return cnn::AveragePooling2D{extent(3), extent(3), padding()};
      case 2:
        return cnn::GlobalAveragePooling2D{};
      default:
        return cnn::GlobalMaxPooling2D{};
    }
  }

  cnn::Parameters other_parameters(const cnn::Dims& input) {
    switch (pick(0, 10)) {
      case 0:
        return cnn::Rescaling{number(), number() - 0.5F};
      case 1:
        return cnn::BatchNormalization{number(), number() + 1e-6F, optional()};
      case 2:
        return cnn::ReLU{optional(), regularizer()};
      case 3:
        return cnn::Flatten{};
      case 4:
        return cnn::Reshape{input.size() == 1 ? cnn::Dims{1, 1, input[0]}
                                              : cnn::Dims{input[0] * input[1] * input[2]}};
      case 5:
        return cnn::Dropout{number()};
      case 6:
        return cnn::Activation{static_cast<cnn::ActivationFunction>(pick(0, 2))};
      case 7:
        return cnn::Softmax{};
      case 8:
        return cnn::ActivationDiscreteRelu{pick(1, 8), regularizer()};
      case 9:
        return cnn::QuantizedReLU{pick(1, 8), optional(), regularizer()};
      default:
        return cnn::Concatenate{};
    }
  }

  cnn::Layer hidden_layer(const cnn::Network& network) {
    cnn::Layer layer;
    if (coin()) layer.name = "layer-" + std::to_string(pick(0, 1000));
    const int kind = pick(0, 3);
    layer.parameters = kind == 0   ? neural_parameters()
                       : kind == 1 ? pooling_parameters()
                                   : other_parameters(network.output_shape());
    const auto last = static_cast<std::int32_t>(network.layers().size()) - 1;
    const int several = layer.type() == cnn::LayerType::kConcatenate ? pick(1, 3) : pick(0, 1);
    for (int i = several; i > 0; --i) {
      layer.inbounds.push_back(static_cast<std::uint32_t>(pick(0, last)));
    }
    return layer;
  }

  // Not every random layer fits: those that the network refuses are left out.
  static void try_add(cnn::Network& network, cnn::Layer layer) {
    try {
      network.add(std::move(layer));
    } catch (const Error&) {
      return;
    }
  }

  void fill_variables(cnn::Network& network, std::size_t index) {
    const std::vector<cnn::VariableSpec> specs = variable_specs(network.layer(index));
    for (std::size_t i = 0; i < specs.size(); ++i) {
      if (coin()) continue;  // the default
      const float offset = specs[i].positive ? 1.01F : 0.0F;
      for (float& value : network.variables(index)[i].value.data<float>()) {
        value = 2 * number() - 1 + offset;
      }
    }
  }
};

inline cnn::Network random_cnn(std::uint64_t seed) { return RandomCnn(seed).make(); }

}  // namespace akida::test
