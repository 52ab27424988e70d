// yolo_base: YOLOv2 on a MobileNet body (1.1.9: AkidaNet).
#include <fmt/format.h>

#include <limits>

#include "base/error.h"
#include "base/random.h"
#include "zoo/builder.h"

namespace akida::zoo {
namespace {

// Third key of the random streams, apart from those of kernels and of learning.
constexpr std::uint32_t kDetectionStream = std::numeric_limits<std::uint32_t>::max() - 1;

}  // namespace

cnn::Network yolo_base(const YoloOptions& options) {
  if (options.classes < 1) fail(ErrorKind::kInvalid, "classes {} is not positive", options.classes);
  if (options.nb_box < 1) fail(ErrorKind::kInvalid, "nb_box {} is not positive", options.nb_box);
  const bool seed = options.definition == Definition::kSeed;
  const MobilenetOptions body{.input_shape = options.input_shape,
                              .alpha = options.alpha,
                              .dropout = options.dropout,
                              .include_top = false};
  cnn::Network network = seed ? mobilenet_imagenet(body) : akidanet_imagenet(body);
  network.info.name = "yolo_base";
  constexpr float kScale = 127.5F;
  if (seed) {
    network.info.scaling_a = network.info.scaling_b = kScale;
  } else {
    network.set_parameters(network.find("rescaling"), cnn::Rescaling{1 / kScale, -1.0F});
  }
  const cnn::BlockOptions block{
      .add_batchnorm = true,
      .names = seed ? cnn::BlockNames::kUnderscore : cnn::BlockNames::kSlash};
  const cnn::SeparableConv2D conv{
      .filters = 1024, .kernel_size = {3, 3}, .padding = cnn::Padding::kSame, .use_bias = false};
  for (const char* name : {"1conv", "2conv", "3conv"}) {
    separable_conv_block(network, name, conv, block);
  }
  cnn::SeparableConv2D detection = conv;
  detection.filters = options.nb_box * (5 + options.classes);
  detection.use_bias = true;
  separable_conv_block(network, "detection_layer", detection, {.add_activation = false});
  return network;
}

void initialize_detection(cnn::Network& network, std::uint64_t seed) {
  const std::size_t index = network.find("detection_layer");
  const cnn::Dims& grid = network.layer(index).output_shape;
  const double deviation = 0.1 / (static_cast<double>(grid[0]) * grid[1]);
  std::vector<cnn::Variable>& variables = network.variables(index);
  for (std::size_t i = 0; i < variables.size(); ++i) {
    Random random(seed, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(i),
                  kDetectionStream);
    for (float& value : variables[i].value.data<float>()) {
      value = static_cast<float>(deviation * random.normal());
    }
  }
}

}  // namespace akida::zoo
