// The layers of a CNN in long double, from Keras' definitions: loops over windows, nothing shared
// with the library but the quantizers' codes.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cnn/layer_quantizers.h"
#include "cnn/network.h"

namespace akida::test {

using Real = long double;

// [height][width][channels]; a vector is [1, 1, N].
struct Map {
  std::int32_t height = 1, width = 1, channels = 1;
  std::vector<Real> values;

  Map(std::int32_t h, std::int32_t w, std::int32_t c)
      : height(h), width(w), channels(c), values(static_cast<std::size_t>(h) * w * c) {}

  Real& at(std::int32_t y, std::int32_t x, std::int32_t c) {
    return values[(static_cast<std::size_t>(y) * width + x) * channels + c];
  }
  Real at(std::int32_t y, std::int32_t x, std::int32_t c) const {
    return values[(static_cast<std::size_t>(y) * width + x) * channels + c];
  }
};

// Quantized weights c / sf of kernel number `kernel`, exact up to the division.
inline std::vector<Real> plain_weights(const cnn::Layer& layer, std::size_t kernel) {
  const cnn::KernelQuantizer quantizer = cnn::kernel_quantizers(layer).at(kernel);
  const auto weights = cnn::kernel_weights(layer, quantizer);
  const std::vector<float> scales = cnn::scale_factors(layer, quantizer);
  std::vector<std::int8_t> codes(weights.size());
  cnn::weight_codes(quantizer.quantizer.bits, weights, scales, codes);
  std::vector<Real> values;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    values.push_back(Real{static_cast<Real>(codes[i])} / scales[i % scales.size()]);
  }
  return values;
}

inline float plain_value(const cnn::Layer& layer, std::string_view name, std::int32_t index,
                         float missing) {
  for (const cnn::Variable& variable : layer.variables) {
    if (variable.name == name) {
      return variable.value.data<float>()[static_cast<std::size_t>(index)];
    }
  }
  return missing;
}

// Calls visit(output y, output x, input y, input x, tap) for every cell of every window; the input
// cell may lie outside the map.
template <typename Visit>
void visit_windows(const Map& input, const Map& output, const cnn::Extent& size,
                   const cnn::Extent& strides, cnn::Padding padding, const Visit& visit) {
  const auto before = [&](std::int32_t in, std::int32_t out, std::int32_t k, std::int32_t s) {
    return padding == cnn::Padding::kSame ? std::max((out - 1) * s + k - in, 0) / 2 : 0;
  };
  const std::int32_t top = before(input.height, output.height, size.height, strides.height);
  const std::int32_t left = before(input.width, output.width, size.width, strides.width);
  for (std::int32_t y = 0; y < output.height; ++y)
    for (std::int32_t x = 0; x < output.width; ++x)
      for (std::int32_t i = 0; i < size.height; ++i)
        for (std::int32_t j = 0; j < size.width; ++j)
          visit(y, x, y * strides.height + i - top, x * strides.width + j - left,
                i * size.width + j);
}

inline Real cell_or(const Map& map, std::int32_t y, std::int32_t x, std::int32_t c, Real outside) {
  const bool inside = y >= 0 && y < map.height && x >= 0 && x < map.width;
  return inside ? map.at(y, x, c) : outside;
}

// One layer on one map. `padded` is the value of padded cells.
class PlainLayer {
 public:
  PlainLayer(const cnn::Layer& layer, const Map& input, Real padded)
      : layer_(layer), input_(input), padded_(padded), output_(make_output()) {}

  Map run() {
    std::visit([&](const auto& arguments) { compute(arguments); }, layer_.parameters);
    return output_;
  }

 private:
  Map make_output() const {
    const cnn::Dims& dims = layer_.output_shape;
    return dims.size() == 1 ? Map(1, 1, dims[0]) : Map(dims[0], dims[1], dims[2]);
  }

  template <typename Function>
  void fill(const Function& value) {
    for (std::int32_t y = 0; y < output_.height; ++y)
      for (std::int32_t x = 0; x < output_.width; ++x)
        for (std::int32_t c = 0; c < output_.channels; ++c) output_.at(y, x, c) = value(y, x, c);
  }

  void add_bias() {
    fill([&](auto y, auto x, auto c) {
      return output_.at(y, x, c) + plain_value(layer_, "bias", c, 0);
    });
  }

  void compute(const cnn::Conv2D& conv) {
    const std::vector<Real> kernel = plain_weights(layer_, 0);
    visit_windows(input_, output_, conv.kernel_size, conv.strides, conv.padding,
                  [&](auto y, auto x, auto in_y, auto in_x, auto tap) {
                    for (std::int32_t c = 0; c < input_.channels; ++c)
                      for (std::int32_t n = 0; n < output_.channels; ++n)
                        output_.at(y, x, n) +=
                            cell_or(input_, in_y, in_x, c, padded_) *
                            kernel[static_cast<std::size_t>(
                                (tap * input_.channels + c) * output_.channels + n)];
                  });
    add_bias();
  }

