// What samples are and mean.
#pragma once

#include <optional>

#include "lower/block_structure.h"
#include "lower/boundary_formula.h"

namespace akida::lower {

inline constexpr std::int32_t kImageBits = 8;
inline constexpr std::int32_t kEventBits = 4;

// True for maps of 1 or 3 channels.
[[nodiscard]] bool is_image_shape(const cnn::Dims& shape);

// `wanted`, or images where the shape allows it.
[[nodiscard]] InputKind input_kind(const cnn::Network& network, std::optional<InputKind> wanted);

// The model's input scaling or its Rescaling layer.
[[nodiscard]] InputScale sample_scale(const cnn::Network& network, const Structure& structure);

}  // namespace akida::lower
