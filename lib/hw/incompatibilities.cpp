#include "hw/incompatibilities.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "base/error.h"
#include "hw/hardware_tables.h"
#include "snn/geometry.h"

namespace akida::hw {
namespace {

using snn::LayerType;

std::string text_of(std::int32_t value) { return fmt::format("{}", value); }
std::string text_of(const Window& window) {
  return fmt::format("{}x{}", window.width, window.height);
}
std::string text_of(snn::ConvolutionMode mode) { return snn::name_of(mode); }
std::string text_of(LayerType type) { return snn::name_of(type); }

template <typename T>
std::string text_of(const std::vector<T>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const T& value : values) texts.push_back(text_of(value));
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string text_of(const Interval& interval) {
  std::string text = interval.high == kNoLimit ? fmt::format("at least {}", interval.low)
                     : interval.low == interval.high
                         ? text_of(interval.low)
                         : fmt::format("{}..{}", interval.low, interval.high);
  if (interval.step > 1) text += fmt::format(", multiples of {}", interval.step);
  return text;
}

template <typename T>
bool contains(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Checks one layer against one row of one version's table.
class LayerCheck {
 public:
  LayerCheck(const snn::Model& model, std::size_t index, const HardwareVersion& version,
             std::vector<Finding>& findings)
      : model_(model),
        index_(index),
        layer_(model.layer(index)),
        version_(version),
        findings_(findings) {}

  void run() {
    if (layer_.type() == LayerType::kInputData) return;  // events come in through the interface
    const auto row =
        std::find_if(version_.layers.begin(), version_.layers.end(),
                     [&](const LayerLimits& limits) { return limits.type == layer_.type(); });
    if (row == version_.layers.end()) {
      std::vector<LayerType> types = {LayerType::kInputData};
      for (const LayerLimits& limits : version_.layers) types.push_back(limits.type);
      report("layer_type", text_of(layer_.type()), text_of(types));
      return;
    }
    check_input(*row);
    if (const snn::Convolution* convolution = snn::convolution_of(layer_)) {
      check_convolution(*row, *convolution);
      check_pooling(*row, *convolution);
    }
    require_one_of("weights_bits", snn::weights_bits(layer_), row->weights_bits);
    check_activation(*row);
  }

 private:
  void report(const char* rule, std::string value, std::string allowed) {
    findings_.push_back({.hardware = version_.name,
                         .layer = index_,
                         .layer_name = layer_.name,
                         .rule = rule,
                         .value = std::move(value),
                         .allowed = std::move(allowed)});
  }

  template <typename T>
  void require_one_of(const char* rule, const T& value, const std::vector<T>& allowed) {
    if (!contains(allowed, value)) report(rule, text_of(value), text_of(allowed));
  }

  void require_in(const char* rule, std::int32_t value, const Interval& interval) {
    if (value < interval.low || value > interval.high || value % interval.step != 0) {
      report(rule, text_of(value), text_of(interval));
    }
  }

  void check_input(const LayerLimits& limits) {
    const Shape& input = layer_.input_shape;
    if (layer_.inbounds.size() > 1) {
      report("inbound_layers", fmt::format("{}", layer_.inbounds.size()), "1");
    }
    require_in("input_width", input.width, limits.input_width);
    require_in("input_height", input.height, limits.input_height);
    require_in("input_channels", input.channels, limits.input_channels);
    if (!limits.single_cell_input && input.width == 1 && input.height == 1) {
      report("input_size", "1x1", "larger than 1x1");
    }
    if (limits.max_inputs > 0 && input.size() > limits.max_inputs) {
      report("inputs", fmt::format("{}", input.size()), fmt::format("1..{}", limits.max_inputs));
    }
    if (!limits.input_bits.empty()) {
      const auto bits = std::bit_width(static_cast<std::uint32_t>(layer_.input_max));
      require_one_of("input_bits", static_cast<std::int32_t>(bits), limits.input_bits);
    }
  }

  void check_convolution(const LayerLimits& limits, const snn::Convolution& convolution) {
    const Window kernel = {convolution.kernel_width, convolution.kernel_height};
    std::vector<Window> kernels;
    for (std::int32_t size : limits.kernels) kernels.push_back({size, size});
    require_one_of("kernel_size", kernel, kernels);

    const Window stride = {convolution.stride_x, convolution.stride_y};
    if (!contains(limits.strides, stride.width) || !contains(limits.strides, stride.height)) {
      report("stride", text_of(stride), text_of(limits.strides));
    }
    const Window wide = {limits.wide_stride_kernel, limits.wide_stride_kernel};
    if (wide.width != 0 && stride != Window{1, 1} && kernel != wide) {
      report("stride_kernel", text_of(kernel),
             fmt::format("{} where a stride is above 1", text_of(wide)));
    }
    require_one_of("convolution_mode", convolution.mode, limits.modes);

    for (const NeuronLimit& limit : limits.max_neurons) {
      if (limit.channels != layer_.input_shape.channels) continue;
      if (kernel != Window{limit.kernel, limit.kernel}) continue;
      require_in("num_neurons", snn::num_neurons(layer_), {.high = limit.neurons});
    }
  }

  void check_pooling(const LayerLimits& limits, const snn::Convolution& convolution) {
    const snn::Pooling& pooling = *snn::pooling_of(layer_);
    if (pooling.type == snn::PoolingType::kNoPooling) return;
    const Shape convolved =
        snn::convolution_output(layer_.input_shape, convolution, snn::num_neurons(layer_));
    const snn::ResolvedPooling resolved =
        snn::resolve_pooling(convolved, pooling, convolution.mode);
    const Window size = {resolved.width, resolved.height};
    if (pooling.type == snn::PoolingType::kMax) {
      check_max_pooling(limits.max_pooling, convolution, size,
                        {resolved.stride_x, resolved.stride_y});
      check_followers();
    } else {
      check_average_pooling(limits, convolved, size);
    }
  }

  void check_max_pooling(const MaxPoolingLimits& limits, const snn::Convolution& convolution,
                         const Window& size, const Window& stride) {
    require_one_of("pooling_size", size, limits.sizes);
    const auto stride_allowed = [&](std::int32_t axis_stride, std::int32_t axis_size) {
      if (limits.stride_is_size) return axis_stride == axis_size;
      if (axis_stride > axis_size) return false;
      return contains(limits.strides, axis_stride) || (axis_size == 1 && axis_stride == 1);
    };
    if (!stride_allowed(stride.width, size.width) || !stride_allowed(stride.height, size.height)) {
      report("pooling_stride", text_of(stride),
             limits.stride_is_size ? text_of(size)
                                   : fmt::format("{}; at most the pooling size {}",
                                                 text_of(limits.strides), text_of(size)));
    }
    if (!limits.within_input) return;
    const Window input = {layer_.input_shape.width, layer_.input_shape.height};
    const Window kernel = {convolution.kernel_width, convolution.kernel_height};
    require_within("pooling_input", size, input);
    require_within("kernel_input", kernel, input);
  }

  void require_within(const char* rule, const Window& window, const Window& input) {
    if (window.width > input.width || window.height > input.height) {
      report(rule, text_of(window), fmt::format("at most the input {}", text_of(input)));
    }
  }

  void check_average_pooling(const LayerLimits& limits, const Shape& convolved,
                             const Window& size) {
    if (!limits.average_pooling.supported) {
      report("pooling_type", "Average", "NoPooling, Max");
      return;
    }
    const Window global = {convolved.width, convolved.height};
    if (size != global) {
      report("pooling_type", fmt::format("Average {}", text_of(size)),
             fmt::format("NoPooling, Max, global Average ({})", text_of(global)));
    }
    require_in("average_pooling_width", size.width, limits.average_pooling.width);
    require_in("average_pooling_height", size.height, limits.average_pooling.height);
  }

  // Max pooling happens on the way into the next layer's processor, which must be convolutional.
  void check_followers() {
    const std::vector<LayerType> allowed = {LayerType::kConvolutional,
                                            LayerType::kSeparableConvolutional};
    bool is_followed = false;
    for (const snn::Layer& next : model_.layers()) {
      if (!contains(next.inbounds, static_cast<std::uint32_t>(index_))) continue;
      is_followed = true;
      require_one_of("next_layer", next.type(), allowed);
    }
    if (!is_followed) report("next_layer", "none", text_of(allowed));
  }

  void check_activation(const LayerLimits& limits) {
    const snn::Activation& activation = *snn::activation_of(layer_);
    if (!activation.enabled) return;
    require_one_of("threshold_fire_bits", activation.threshold_fire_bits, limits.activation_bits);
    const std::int32_t half = 1 << (kThresholdBits - 1);
    require_all("threshold_fire", layer_.variables.threshold_fire, -half, half - 1);
    if (activation.threshold_fire_bits > 1) {  // with one bit the step means nothing
      require_all("threshold_fire_step", layer_.variables.threshold_fire_step, 0, 2 * half - 1);
    }
  }

  // One finding for all neurons: the first that is outside, and how many are.
  template <typename T>
  void require_all(const char* rule, const std::vector<T>& values, std::int32_t low,
                   std::int32_t high) {
    const auto is_outside = [&](T value) {
      return static_cast<double>(value) < low || static_cast<double>(value) > high;
    };
    const auto first = std::find_if(values.begin(), values.end(), is_outside);
    if (first == values.end()) return;
    const auto count = std::count_if(first, values.end(), is_outside);
    report(rule,
           fmt::format("{} at neuron {}, {} of {} neurons outside", *first, first - values.begin(),
                       count, values.size()),
           fmt::format("{}..{}", low, high));
  }

  const snn::Model& model_;
  std::size_t index_;
  const snn::Layer& layer_;
  const HardwareVersion& version_;
  std::vector<Finding>& findings_;
};

// The versions that `hardware` names.
std::vector<const HardwareVersion*> chosen_versions(std::string_view hardware) {
  std::vector<const HardwareVersion*> chosen;
  std::string names;
  for (const HardwareVersion& version : hardware_versions()) {
    if (hardware == "all" || hardware == version.name) chosen.push_back(&version);
    names += version.name + ", ";
  }
  if (chosen.empty()) {
    fail(ErrorKind::kUsage, "unknown hardware version '{}'; known: {}all", hardware, names);
  }
  return chosen;
}

// Appends `finding`, or only its version to one of the findings from `first` on, those of the same
// layer, that says the same of another version.
void merge(std::vector<Finding>& findings, std::size_t first, Finding finding) {
  const auto same = std::find_if(findings.begin() + static_cast<std::ptrdiff_t>(first),
                                 findings.end(), [&](const Finding& other) {
                                   return other.rule == finding.rule &&
                                          other.value == finding.value &&
                                          other.allowed == finding.allowed;
                                 });
  if (same == findings.end()) {
    findings.push_back(std::move(finding));
  } else if (same->hardware != finding.hardware) {
    same->hardware += ", " + finding.hardware;
  }
}

}  // namespace

std::vector<Finding> incompatibilities(const snn::Model& model, std::string_view hardware) {
  const std::vector<const HardwareVersion*> versions = chosen_versions(hardware);
  std::vector<Finding> findings;
  for (std::size_t index = 0; index < model.layers().size(); ++index) {
    const std::size_t first = findings.size();
    for (const HardwareVersion* version : versions) {
      std::vector<Finding> found;
      LayerCheck(model, index, *version, found).run();
      for (Finding& finding : found) merge(findings, first, std::move(finding));
    }
  }
  return findings;
}

std::string to_string(const Finding& finding) {
  return fmt::format("{}: {}: {} (allowed on {}: {})", finding.layer_name, finding.rule,
                     finding.value, finding.hardware, finding.allowed);
}

}  // namespace akida::hw
