#include "cnn/blocks.h"

#include "base/error.h"

namespace akida::cnn {
namespace {

std::string sub_name(const std::string& name, const BlockOptions& options, const char* part) {
  if (name.empty()) return {};
  return fmt::format("{}{}{}", name, options.names == BlockNames::kSlash ? "/" : "_", part);
}

void add_pooling(Network& network, const std::string& name, Padding padding,
                 const BlockOptions& options) {
  const Extent& size = options.pool_size;
  switch (options.pooling) {
    case BlockPooling::kNone:
      return;
    case BlockPooling::kMax:
      network.add({.name = sub_name(name, options, "maxpool"),
                   .parameters = MaxPooling2D{size, size, padding}});
      return;
    case BlockPooling::kAverage:
      network.add({.name = sub_name(name, options, "avgpool"),
                   .parameters = AveragePooling2D{size, size, padding}});
      return;
    case BlockPooling::kGlobalMax:
      network.add(
          {.name = sub_name(name, options, "global_max"), .parameters = GlobalMaxPooling2D{}});
      return;
    case BlockPooling::kGlobalAverage:
      network.add(
          {.name = sub_name(name, options, "global_avg"), .parameters = GlobalAveragePooling2D{}});
      return;
  }
}

std::size_t finish_block(Network& network, const std::string& name, const BlockOptions& options) {
  if (options.add_batchnorm) {
    BatchNormalization normalization;
    const bool after_max =
        options.pooling == BlockPooling::kMax || options.pooling == BlockPooling::kGlobalMax;
    if (after_max) normalization.min_gamma = options.min_gamma;
    network.add({.name = sub_name(name, options, "BN"), .parameters = normalization});
  }
  if (options.add_activation) {
    network.add({.name = sub_name(name, options, "relu"),
                 .parameters = ReLU{.max_value = options.max_value}});
  }
  return network.layers().size() - 1;
}

}  // namespace

std::size_t conv_block(Network& network, const std::string& name, const Conv2D& conv,
                       const BlockOptions& options) {
  network.add({.name = name, .inbounds = options.inbounds, .parameters = conv});
  add_pooling(network, name, conv.padding, options);
  return finish_block(network, name, options);
}

std::size_t separable_conv_block(Network& network, const std::string& name,
                                 const SeparableConv2D& conv, const BlockOptions& options) {
  network.add({.name = name, .inbounds = options.inbounds, .parameters = conv});
  add_pooling(network, name, conv.padding, options);
  return finish_block(network, name, options);
}

std::size_t dense_block(Network& network, const std::string& name, const Dense& dense,
                        const BlockOptions& options) {
  if (options.pooling != BlockPooling::kNone) {
    fail(ErrorKind::kInvalid, "dense block '{}' takes no pooling", name);
  }
  network.add({.name = name, .inbounds = options.inbounds, .parameters = dense});
  return finish_block(network, name, options);
}

}  // namespace akida::cnn