  template <typename Arguments>
  Map depthwise(const Arguments& arguments) const {
    const std::vector<Real> kernel = plain_weights(layer_, 0);
    Map sums(output_.height, output_.width, input_.channels);
    visit_windows(input_, sums, arguments.kernel_size, arguments.strides, arguments.padding,
                  [&](auto y, auto x, auto in_y, auto in_x, auto tap) {
                    for (std::int32_t c = 0; c < input_.channels; ++c)
                      sums.at(y, x, c) +=
                          cell_or(input_, in_y, in_x, c, padded_) *
                          kernel[static_cast<std::size_t>(tap * input_.channels + c)];
                  });
    return sums;
  }

  void compute(const cnn::DepthwiseConv2D& conv) { output_ = depthwise(conv); }

  void compute(const cnn::SeparableConv2D& conv) {
    const Map sums = depthwise(conv);
    const std::vector<Real> kernel = plain_weights(layer_, 1);
    fill([&](auto y, auto x, auto n) {
      Real sum = 0;
      for (std::int32_t c = 0; c < sums.channels; ++c)
        sum += sums.at(y, x, c) * kernel[static_cast<std::size_t>(c * output_.channels + n)];
      return sum;
    });
    add_bias();
  }

  void compute(const cnn::Dense&) {
    const std::vector<Real> kernel = plain_weights(layer_, 0);
    for (std::size_t i = 0; i < input_.values.size(); ++i)
      for (std::size_t n = 0; n < output_.values.size(); ++n)
        output_.values[n] += input_.values[i] * kernel[i * output_.values.size() + n];
    add_bias();
  }

  void compute(const cnn::BatchNormalization& arguments) {
    fill([&](auto y, auto x, auto c) {
      const auto value = [&](const char* name) { return plain_value(layer_, name, c, 0); };
      const Real sigma = std::sqrt(Real{value("moving_variance")} + arguments.epsilon);
      return value("gamma") * (input_.at(y, x, c) - value("moving_mean")) / sigma + value("beta");
    });
  }

  void compute(const cnn::MaxPooling2D& pool) {
    std::fill(output_.values.begin(), output_.values.end(), -1e300L);
    visit_windows(input_, output_, pool.pool_size, pool.strides, pool.padding,
                  [&](auto y, auto x, auto in_y, auto in_x, auto) {
                    for (std::int32_t c = 0; c < output_.channels; ++c)
                      output_.at(y, x, c) =
                          std::max(output_.at(y, x, c), cell_or(input_, in_y, in_x, c, -1e300L));
                  });
  }

  void compute(const cnn::AveragePooling2D& pool) {
    const Real area = pool.pool_size.height * pool.pool_size.width;
    visit_windows(input_, output_, pool.pool_size, pool.strides, pool.padding,
                  [&](auto y, auto x, auto in_y, auto in_x, auto) {
                    for (std::int32_t c = 0; c < output_.channels; ++c)
                      output_.at(y, x, c) += input_.at(in_y, in_x, c) / area;
                  });
  }

  void compute(const cnn::GlobalMaxPooling2D&) {
    compute(cnn::MaxPooling2D{{input_.height, input_.width}, {1, 1}, cnn::Padding::kValid});
  }
  void compute(const cnn::GlobalAveragePooling2D&) {
    compute(cnn::AveragePooling2D{{input_.height, input_.width}, {1, 1}, cnn::Padding::kValid});
  }

  // As levels; their value is level * step.
  void activate() {
    const cnn::ActivationQuantizer quantizer = *cnn::activation_quantizer(layer_);
    fill([&](auto y, auto x, auto c) {
      const Real position = (input_.at(y, x, c) - quantizer.threshold) / quantizer.step;
      return quantizer.step * std::clamp<Real>(std::ceil(position), 0, quantizer.levels());
    });
  }
  void compute(const cnn::ActivationDiscreteRelu&) { activate(); }
  void compute(const cnn::QuantizedReLU&) { activate(); }

  // Flatten, Reshape, Dropout: the values stay in order.
  template <typename Other>
  void compute(const Other&) {
    output_.values = input_.values;
  }

  const cnn::Layer& layer_;
  const Map& input_;
  Real padded_;
  Map output_;
};

inline Map plain_layer(const cnn::Layer& layer, const Map& input, Real padded = 0) {
  return PlainLayer(layer, input, padded).run();
}

}  // namespace akida::test
