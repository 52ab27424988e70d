#include "quant/quantize.h"

#include <algorithm>

#include "base/error.h"
#include "cnn/layer_quantizers.h"
#include "quant/range_search.h"

namespace akida::quant {
namespace {

using cnn::QuantizerKind;

constexpr std::int32_t kMostBits = 8;

bool is_activation(const cnn::Layer& layer) {
  return layer.type() == cnn::LayerType::kReLU || cnn::activation_quantizer(layer).has_value();
}

QuantizerKind kind_of(WeightRange range, bool depthwise) {
  switch (range) {
    case WeightRange::kMax:
      return depthwise ? QuantizerKind::kMax : QuantizerKind::kMaxPerAxis;
    case WeightRange::kMaxTensor:
      return QuantizerKind::kMax;
    case WeightRange::kStd:
      return depthwise ? QuantizerKind::kStd : QuantizerKind::kStdPerAxis;
    case WeightRange::kStdTensor:
      return QuantizerKind::kStd;
    case WeightRange::kTrainableStd:
      return QuantizerKind::kTrainableStd;
    case WeightRange::kLeastError:
      return QuantizerKind::kFixed;
    case WeightRange::kLsq:
      return QuantizerKind::kLsq;
  }
  return QuantizerKind::kMaxPerAxis;
}

class Quantizer {
 public:
  explicit Quantizer(const QuantizeOptions& options) : options_(options) {}

  cnn::Network run(const cnn::Network& network) {
    check_names(network);
    cnn::Network result;
    result.info = network.info;
    bool first = true;
    for (const cnn::Layer& layer : network.layers()) {
      try {
        if (is_neural(layer)) {
          result.add(with_weights(layer, std::exchange(first, false)));
        } else if (is_activation(layer)) {
          result.add(with_activation(layer));
        } else {
          result.add(layer);
        }
      } catch (const Error& error) {
        throw named(error, layer);
      }
    }
    return result;
  }

 private:
  // Network::add names the layer itself.
  static Error named(const Error& error, const cnn::Layer& layer) {
    const std::string place = fmt::format("layer '{}'", layer.name);
    return std::string_view(error.what()).starts_with(place) ? error : error.with_context(place);
  }

  void check_names(const cnn::Network& network) const {
    for (const auto& [name, bits] : options_.layer_bits) {
      const cnn::Layer& layer = network.layer(network.find(name));
      if (!is_neural(layer) && !is_activation(layer)) {
        fail(ErrorKind::kUsage, "layer '{}' is {}, which has neither weights nor a ReLU", name,
             name_of(layer.type()));
      }
    }
  }

  [[nodiscard]] std::optional<std::int32_t> bits_of(const cnn::Layer& layer,
                                                    std::optional<std::int32_t> by_default) const {
    const auto own = options_.layer_bits.find(layer.name);
    return own == options_.layer_bits.end() ? by_default : own->second;
  }

  // Bits that a layer is to have: 0 for a float one.
  static std::int32_t checked_bits(std::optional<std::int32_t> wanted, std::int32_t present,
                                   std::int32_t least) {
    if (!wanted) return present;
    if (*wanted == 0 && present > 0) {
      fail(ErrorKind::kInvalid,
           "it is quantized to {} bits already, and a quantized layer cannot get 0 bits", present);
    }
    if (*wanted != 0 && (*wanted < least || *wanted > kMostBits)) {
      fail(ErrorKind::kInvalid, "{} bits are neither 0 nor in {}..{}", *wanted, least, kMostBits);
    }
    return *wanted;
  }

  cnn::Layer with_weights(cnn::Layer layer, bool first) const {
    const auto by_default =
        first && options_.input_weight_bits ? options_.input_weight_bits : options_.weight_bits;
    const auto wanted = bits_of(layer, by_default);
    const cnn::Layer old = layer;
    cnn::visit_quantizers(layer.parameters, [&](const cnn::KernelNames& names, auto& quantizer) {
      change(names, wanted, quantizer);
    });
    const std::vector<cnn::VariableSpec> specs = variable_specs(layer);
    layer.variables.clear();
    for (const cnn::VariableSpec& spec : specs) {
      layer.variables.push_back(variable(spec, old));
    }
    search_limits(old, layer);
    return layer;
  }

  void change(const cnn::KernelNames& names, std::optional<std::int32_t> wanted,
              std::optional<cnn::WeightQuantizer>& quantizer) const {
    const std::int32_t bits = checked_bits(wanted, quantizer ? quantizer->bits : 0, 2);
    if (bits == 0) return;
    const bool is_new = !quantizer;
    if (is_new) quantizer.emplace();
    quantizer->bits = bits;
    if (is_new || options_.weight_range) {
      const WeightRange range = options_.weight_range.value_or(
          bits < kMostBits ? WeightRange::kLeastError : WeightRange::kMax);
      const QuantizerKind kind =
          kind_of(range, std::string_view(names.kernel) == cnn::kDepthwiseNames.kernel);
      if (kind != quantizer->kind) *quantizer = {.kind = kind, .bits = bits};
    }
  }

