#include "lower/input_scale.h"

namespace akida::lower {

bool is_image_shape(const cnn::Dims& shape) {
  return shape.size() == 3 && (shape[2] == 1 || shape[2] == 3);
}

InputKind input_kind(const cnn::Network& network, std::optional<InputKind> wanted) {
  if (wanted) return *wanted;
  return is_image_shape(network.input_shape()) ? InputKind::kImage : InputKind::kEvents;
}

InputScale sample_scale(const cnn::Network& network, const Structure& structure) {
  if (!structure.rescaling) {
    return {.unit = 1, .shift = network.info.scaling_b, .divisor = network.info.scaling_a};
  }
  const auto& layer = std::get<cnn::Rescaling>(network.layer(*structure.rescaling).parameters);
  return {.unit = layer.scale, .shift = -double{layer.offset}, .divisor = 1};
}

}  // namespace akida::lower
