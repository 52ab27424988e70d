#include "quant/fold_batchnorm.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "cnn/layer_quantizers.h"

namespace akida::quant {
namespace {

using cnn::LayerType;

bool is_max_pooling(LayerType type) {
  return type == LayerType::kMaxPooling2D || type == LayerType::kGlobalMaxPooling2D;
}

bool is_pooling(LayerType type) {
  return is_max_pooling(type) || type == LayerType::kAveragePooling2D ||
         type == LayerType::kGlobalAveragePooling2D;
}

std::vector<std::size_t> consumer_counts(const cnn::Network& network) {
  std::vector<std::size_t> counts(network.layers().size());
  for (const cnn::Layer& layer : network.layers()) {
    for (std::uint32_t inbound : layer.inbounds) ++counts[inbound];
  }
  return counts;
}

// y = factor * x + offset for each filter.
struct Affine {
  std::vector<double> factor, offset;
};

// What stands in front of a normalization.
struct Source {
  std::size_t layer = 0;  // behind which only pooling stands
  bool behind_max_pooling = false;
  std::vector<std::size_t> passed;  // pooling layers and `layer`
};

Source source_of(const std::vector<cnn::Layer>& layers, const cnn::Layer& normalization) {
  Source source{.layer = normalization.inbounds[0]};
  source.passed = {source.layer};
  while (is_pooling(layers[source.layer].type())) {
    source.behind_max_pooling =
        source.behind_max_pooling || is_max_pooling(layers[source.layer].type());
    source.layer = layers[source.layer].inbounds[0];
    source.passed.push_back(source.layer);
  }
  return source;
}

void check_gammas(std::span<const float> gamma, bool behind_max_pooling) {
  for (std::size_t j = 0; j < gamma.size(); ++j) {
    if (gamma[j] == 0) {
      fail(ErrorKind::kInvalid,
           "gamma of filter {} is 0, which can be neither folded nor converted: train with "
           "min_gamma",
           j);
    }
    if (gamma[j] < 0 && behind_max_pooling) {
      fail(ErrorKind::kInvalid,
           "gamma of filter {} is {}, but behind max pooling it must be above 0: train with "
           "min_gamma",
           j, gamma[j]);
    }
  }
}

Affine affine_of(const cnn::Layer& normalization) {
  const auto& arguments = std::get<cnn::BatchNormalization>(normalization.parameters);
  const auto values = [&](std::size_t index) {
    return normalization.variables[index].value.data<float>();
  };
  const auto gamma = values(0), beta = values(1), mean = values(2), variance = values(3);
  Affine result;
  for (std::size_t j = 0; j < gamma.size(); ++j) {
    const double factor =
        double{gamma[j]} / std::sqrt(double{variance[j]} + double{arguments.epsilon});
    result.factor.push_back(factor);
    result.offset.push_back(double{beta[j]} - double{mean[j]} * factor);
  }
  return result;
}

void require_limits_per_filter(const cnn::Layer& layer, const cnn::KernelQuantizer& quantizer) {
  const auto filters = layer.variables[quantizer.kernel].value.dims().back();
  if (cnn::is_per_filter(quantizer.quantizer.kind) && filters == layer.output_shape.back()) return;
  fail(ErrorKind::kInvalid,
       "its quantizer of kind {} has one limit for all filters: normalization can only be folded "
       "where each has its own",
       name_of(quantizer.quantizer.kind));
}

// The index of the kernel whose filters are the layer's outputs.
std::size_t output_kernel(const cnn::Layer& layer) {
  return layer.type() == LayerType::kSeparableConv2D ? 1 : 0;
}

void scale_kernel(cnn::Layer& layer, const Affine& affine) {
  const std::size_t kernel = output_kernel(layer);
  for (const cnn::KernelQuantizer& quantizer : kernel_quantizers(layer)) {
    if (quantizer.kernel != kernel) continue;
    require_limits_per_filter(layer, quantizer);
    if (!quantizer.stored) continue;
    const auto limits = layer.variables[*quantizer.stored].value.data<float>();
    for (std::size_t j = 0; j < limits.size(); ++j) {
      limits[j] = static_cast<float>(double{limits[j]} * std::abs(affine.factor[j]));
    }
  }
  const auto weights = layer.variables[kernel].value.data<float>();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double factor = affine.factor[i % affine.factor.size()];  // channels of depthwise ones
    weights[i] = static_cast<float>(double{weights[i]} * factor);
  }
}

void fold_bias(cnn::Layer& layer, const Affine& affine) {
  akida::Dense folded(DType::kF32, {static_cast<std::int64_t>(affine.factor.size())});
  const std::size_t place = output_kernel(layer) + 1;  // behind the kernels
  const bool has_bias = place < layer.variables.size() && layer.variables[place].name == "bias";
  for (std::size_t j = 0; j < affine.factor.size(); ++j) {
    const double bias = has_bias ? double{layer.variables[place].value.data<float>()[j]} : 0.0;
    folded.data<float>()[j] = static_cast<float>(bias * affine.factor[j] + affine.offset[j]);
  }
  if (has_bias) {
    layer.variables[place].value = std::move(folded);
    return;
  }
  layer.variables.insert(layer.variables.begin() + static_cast<std::ptrdiff_t>(place),
                         {"bias", std::move(folded)});
  std::visit(
      [](auto& arguments) {
        if constexpr (requires { arguments.use_bias; }) arguments.use_bias = true;
      },
      layer.parameters);
}

class Folder {
 public:
  explicit Folder(const cnn::Network& network)
      : network_(network), consumers_(consumer_counts(network)), layers_(network.layers()) {}

