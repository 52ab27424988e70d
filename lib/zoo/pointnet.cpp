// pointnet_plus_modelnet40.
#include <fmt/format.h>

#include <array>
#include <cfenv>
#include <cmath>

#include "base/error.h"
#include "zoo/builder.h"

namespace akida::zoo {
namespace {

constexpr float kActivityPenalty = 1e-7F;

// How much the grouped neighbours are folded along the first axis.
std::int32_t reduction_factor(std::int32_t knn_points) {
  switch (knn_points) {
    case 4:
    case 8:
      return 2;
    case 16:
    case 32:
      return 4;
    case 64:
    case 128:
      return 8;
    case 256:
    case 512:
      return 16;
    default:
      fail(ErrorKind::kInvalid, "knn_points {} is not a power of 2 from 4 to 512", knn_points);
  }
}

// Convolution, normalization and ReLU; the pool, where there is one, comes after the activation.
class PointnetBody {
 public:
  PointnetBody(Builder& builder, Definition definition)
      : builder_(builder), definition_(definition) {}

  void conv(std::int32_t block, std::int32_t index, std::int32_t filters, std::int32_t kernel) {
    const std::string name = conv_name(block, index);
    builder_.conv(name, filters, kernel, {.bias = true, .activation = false});
    // The 1.8 definition leaves these layers to Keras' automatic names.
    builder_.layer(
        definition_ == Definition::kSeed ? "" : name + "/relu_1",
        cnn::ReLU{.max_value = 6.0F, .activity_regularizer = {kActivityPenalty, kActivityPenalty}});
  }

  void max_pooling() { builder_.layer("", cnn::MaxPooling2D{.padding = cnn::Padding::kSame}); }

  [[nodiscard]] std::string conv_name(std::int32_t block, std::int32_t index) const {
    if (definition_ == Definition::k119) return fmt::format("block_{}/conv_{}", block, index);
    // Published with this spelling; models refer to the layer by it.
    if (block == 1 && index == 2) return "bloc1_conv2";
    return fmt::format("block{}_conv{}", block, index);
  }

 private:
  Builder& builder_;
  Definition definition_;
};

}  // namespace

cnn::Network pointnet_plus_modelnet40(const PointnetOptions& options) {
  const std::int32_t factor = reduction_factor(options.knn_points);
  if (options.selected_points < 1 || options.selected_points > 65536) {
    fail(ErrorKind::kInvalid, "selected_points {} is outside 1..65536", options.selected_points);
  }
  if (!(options.alpha > 0 && options.alpha <= 64)) {
    fail(ErrorKind::kInvalid, "alpha {} is outside 0 < alpha <= 64", options.alpha);
  }
  // Python's round: halves go to the even neighbour.
  const auto base = static_cast<std::int32_t>(std::nearbyint(32 * options.alpha));
  const bool seed = options.definition == Definition::kSeed;
  Builder builder(
      "pointnet_plus", options.definition,
      {options.selected_points * factor, options.knn_points / factor, options.features});
  // Scaled samples in both definitions: the 1.1.9 network has no Rescaling layer either.
  builder.network().info.scaling_a = builder.network().info.scaling_b = 127;
  PointnetBody body(builder, options.definition);
  body.conv(1, 1, base, 3);
  body.conv(1, 2, base, 1);
  body.max_pooling();
  body.conv(2, 1, 2 * base, 1);
  body.conv(2, 2, 2 * base, 1);
  if (options.knn_points >= 8) body.max_pooling();
  body.conv(3, 1, 4 * base, 1);
  body.conv(3, 2, 4 * base, 1);
  if (options.knn_points >= 32) body.max_pooling();
  body.conv(4, 1, 8 * base, 1);
  if (options.knn_points >= 128) body.max_pooling();
  builder.conv(body.conv_name(5, 1), 16 * base, 1,
               {.pooling = cnn::BlockPooling::kGlobalAverage, .bias = true});
  builder.dense(seed ? "fc1" : "fc_1", 16 * base, {.bias = true});
  builder.dense(seed ? "fc2" : "fc_2", 8 * base, {.bias = true});
  builder.dense("dense", options.classes, {.bias = true, .batchnorm = false, .activation = false});
  builder.layer("act_softmax", cnn::Activation{cnn::ActivationFunction::kSoftmax});
  return builder.take();
}

}  // namespace akida::zoo
