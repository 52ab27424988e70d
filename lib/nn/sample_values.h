// Samples of a stream as the input of a network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/model_info.h"
#include "cnn/network_layer.h"
#include "tensor/dense.h"

namespace akida::nn {

// Throws kInvalid unless `samples` is u8, i32 or f32 of shape [n][input], with 1 <= n <= most;
// vectors may also be maps of 1x1.
void check_samples(const akida::Dense& samples, const cnn::Dims& input, std::size_t most);

// Whether all values are whole numbers in 0..most.
[[nodiscard]] bool are_integers(const akida::Dense& samples, std::int32_t most);

// x = (u - scaling_b) / scaling_a for x.size() values u from element `first` on, in double and
// rounded once.
void scale_samples(const ModelInfo& info, const akida::Dense& samples, std::size_t first,
                   std::span<float> x);

}  // namespace akida::nn
