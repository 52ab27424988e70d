// vgg_cifar10, vgg_imagenet (VGG11 with a quarter of the filters) and vgg_utk_face.
#include <fmt/format.h>

#include <array>

#include "zoo/builder.h"

namespace akida::zoo {

using cnn::BlockPooling;

cnn::Network vgg_cifar10(const ImageOptions& options) {
  require_image(options.input_shape, 8);
  constexpr std::array<std::int32_t, 7> kFilters = {128, 128, 256, 256, 512, 512, 1024};
  Builder builder("vgg_cifar10", Definition::kSeed, options.input_shape);
  builder.input_scaling(255, 0);
  for (std::int32_t i = 0; i < std::ssize(kFilters); ++i) {
    const bool halves = i == 1 || i == 3 || i == 5;
    builder.conv(fmt::format("conv_{}", i), kFilters[static_cast<std::size_t>(i)], i == 6 ? 1 : 3,
                 {.pooling = halves ? BlockPooling::kMax : BlockPooling::kNone});
  }
  builder.layer("flatten", cnn::Flatten{});
  builder.dense("dense_7", 1024);
  builder.dense("dense_8", options.classes, {.batchnorm = false, .activation = false});
  return builder.take();
}

cnn::Network vgg_imagenet(const VggOptions& options) {
  require_image(options.input_shape, 32);
  struct Block {
    const char* name;
    std::int32_t filters;
    bool halves;
  };
  constexpr std::array<Block, 8> kBlocks = {{{"block1_conv1", 16, true},
                                             {"block2_conv1", 32, true},
                                             {"block3_conv1", 64, false},
                                             {"block3_conv2", 64, true},
                                             {"block4_conv1", 128, false},
                                             {"block4_conv2", 128, true},
                                             {"block5_conv1", 128, false},
                                             {"block5_conv2", 128, true}}};
  constexpr cnn::Regularizer kKernelL2{.l2 = 4e-5F};
  Builder builder(fmt::format("vgg11_{}_{}", options.input_shape[0], options.classes),
                  Definition::kSeed, options.input_shape);
  builder.input_scaling(128, 128);
  for (const Block& block : kBlocks) {
    BlockPooling pooling = block.halves ? BlockPooling::kMax : BlockPooling::kNone;
    if (&block == &kBlocks.back() && options.pooling == TopPooling::kAverage) {
      pooling = BlockPooling::kGlobalAverage;
    }
    builder.conv(block.name, block.filters, 3,
                 {.pooling = pooling, .bias = true, .regularizer = kKernelL2});
  }
  if (!options.include_top) return builder.take();
  builder.layer("flatten", cnn::Flatten{});
  for (const char* number : {"1", "2"}) {
    builder.dense(fmt::format("fc{}", number), 4096, {.bias = true});
    builder.layer(fmt::format("dropout_{}", number), cnn::Dropout{0.5F});
  }
  builder.dense("predictions", options.classes,
                {.bias = true, .batchnorm = false, .activation = false});
  builder.class_activation(options.classes);
  return builder.take();
}

cnn::Network vgg_utk_face(const cnn::Dims& input_shape) {
  require_image(input_shape, 8);
  constexpr BlockHabit kPooled{.pooling = BlockPooling::kMax};
  Builder builder("vgg_utk_face", Definition::kSeed, input_shape);
  builder.input_scaling(127, 127);
  builder.conv("conv_0", 32, 3, {.padding = cnn::Padding::kValid});
  builder.conv("conv_1", 32, 3, kPooled);
  builder.layer("", cnn::Dropout{0.3F});
  builder.conv("conv_2", 64, 3);
  builder.conv("conv_3", 64, 3, kPooled);
  builder.layer("", cnn::Dropout{0.3F});
  builder.conv("conv_4", 84, 3);
  builder.layer("", cnn::Dropout{0.3F});
  builder.layer("flatten", cnn::Flatten{});
  builder.dense("dense_1", 64);
  builder.dense("dense_2", 1, {.bias = true, .batchnorm = false, .activation = false});
  return builder.take();
}

}  // namespace akida::zoo
