#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "cnn/layer_quantizers.h"
#include "cnn/network.h"

namespace akida::cnn {
namespace {

// Collects variables in Keras' order.
class SpecList {
 public:
  void add(const char* name, std::vector<std::int64_t> dims, float initial = 0.0F,
           bool trainable = true, bool positive = false) {
    std::int64_t elements = 1;  // 2^28 at most, times a dimension of 2^24
    for (const std::int64_t dim : dims) {
      elements *= dim;
      if (elements > kMaxWeights) {
        fail(ErrorKind::kInvalid, "{}: shape ({}) exceeds {} elements", name, fmt::join(dims, ", "),
             kMaxWeights);
      }
    }
    specs_.push_back({name, std::move(dims), initial, trainable, positive});
  }
  [[nodiscard]] std::int64_t filters(std::string_view kernel) const {
    const auto found = std::find_if(specs_.begin(), specs_.end(),
                                    [&](const VariableSpec& spec) { return spec.name == kernel; });
    return found->dims.back();
  }
  [[nodiscard]] std::vector<VariableSpec> take() { return std::move(specs_); }

 private:
  std::vector<VariableSpec> specs_;
};

void list_variables(const Conv2D& layer, std::int64_t channels, SpecList& list) {
  list.add("kernel", {layer.kernel_size.height, layer.kernel_size.width, channels, layer.filters});
  if (layer.use_bias) list.add("bias", {layer.filters});
}

void list_variables(const SeparableConv2D& layer, std::int64_t channels, SpecList& list) {
  list.add("depthwise_kernel", {layer.kernel_size.height, layer.kernel_size.width, channels, 1});
  list.add("pointwise_kernel", {1, 1, channels, layer.filters});
  if (layer.use_bias) list.add("bias", {layer.filters});
}

void list_variables(const DepthwiseConv2D& layer, std::int64_t channels, SpecList& list) {
  list.add("depthwise_kernel", {layer.kernel_size.height, layer.kernel_size.width, channels, 1});
  if (layer.use_bias) list.add("bias", {channels});
}

void list_variables(const Dense& layer, std::int64_t channels, SpecList& list) {
  list.add("kernel", {channels, layer.units});
  if (layer.use_bias) list.add("bias", {layer.units});
}

void list_variables(const BatchNormalization&, std::int64_t channels, SpecList& list) {
  list.add("gamma", {channels}, 1.0F);
  list.add("beta", {channels});
  list.add("moving_mean", {channels}, 0.0F, false);
  list.add("moving_variance", {channels}, 1.0F, false);
}

void list_variables(const QuantizedReLU& layer, std::int64_t, SpecList& list) {
  if (layer.max_value) return;
  const ActivationQuantizer initial = discrete_relu(layer.bitwidth);
  list.add("threshold", {1}, initial.threshold);
  list.add("step", {1}, initial.step, true, true);
}

template <typename Other>
void list_variables(const Other&, std::int64_t, SpecList&) {}

void list_quantizer_variables(const Layer& layer, SpecList& list) {
  visit_quantizers(layer.parameters, [&](const KernelNames& names, const auto& quantizer) {
    if (!quantizer) return;
    if (has_stored_limits(quantizer->kind)) {
      const bool trainable = quantizer->kind == QuantizerKind::kLsq;
      list.add(names.limit, {list.filters(names.kernel)}, 1.0F, trainable, true);
    } else if (has_stored_threshold(quantizer->kind)) {
      list.add(names.threshold, {1}, quantizer->threshold, true, true);
    }
  });
}

}  // namespace

std::vector<VariableSpec> variable_specs(const Layer& layer) {
  SpecList list;
  std::visit(
      [&](const auto& parameters) { list_variables(parameters, layer.input_shape.back(), list); },
      layer.parameters);
  list_quantizer_variables(layer, list);
  return list.take();
}

void require_positive(const VariableSpec& spec, std::span<const float> values) {
  if (!spec.positive) return;
  const auto bad =
      std::find_if(values.begin(), values.end(), [](float value) { return value <= 0; });
  if (bad == values.end()) return;
  fail(ErrorKind::kInvalid, "element {}: value {} is not above 0", bad - values.begin(), *bad);
}

}  // namespace akida::cnn
