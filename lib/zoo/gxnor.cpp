// gxnor_mnist.
#include "zoo/builder.h"

namespace akida::zoo {

cnn::Network gxnor_mnist(Definition definition) {
  const bool seed = definition == Definition::kSeed;
  constexpr BlockHabit kPooled{.pooling = cnn::BlockPooling::kMax, .bias = true};
  Builder builder("gxnor_mnist", definition, {28, 28, 1});
  builder.input_scaling(255, 0);
  if (seed) {
    builder.conv("block1_conv1", 32, 5, kPooled);
    builder.conv("block2_conv1", 64, 5, kPooled);
  } else {
    builder.conv("block_1/conv_1", 32, 5, kPooled);
    builder.conv("block_2/conv_1", 64, 3, {.stride = 2, .bias = true});
  }
  builder.layer("flatten", cnn::Flatten{});
  builder.dense(seed ? "fc1" : "fc_1", 512, {.bias = true});
  builder.dense("predictions", 10, {.bias = true, .activation = false});
  return builder.take();
}

}  // namespace akida::zoo
