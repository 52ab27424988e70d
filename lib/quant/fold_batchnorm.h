// Folds batch normalizations into the layers they normalize, as the documented toolkit does.
#pragma once

#include "cnn/network.h"

namespace akida::quant {

// `network` without the batch normalizations that follow a neural layer (pooling may stand
// between: the normalization moves in front of it first). With g = gamma / sqrt(variance +
// epsilon), filter j of the kernel (of a separable layer: the pointwise one) becomes kernel * g_j
// and its bias beta_j + (bias_j - mean_j) * g_j; a layer without bias gets one. Limits of quantized
// kernels follow, so that codes keep their values and, where g is negative, change their signs.
// Sums are in double, rounded once. Other normalizations stay.
// Throws kInvalid naming layer and filter where gamma is 0, or negative behind max pooling, where
// the neural layer feeds another layer as well, and where its quantizer has one limit for all
// filters.
[[nodiscard]] cnn::Network fold_batchnorm(const cnn::Network& network);

// Throws kInvalid naming layer and filter where gamma is 0, or negative behind max pooling: such a
// normalization can be neither folded nor converted.
void require_usable_gammas(const cnn::Network& network);

}  // namespace akida::quant
