// convtiny_cwru, convtiny_dvs_gesture and convtiny_dvs_handy.
#include <array>
#include <span>

#include "zoo/builder.h"

namespace akida::zoo {
namespace {

using cnn::BlockPooling;

constexpr BlockHabit kClassifier{.bias = true, .batchnorm = false, .activation = false};

struct ConvLayer {
  const char* name;
  std::int32_t filters;
};

// Convolutions that halve the map, a global average, a binary-ready feature layer, a classifier.
cnn::Network dvs_network(const ImageOptions& options, std::span<const ConvLayer> convolutions) {
  Builder builder("dvs_network", Definition::kSeed, options.input_shape);
  for (const ConvLayer& conv : convolutions) {
    const bool last = &conv == &convolutions.back();
    builder.conv(conv.name, conv.filters, 3,
                 {.pooling = last ? BlockPooling::kGlobalAverage : BlockPooling::kMax});
  }
  builder.layer("reshape_1", cnn::Reshape{{1, 1, convolutions.back().filters}});
  builder.layer("dropout", cnn::Dropout{1e-3F});
  builder.separable("spiking_layer", 256);
  builder.dense("dense", options.classes, {.batchnorm = false, .activation = false});
  builder.layer("act_softmax", cnn::Activation{cnn::ActivationFunction::kSoftmax});
  builder.layer("reshape_2", cnn::Reshape{{options.classes}});
  return builder.take();
}

}  // namespace

cnn::Network convtiny_cwru(Definition definition) {
  constexpr BlockHabit kPooled{.pooling = BlockPooling::kMax, .bias = true, .batchnorm = false};
  constexpr BlockHabit kHidden{.bias = true, .batchnorm = false};
  Builder builder("convtiny_cwru_32_10", definition, {32, 32, 1});
  builder.input_scaling(1, 127);
  builder.conv("conv_1", 32, 7, kPooled);
  builder.conv("conv_2", 32, 7, kPooled);
  if (definition == Definition::kSeed) {
    builder.layer("flatten", cnn::Flatten{});
    builder.dense("dense_1", 64, kHidden);
    builder.dense("dense_2", 96, kHidden);
    builder.dense("predictions", 10, kClassifier);
  } else {
    builder.separable("separable_1", 512, {.pooling = BlockPooling::kGlobalAverage});
    builder.layer("reshape_1", cnn::Reshape{{1, 1, 512}});
    builder.separable("predictions", 10, {.batchnorm = false, .activation = false});
    builder.layer("reshape_2", cnn::Reshape{{10}});
  }
  builder.layer("act_softmax", cnn::Softmax{});
  return builder.take();
}

cnn::Network convtiny_dvs_gesture(const ImageOptions& options) {
  require_image(options.input_shape, 16);
  constexpr std::array<ConvLayer, 5> kConvolutions = {
      {{"conv_01", 16}, {"conv_02", 16}, {"conv_03", 32}, {"conv_04", 64}, {"conv_05", 128}}};
  return dvs_network(options, kConvolutions);
}

cnn::Network convtiny_dvs_handy(const ImageOptions& options) {
  require_image(options.input_shape, 32);
  constexpr std::array<ConvLayer, 6> kConvolutions = {{{"conv_0", 16},
                                                       {"conv_1", 32},
                                                       {"conv_2", 64},
                                                       {"conv_3", 128},
                                                       {"conv_4", 256},
                                                       {"conv_5", 512}}};
  return dvs_network(options, kConvolutions);
}

}  // namespace akida::zoo
