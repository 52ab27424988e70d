// The architectures of the documented model zoo, as float networks with zero weights.
//
// Names, arguments, defaults, layer names and parameter counts follow "Akida models API" of the
// 1.8 releases; `definition: k119` selects the later model definitions (layer names with '/', a
// leading Rescaling layer, changed bodies). Every function throws kInvalid naming the argument,
// its value and the valid ones. info.name is the documented model name; the input scaling the
// documentation gives to conversion is info.scaling_a and scaling_b (1.1.9 definitions carry it
// in their Rescaling layer instead).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cnn/network.h"

namespace akida::zoo {

enum class Definition : std::uint8_t {
  kSeed,  // the documented 1.8 definitions
  k119,   // model definitions 1.1.9
};

// What remains of a network without its classifier.
enum class TopPooling : std::uint8_t { kNone, kAverage };

struct MobilenetOptions {
  cnn::Dims input_shape{224, 224, 3};  // at least 32 x 32
  double alpha = 1.0;                  // width multiplier, > 0
  float dropout = 1e-3F;
  bool include_top = true;
  TopPooling pooling = TopPooling::kNone;  // without top: global average or the last map
  std::int32_t classes = 1000;
  bool use_stride2 = false;  // stride 2 in place of max pooling (kSeed only)
};
[[nodiscard]] cnn::Network mobilenet_imagenet(const MobilenetOptions& options = {});

// As MobileNet with full convolutions in its first four layers; always strides, defined in 1.1.9.
// use_stride2 is ignored.
[[nodiscard]] cnn::Network akidanet_imagenet(const MobilenetOptions& options = {});

// The edge-learning variant of a mobilenet_imagenet or akidanet_imagenet with top: the classifier
// gives way to a binary feature layer of 2048 neurons and a Dense layer. Weights before the
// classifier are kept.
[[nodiscard]] cnn::Network mobilenet_edge_imagenet(const cnn::Network& base, std::int32_t classes);
[[nodiscard]] cnn::Network akidanet_edge_imagenet(const cnn::Network& base, std::int32_t classes);

struct ImageOptions {
  cnn::Dims input_shape;
  std::int32_t classes = 10;
};
[[nodiscard]] cnn::Network ds_cnn_cifar10(const ImageOptions& options = {{32, 32, 3}, 10});
[[nodiscard]] cnn::Network vgg_cifar10(const ImageOptions& options = {{32, 32, 3}, 10});
[[nodiscard]] cnn::Network convtiny_dvs_gesture(const ImageOptions& options = {{64, 64, 10}, 10});
[[nodiscard]] cnn::Network convtiny_dvs_handy(const ImageOptions& options = {{120, 160, 2}, 9});

struct KwsOptions {
  cnn::Dims input_shape{49, 10, 1};
  std::int32_t classes = 33;
  bool include_top = true;
  Definition definition = Definition::kSeed;
};
[[nodiscard]] cnn::Network ds_cnn_kws(const KwsOptions& options = {});

struct VggOptions {
  cnn::Dims input_shape{224, 224, 3};
  std::int32_t classes = 1000;
  bool include_top = true;
  TopPooling pooling = TopPooling::kNone;  // kAverage replaces the last max pooling, even with top
};
[[nodiscard]] cnn::Network vgg_imagenet(const VggOptions& options = {});

[[nodiscard]] cnn::Network vgg_utk_face(const cnn::Dims& input_shape = {32, 32, 3});

struct YoloOptions {
  cnn::Dims input_shape{224, 224, 3};
  std::int32_t classes = 1;
  std::int32_t nb_box = 5;  // anchor boxes
  double alpha = 1.0;       // of the backbone
  float dropout = 1e-3F;    // kept for the documented signature; the body without top has none
  Definition definition = Definition::kSeed;  // k119: AkidaNet backbone
};
[[nodiscard]] cnn::Network yolo_base(const YoloOptions& options = {});

// The documented start of the detection layer of a yolo_base: kernels and bias are normal with
// deviation 0.1 / (cells of the grid). Keyed by (seed, layer, variable).
void initialize_detection(cnn::Network& network, std::uint64_t seed);

[[nodiscard]] cnn::Network convtiny_cwru(Definition definition = Definition::kSeed);

struct PointnetOptions {
  std::int32_t selected_points = 128;
  std::int32_t features = 3;
  std::int32_t knn_points = 64;  // a power of 2, 4..512
  std::int32_t classes = 40;
  double alpha = 1.0;  // width multiplier, > 0
  Definition definition = Definition::kSeed;
};
[[nodiscard]] cnn::Network pointnet_plus_modelnet40(const PointnetOptions& options = {});

[[nodiscard]] cnn::Network gxnor_mnist(Definition definition = Definition::kSeed);

}  // namespace akida::zoo
