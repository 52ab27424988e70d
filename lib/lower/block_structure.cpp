#include "lower/block_structure.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace akida::lower {
namespace {

using cnn::LayerType;

// [height, width, channels] of any shape.
cnn::Dims as_map(const cnn::Dims& dims) {
  return dims.size() == 1 ? cnn::Dims{1, 1, dims[0]} : dims;
}

bool is_single_cell(const cnn::Dims& map) { return map[0] == 1 && map[1] == 1; }

// Takes the layers one by one; `block()` is the block they belong to.
class Splitter {
 public:
  explicit Splitter(const cnn::Network& network) : network_(network) {}

  Structure split() {
    if (!is_chain()) return std::move(structure_);
    for (index_ = 1; index_ < network_.layers().size(); ++index_) take(layer());
    if (flatten_) refuse_flatten();
    if (depthwise_open_) refuse_depthwise();
    if (structure_.blocks.empty()) {
      fault(0, "there is no neural layer: add a Conv2D, SeparableConv2D or Dense layer");
    }
    return std::move(structure_);
  }

 private:
  const cnn::Layer& layer(std::size_t index) const { return network_.layer(index); }
  const cnn::Layer& layer() const { return layer(index_); }
  const std::string& name(std::size_t index) const { return layer(index).name; }

  BlockLayers* block() { return structure_.blocks.empty() ? nullptr : &structure_.blocks.back(); }

  void fault(std::size_t index, std::string reason) {
    structure_.faults.push_back({name(index), std::move(reason)});
  }

  // Every layer follows the one before it.
  bool is_chain() {
    if (network_.empty()) {
      structure_.faults.push_back({"", "the model has no layers"});
      return false;
    }
    for (std::size_t i = 0; i < network_.layers().size(); ++i) {
      const auto& inbounds = layer(i).inbounds;
      const bool follows =
          i == 0 ? inbounds.empty() : inbounds == std::vector{std::uint32_t(i - 1)};
      if (!follows || (layer(i).type() == LayerType::kInput) != (i == 0)) {
        fault(i,
              "the model contains more than one sequential branch: every layer must follow the "
              "one before it");
        return false;
      }
    }
    map_ = as_map(layer(0).output_shape);
    return true;
  }

  void take(const cnn::Layer& layer) {
    if (counts_for_nothing(layer)) return;
    const LayerType type = layer.type();
    const bool fits_flatten =
        type == LayerType::kDense || type == LayerType::kFlatten || is_trailing_type(type);
    if (flatten_ && !fits_flatten) refuse_flatten();
    if (depthwise_open_ && !is_pointwise(layer)) refuse_depthwise();
    if (!structure_.trailing.empty() && !is_trailing_type(type) && type != LayerType::kReshape) {
      fault(structure_.trailing.front(),
            fmt::format("{} is only supported after the last neural layer: remove it or what "
                        "follows from '{}' on",
                        cnn::name_of(this->layer(structure_.trailing.front()).type()), layer.name));
      structure_.trailing.clear();
    }
    take_by_type(layer);
  }

  static bool counts_for_nothing(const cnn::Layer& layer) {
    if (const auto* activation = std::get_if<cnn::Activation>(&layer.parameters)) {
      return activation->function == cnn::ActivationFunction::kLinear;
    }
    return layer.type() == LayerType::kDropout;
  }

  static bool is_trailing_type(LayerType type) {
    return type == LayerType::kSoftmax || type == LayerType::kActivation;
  }

  void take_by_type(const cnn::Layer& layer) {
    switch (layer.type()) {
      case LayerType::kRescaling:
        return take_rescaling();
      case LayerType::kConv2D:
      case LayerType::kSeparableConv2D:
      case LayerType::kDepthwiseConv2D:
      case LayerType::kDense:
        return take_neural();
      case LayerType::kMaxPooling2D:
      case LayerType::kAveragePooling2D:
      case LayerType::kGlobalAveragePooling2D:
      case LayerType::kGlobalMaxPooling2D:
        return take_pooling();
      case LayerType::kBatchNormalization:
        return take_batchnorm();
      case LayerType::kReLU:
      case LayerType::kActivationDiscreteRelu:
      case LayerType::kQuantizedReLU:
        return take_activation();
      case LayerType::kFlatten:
        if (!is_single_cell(map_)) flatten_ = index_;
        return;
      case LayerType::kReshape:
        return take_reshape();
      case LayerType::kSoftmax:
      case LayerType::kActivation:
        structure_.trailing.push_back(index_);
        return;
      default:
        fault(index_,
              fmt::format("unsupported type {}: remove or replace it", cnn::name_of(layer.type())));
    }
  }

  void take_rescaling() {
    if (block() != nullptr || structure_.rescaling) {
      fault(index_, "Rescaling is only supported once, right behind the input");
      return;
    }
    structure_.rescaling = index_;
  }

