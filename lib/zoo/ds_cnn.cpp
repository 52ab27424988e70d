// ds_cnn_cifar10 and ds_cnn_kws.
#include <fmt/format.h>

#include <array>

#include "zoo/builder.h"

namespace akida::zoo {

using cnn::BlockPooling;

cnn::Network ds_cnn_cifar10(const ImageOptions& options) {
  require_image(options.input_shape, 8);
  constexpr std::array<std::int32_t, 9> kFilters = {128, 256, 256, 512, 512, 512, 512, 1024, 1024};
  Builder builder("ds_cnn_cifar10", Definition::kSeed, options.input_shape);
  builder.input_scaling(255, 0);
  builder.conv("conv_0", 128, 3);
  for (std::int32_t i = 1; i <= std::ssize(kFilters); ++i) {
    const bool halves = i == 3 || i == 5 || i == 7;
    builder.separable(fmt::format("separable_{}", i), kFilters[static_cast<std::size_t>(i - 1)],
                      {.pooling = halves ? BlockPooling::kMax : BlockPooling::kNone});
  }
  builder.separable(
      "separable_10", options.classes,
      {.pooling = BlockPooling::kGlobalAverage, .batchnorm = false, .activation = false});
  return builder.take();
}

cnn::Network ds_cnn_kws(const KwsOptions& options) {
  require_image(options.input_shape, 2);
  const bool seed = options.definition == Definition::kSeed;
  const std::int32_t separables = seed ? 5 : 4;  // the last one averages
  Builder builder("ds_cnn_kws", options.definition, options.input_shape);
  builder.input_scaling(255, 0);
  builder.conv("conv_0", seed ? 32 : 64, 5, {.stride = 2});
  for (std::int32_t i = 1; i <= separables; ++i) {
    builder.separable(
        fmt::format("separable_{}", i), 64,
        {.pooling = i == separables ? BlockPooling::kGlobalAverage : BlockPooling::kNone});
  }
  builder.layer("reshape_1", cnn::Reshape{{1, 1, 64}});
  if (seed) builder.separable("separable_6", 256);
  if (options.include_top) {
    builder.layer("flatten", cnn::Flatten{});
    builder.dense(seed ? "dense_7" : "dense_5", options.classes,
                  {.bias = true, .batchnorm = false, .activation = false});
    builder.layer("act_softmax", cnn::Activation{cnn::ActivationFunction::kSoftmax});
  }
  return builder.take();
}

}  // namespace akida::zoo
