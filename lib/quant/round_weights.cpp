#include "quant/round_weights.h"

#include <utility>

#include "cnn/layer_quantizers.h"
#include "quant/stored_limits.h"

namespace akida::quant {

cnn::Network round_weights(const cnn::Network& network) {
  cnn::Network result;
  result.info = network.info;
  for (const cnn::Layer& layer : network.layers()) {
    const std::size_t index = result.add(layer);
    for (std::size_t i = 0; i < kernel_quantizers(layer).size(); ++i) {
      cnn::Layer stored = with_stored_limits(result.layer(index), i);
      result.pop_layer();
      result.add(std::move(stored));
      const cnn::KernelQuantizer kernel = kernel_quantizers(result.layer(index))[i];
      const auto weights = result.variables(index)[kernel.kernel].value.data<float>();
      cnn::quantize_weights(kernel.quantizer.bits, weights,
                            scale_factors(result.layer(index), kernel), weights);
    }
  }
  return result;
}

}  // namespace akida::quant