  // Whether `layer` completes a depthwise layer to a separable one.
  static bool is_pointwise(const cnn::Layer& layer) {
    const auto* conv = std::get_if<cnn::Conv2D>(&layer.parameters);
    return conv != nullptr && conv->kernel_size == cnn::Extent{1, 1} &&
           conv->strides == cnn::Extent{1, 1};
  }

  void take_neural() {
    if (std::exchange(depthwise_open_, false)) {
      block()->pointwise = index_;
    } else {
      open_block();
    }
    map_ = as_map(layer().output_shape);
  }

  void open_block() {
    if (block() != nullptr && !block()->activation) {
      fault(
          block()->filters(),
          fmt::format("no activation layer detected: activation is required in hidden layers, add "
                      "a ReLU before '{}'",
                      layer().name));
    }
    if (layer().type() == LayerType::kDense) {
      if (!flatten_ && !is_single_cell(map_)) {
        fault(index_, fmt::format("Dense works on every cell of the map {}: put a Flatten layer "
                                  "before it, or use a 1x1 Conv2D",
                                  cnn::to_string(map_)));
      }
      flatten_.reset();
    }
    if (const auto* depthwise = std::get_if<cnn::DepthwiseConv2D>(&layer().parameters)) {
      depthwise_open_ = true;
      if (depthwise->use_bias) {
        fault(index_, "a depthwise layer cannot have a bias: make it with use_bias false");
      }
    }
    structure_.blocks.push_back({.neural = index_, .input = map_});
  }

  void take_pooling() {
    const LayerType type = layer().type();
    map_ = as_map(layer().output_shape);
    if (block() == nullptr) {
      fault(index_, "a pooling layer cannot be the first layer: put a Conv2D before it");
      return;
    }
    if (layer(block()->neural).type() == LayerType::kDense) {
      fault(index_, fmt::format("a pooling layer must be placed after a convolutional layer, not "
                                "after the Dense layer '{}'",
                                name(block()->neural)));
    }
    if (block()->pooling) {
      fault(index_, fmt::format("two pooling layers were detected related to layer '{}': remove "
                                "'{}' or this one",
                                name(block()->filters()), name(*block()->pooling)));
    }
    if (block()->activation && !is_max_pooling(type)) {
      fault(index_, fmt::format("{} must come before the activation '{}': exchange them",
                                cnn::name_of(type), name(*block()->activation)));
    }
    block()->pooling = index_;
  }

  void take_batchnorm() {
    if (block() == nullptr) {
      fault(index_, "batch normalization cannot be the first layer: put a neural layer before it");
      return;
    }
    if (block()->activation) {
      fault(index_, fmt::format("batch normalization must come before the activation '{}': "
                                "exchange them",
                                name(*block()->activation)));
    } else if (block()->batchnorm) {
      fault(index_, fmt::format("two batch normalization layers were detected related to layer "
                                "'{}': remove '{}' or this one",
                                name(block()->filters()), name(*block()->batchnorm)));
    }
    block()->batchnorm = index_;
  }

  void take_activation() {
    if (block() == nullptr) {
      fault(index_, "an activation cannot be the first layer: put a neural layer before it");
    } else if (block()->activation) {
      fault(index_, fmt::format("a neural layer is required between the two activation layers "
                                "'{}' and '{}': remove one of them",
                                name(*block()->activation), layer().name));
    } else {
      block()->activation = index_;
    }
  }

  void take_reshape() {
    const cnn::Dims& input = layer().input_shape;
    const cnn::Dims& output = layer().output_shape;
    if (input != output && !(is_single_cell(as_map(input)) && is_single_cell(as_map(output)))) {
      fault(index_, fmt::format("Reshape can only be used to transform a tensor of shape (N,) to "
                                "(1, 1, N) and back: receives {} and gives {}",
                                cnn::to_string(input), cnn::to_string(output)));
    }
    if (!structure_.trailing.empty()) structure_.trailing.push_back(index_);
    map_ = as_map(output);
  }

  void refuse_flatten() {
    fault(*flatten_, "Flatten layer only supported before a Dense one");
    flatten_.reset();
  }

  void refuse_depthwise() {
    fault(block()->neural,
          "DepthwiseConv2D is only supported right before a Conv2D with kernel and strides (1, 1), "
          "with which it makes a separable layer: remove what stands between, or use "
          "SeparableConv2D");
    depthwise_open_ = false;
  }

  const cnn::Network& network_;
  std::size_t index_ = 0;
  Structure structure_;
  cnn::Dims map_;                       // what comes out of the layers so far, not flattened
  std::optional<std::size_t> flatten_;  // waits for its Dense layer
  bool depthwise_open_ = false;         // the last block waits for its pointwise layer
};

}  // namespace

bool is_max_pooling(LayerType type) {
  return type == LayerType::kMaxPooling2D || type == LayerType::kGlobalMaxPooling2D;
}

Structure split_into_blocks(const cnn::Network& network) { return Splitter(network).split(); }

}  // namespace akida::lower
