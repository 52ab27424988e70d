// The quantizers of a layer: where they are among its arguments and variables.
#pragma once

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "cnn/network_layer.h"
#include "cnn/quantizer.h"

namespace akida::cnn {

// Names of what belongs to one kernel of a layer.
struct KernelNames {
  const char* kernel;     // its variable
  const char* quantizer;  // its quantizer among the arguments
  const char* limit;      // variable of a quantizer with stored limits: [filters], depthwise [1]
  const char* threshold;  // variable of a quantizer with a stored threshold: [1]
};
inline constexpr KernelNames kKernelNames = {"kernel", "kernel_quantizer", "kernel_limit",
                                             "kernel_threshold"};
inline constexpr KernelNames kDepthwiseNames = {"depthwise_kernel", "depthwise_quantizer",
                                                "depthwise_limit", "depthwise_threshold"};
inline constexpr KernelNames kPointwiseNames = {"pointwise_kernel", "pointwise_quantizer",
                                                "pointwise_limit", "pointwise_threshold"};

// Calls visit(names, quantizer) for every kernel of a layer with `parameters`, const or not:
// `quantizer` is the std::optional<WeightQuantizer> of that kernel. Depthwise before pointwise.
template <typename P, typename Visit>
void visit_quantizers(P& parameters, const Visit& visit) {
  std::visit(
      [&](auto& layer) {
        if constexpr (requires { layer.kernel_quantizer; }) {
          visit(kKernelNames, layer.kernel_quantizer);
        }
        if constexpr (requires { layer.depthwise_quantizer; }) {
          visit(kDepthwiseNames, layer.depthwise_quantizer);
        }
        if constexpr (requires { layer.pointwise_quantizer; }) {
          visit(kPointwiseNames, layer.pointwise_quantizer);
        }
      },
      parameters);
}

// A quantized kernel and its variables.
struct KernelQuantizer {
  WeightQuantizer quantizer;
  std::size_t kernel = 0;             // index of the kernel in Layer::variables
  std::optional<std::size_t> stored;  // and of the quantizer's own variable: limits or threshold
  std::size_t scale_count = 1;        // scale factors: 1, or one per filter
};

// The quantized kernels of a complete layer (Network::add), depthwise before pointwise; none for
// float layers.
[[nodiscard]] std::vector<KernelQuantizer> kernel_quantizers(const Layer& layer);

// The elements of the kernel, and of the quantizer's own variable (empty without one).
[[nodiscard]] std::span<const float> kernel_weights(const Layer& layer,
                                                    const KernelQuantizer& quantizer);
[[nodiscard]] std::span<const float> stored_values(const Layer& layer,
                                                   const KernelQuantizer& quantizer);

// Scale factors of a quantized kernel with the layer's present variables.
[[nodiscard]] std::vector<float> scale_factors(const Layer& layer,
                                               const KernelQuantizer& quantizer);

// Of an ActivationDiscreteRelu or a QuantizedReLU (from its variables where it has them); none for
// other layers.
[[nodiscard]] std::optional<ActivationQuantizer> activation_quantizer(const Layer& layer);

// True where a layer has a quantized kernel or is a quantized activation.
[[nodiscard]] bool is_quantized(const Layer& layer);

}  // namespace akida::cnn
