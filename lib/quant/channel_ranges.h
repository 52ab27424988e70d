// Makes the channels of depthwise kernels alike, which have one limit for all of them.
#pragma once

#include <cstddef>

#include "cnn/network.h"

namespace akida::quant {

// Of every SeparableConv2D: channel c of the depthwise kernel is divided by its largest magnitude
// m_c and row c of the pointwise kernel multiplied by it. The function stays, up to rounding;
// channels that are all zero stay. Layers whose kernels are quantized with stored limits are
// refused (kInvalid): their limits would no longer fit. Returns the number of layers.
std::size_t normalize_separable_layers(cnn::Network& network);

// How alike the filters (or, of a depthwise kernel, the channels) of `kernel` are: the mean over
// them of max |w of the filter| / max |w|. 1: equal ranges; near 0: one limit for all of them
// leaves most filters few codes. 1 for a kernel of zeros.
[[nodiscard]] double weights_homogeneity(const cnn::Variable& kernel);

}  // namespace akida::quant
