#include "quant/stored_limits.h"

#include <string>
#include <vector>

#include "cnn/layer_quantizers.h"

namespace akida::quant {
namespace {

// Where the variable of the kernel's quantizer is, or has to be: in front of those of later
// kernels.
std::size_t place_of(const cnn::Layer& layer, std::size_t index) {
  const std::vector<cnn::KernelQuantizer> kernels = kernel_quantizers(layer);
  for (std::size_t i = index; i < kernels.size(); ++i) {
    if (kernels[i].stored) return *kernels[i].stored;
  }
  return layer.variables.size();
}

}  // namespace

cnn::Layer with_stored_limits(cnn::Layer layer, std::size_t index) {
  const cnn::KernelQuantizer found = kernel_quantizers(layer)[index];
  if (cnn::has_stored_limits(found.quantizer.kind)) return layer;
  const std::vector<float> limits =
      cnn::weight_limits(found.quantizer, kernel_weights(layer, found), found.scale_count,
                         stored_values(layer, found));
  const std::string kernel = layer.variables[found.kernel].name;
  const bool is_depthwise = kernel == cnn::kDepthwiseNames.kernel;
  akida::Dense stored(DType::kF32, {is_depthwise ? 1 : layer.output_shape.back()});
  for (std::size_t j = 0; j < stored.data<float>().size(); ++j) {
    const float limit = limits[j % limits.size()];
    stored.data<float>()[j] =
        limit > 0 ? limit : static_cast<float>(cnn::largest_code(found.quantizer.bits));
  }
  const auto place = layer.variables.begin() + static_cast<std::ptrdiff_t>(place_of(layer, index));
  const auto behind = found.stored ? layer.variables.erase(place) : place;
  cnn::visit_quantizers(layer.parameters, [&](const cnn::KernelNames& names, auto& quantizer) {
    if (kernel != names.kernel) return;
    *quantizer = {.kind = cnn::QuantizerKind::kFixed, .bits = found.quantizer.bits};
    layer.variables.insert(behind, {names.limit, std::move(stored), false});
  });
  return layer;
}

}  // namespace akida::quant