  cnn::Network run() {
    std::vector<bool> folded(layers_.size());
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (layers_[i].type() != LayerType::kBatchNormalization) continue;
      try {
        folded[i] = fold(i);
      } catch (const Error& error) {
        throw error.with_context(fmt::format("layer '{}'", layers_[i].name));
      }
    }
    return without(folded);
  }

 private:
  // False where the normalization follows no neural layer.
  bool fold(std::size_t normalization) {
    const Source source = source_of(layers_, layers_[normalization]);
    cnn::Layer& target = layers_[source.layer];
    if (!is_neural(target)) return false;
    if (std::any_of(source.passed.begin(), source.passed.end(),
                    [&](std::size_t index) { return consumers_[index] > 1; })) {
      fail(ErrorKind::kInvalid, "it cannot be folded into '{}', which feeds other layers, too",
           target.name);
    }
    check_gammas(layers_[normalization].variables[0].value.data<float>(),
                 source.behind_max_pooling);
    const Affine affine = affine_of(layers_[normalization]);
    scale_kernel(target, affine);
    fold_bias(target, affine);
    return true;
  }

  [[nodiscard]] cnn::Network without(const std::vector<bool>& folded) const {
    cnn::Network result;
    result.info = network_.info;
    std::vector<std::uint32_t> places(layers_.size());
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (folded[i]) {
        places[i] = places[layers_[i].inbounds[0]];
        continue;
      }
      cnn::Layer layer = layers_[i];
      for (std::uint32_t& inbound : layer.inbounds) inbound = places[inbound];
      places[i] = static_cast<std::uint32_t>(result.add(std::move(layer)));
    }
    return result;
  }

  const cnn::Network& network_;
  std::vector<std::size_t> consumers_;
  std::vector<cnn::Layer> layers_;
};

}  // namespace

cnn::Network fold_batchnorm(const cnn::Network& network) { return Folder(network).run(); }

void require_usable_gammas(const cnn::Network& network) {
  for (const cnn::Layer& layer : network.layers()) {
    if (layer.type() != LayerType::kBatchNormalization) continue;
    const Source source = source_of(network.layers(), layer);
    if (!is_neural(network.layer(source.layer))) continue;
    try {
      check_gammas(layer.variables[0].value.data<float>(), source.behind_max_pooling);
    } catch (const Error& error) {
      throw error.with_context(fmt::format("layer '{}'", layer.name));
    }
  }
}

}  // namespace akida::quant