  static cnn::Variable variable(const cnn::VariableSpec& spec, const cnn::Layer& old) {
    for (const cnn::Variable& present : old.variables) {
      if (present.name == spec.name) return present;
    }
    akida::Dense values(DType::kF32, spec.dims);
    std::ranges::fill(values.data<float>(), spec.initial);
    return {spec.name, std::move(values), spec.trainable};
  }

  // Fills the limits of kernels whose bits are new or others, or that had no limits.
  void search_limits(const cnn::Layer& old, cnn::Layer& layer) const {
    const std::vector<cnn::KernelQuantizer> before = kernel_quantizers(old);
    for (const cnn::KernelQuantizer& now : kernel_quantizers(layer)) {
      if (!cnn::has_stored_limits(now.quantizer.kind)) continue;
      const bool kept = std::any_of(before.begin(), before.end(), [&](const auto& earlier) {
        return earlier.kernel == now.kernel && earlier.quantizer.bits == now.quantizer.bits &&
               cnn::has_stored_limits(earlier.quantizer.kind);
      });
      if (kept) continue;
      const std::vector<float> limits = least_error_limits(
          now.quantizer.bits, kernel_weights(layer, now), now.scale_count, options_.jobs);
      std::ranges::copy(limits, layer.variables[*now.stored].value.data<float>().begin());
    }
  }

  cnn::Layer with_activation(cnn::Layer layer) const {
    const auto present = cnn::activation_quantizer(layer);
    const std::int32_t bits =
        checked_bits(bits_of(layer, options_.activation_bits), present ? present->bits : 0, 1);
    if (bits == 0) return layer;
    if (!present) return quantized_relu(layer, bits);
    return requantized(layer, *present, bits);
  }

  [[nodiscard]] cnn::Layer quantized_relu(const cnn::Layer& layer, std::int32_t bits) const {
    const auto& relu = std::get<cnn::ReLU>(layer.parameters);
    const auto values =
        relu.max_value ? cnn::ranged_activation(bits, *relu.max_value) : cnn::discrete_relu(bits);
    const float maximum = relu.max_value.value_or(static_cast<float>(values.levels()));
    return activation(layer, options_.activation_range.value_or(ActivationRange::kDiscrete), bits,
                      values, maximum);
  }

  // The same range in other bits; ActivationDiscreteRelu has the documented one of its new bits.
  [[nodiscard]] cnn::Layer requantized(const cnn::Layer& layer,
                                       const cnn::ActivationQuantizer& present,
                                       std::int32_t bits) const {
    const auto* ranged = std::get_if<cnn::QuantizedReLU>(&layer.parameters);
    const ActivationRange own = ranged == nullptr   ? ActivationRange::kDiscrete
                                : ranged->max_value ? ActivationRange::kMaximum
                                                    : ActivationRange::kTrained;
    const float top = static_cast<float>(present.levels());
    const float maximum =
        ranged != nullptr && ranged->max_value ? *ranged->max_value : present.step * top;
    cnn::ActivationQuantizer values{.bits = bits};
    values.step = present.step * top / static_cast<float>(values.levels());
    // What was learned beyond half a step moves the whole ramp, whatever the steps on it.
    values.threshold = present.threshold + (values.step - present.step) / 2;
    if (bits == present.bits) values = present;
    return activation(layer, options_.activation_range.value_or(own), bits, values, maximum);
  }

  // `layer` as a quantized activation; `values` are what a trained one starts from, `maximum` is
  // that of an untrained one.
  static cnn::Layer activation(const cnn::Layer& layer, ActivationRange range, std::int32_t bits,
                               const cnn::ActivationQuantizer& values, float maximum) {
    cnn::Layer result{.name = layer.name, .inbounds = layer.inbounds};
    const cnn::Regularizer regularizer = regularizer_of(layer);
    if (range == ActivationRange::kDiscrete) {
      result.parameters = cnn::ActivationDiscreteRelu{bits, regularizer};
    } else if (range == ActivationRange::kMaximum) {
      result.parameters = cnn::QuantizedReLU{bits, maximum, regularizer};
    } else {
      result.parameters = cnn::QuantizedReLU{bits, std::nullopt, regularizer};
      result.variables = {{"threshold", scalar(values.threshold)}, {"step", scalar(values.step)}};
    }
    return result;
  }

  static akida::Dense scalar(float value) {
    return akida::Dense::from<float>(std::span<const float>(&value, 1), {1});
  }

  static cnn::Regularizer regularizer_of(const cnn::Layer& layer) {
    return std::visit(
        [](const auto& relu) {
          if constexpr (requires { relu.activity_regularizer; }) return relu.activity_regularizer;
          return cnn::Regularizer{};
        },
        layer.parameters);
  }

  const QuantizeOptions& options_;
};

}  // namespace

cnn::Network quantize(const cnn::Network& network, const QuantizeOptions& options) {
  return Quantizer(options).run(network);
}

}  // namespace akida::quant
