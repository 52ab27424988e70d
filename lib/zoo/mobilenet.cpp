// mobilenet_imagenet, akidanet_imagenet and their edge-learning variants.
#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "zoo/builder.h"

namespace akida::zoo {
namespace {

using cnn::BlockPooling;

constexpr cnn::Regularizer kKernelL2{.l2 = 4e-5F};

std::string model_name(const char* family, const MobilenetOptions& options) {
  return fmt::format("{}_{:.2f}_{}_{}", family, options.alpha, options.input_shape[0],
                     options.classes);
}

// reshape_1, dropout, a separable classifier, its activation and reshape_2.
void add_top(Builder& builder, const MobilenetOptions& options) {
  builder.layer("reshape_1", cnn::Reshape{{1, 1, scaled_filters(1024, options.alpha)}});
  builder.layer("dropout", cnn::Dropout{options.dropout});
  builder.separable("separable_14", options.classes,
                    {.batchnorm = false, .activation = false, .regularizer = kKernelL2});
  builder.class_activation(options.classes);
  builder.layer("reshape_2", cnn::Reshape{{options.classes}});
}

BlockPooling last_pooling(const MobilenetOptions& options) {
  return options.include_top || options.pooling == TopPooling::kAverage
             ? BlockPooling::kGlobalAverage
             : BlockPooling::kNone;
}

cnn::Network edge_network(const cnn::Network& base, std::int32_t classes, Definition definition) {
  if (classes < 1) fail(ErrorKind::kInvalid, "classes {} is not positive", classes);
  const std::size_t cut = base.find("separable_14");
  cnn::Network edge;
  edge.info = base.info;
  edge.info.name += "_edge";
  edge.info.class_names.clear();
  for (std::size_t i = 0; i < cut; ++i) edge.add(base.layer(i));
  const cnn::BlockNames names =
      definition == Definition::k119 ? cnn::BlockNames::kSlash : cnn::BlockNames::kUnderscore;
  separable_conv_block(
      edge, "spike_generator",
      {.filters = 2048, .kernel_size = {3, 3}, .padding = cnn::Padding::kSame, .use_bias = false},
      {.add_batchnorm = true, .names = names});
  edge.add({.name = "classification_layer",
            .parameters = cnn::Dense{.units = classes, .use_bias = false}});
  const bool binary = classes == 1;
  edge.add({.name = binary ? "act_sigmoid" : "act_softmax",
            .parameters = cnn::Activation{binary ? cnn::ActivationFunction::kSigmoid
                                                 : cnn::ActivationFunction::kSoftmax}});
  edge.add({.name = "reshape_2", .parameters = cnn::Reshape{{classes}}});
  return edge;
}

}  // namespace

cnn::Network mobilenet_imagenet(const MobilenetOptions& options) {
  require_image(options.input_shape, 32);
  constexpr std::array<std::int32_t, 13> kFilters = {64,  128, 128, 256, 256,  512, 512,
                                                     512, 512, 512, 512, 1024, 1024};
  Builder builder(model_name("mobilenet", options), Definition::kSeed, options.input_shape);
  builder.input_scaling(128, 128);
  builder.conv("conv_0", scaled_filters(32, options.alpha), 3,
               {.stride = 2, .regularizer = kKernelL2});
  for (std::int32_t i = 1; i <= std::ssize(kFilters); ++i) {
    BlockHabit habit{.regularizer = kKernelL2};
    const bool halves = i == 2 || i == 4 || i == 6 || i == 12;
    if (halves && options.use_stride2) habit.stride = 2;
    if (halves && !options.use_stride2) habit.pooling = BlockPooling::kMax;
    if (i == std::ssize(kFilters)) habit.pooling = last_pooling(options);
    builder.separable(fmt::format("separable_{}", i),
                      scaled_filters(kFilters[static_cast<std::size_t>(i - 1)], options.alpha),
                      habit);
  }
  if (options.include_top) add_top(builder, options);
  return builder.take();
}

cnn::Network akidanet_imagenet(const MobilenetOptions& options) {
  require_image(options.input_shape, 32);
  constexpr std::array<std::int32_t, 4> kConvFilters = {32, 64, 128, 128};
  constexpr std::array<std::int32_t, 10> kSeparableFilters = {256, 256, 512, 512,  512,
                                                              512, 512, 512, 1024, 1024};
  Builder builder(model_name("akidanet", options), Definition::k119, options.input_shape);
  builder.input_scaling(128, 128);
  for (std::int32_t i = 0; i < std::ssize(kConvFilters); ++i) {
    builder.conv(fmt::format("conv_{}", i),
                 scaled_filters(kConvFilters[static_cast<std::size_t>(i)], options.alpha), 3,
                 {.stride = i % 2 == 0 ? 2 : 1, .regularizer = kKernelL2});
  }
  for (std::int32_t i = 4; i < 4 + std::ssize(kSeparableFilters); ++i) {
    BlockHabit habit{.regularizer = kKernelL2};
    if (i == 4 || i == 6 || i == 12) habit.stride = 2;
    if (i == 13) habit.pooling = last_pooling(options);
    builder.separable(
        fmt::format("separable_{}", i),
        scaled_filters(kSeparableFilters[static_cast<std::size_t>(i - 4)], options.alpha), habit);
  }
  if (options.include_top) add_top(builder, options);
  return builder.take();
}

cnn::Network mobilenet_edge_imagenet(const cnn::Network& base, std::int32_t classes) {
  return edge_network(base, classes, Definition::kSeed);
}

cnn::Network akidanet_edge_imagenet(const cnn::Network& base, std::int32_t classes) {
  return edge_network(base, classes, Definition::k119);
}

}  // namespace akida::zoo
