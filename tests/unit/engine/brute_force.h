// The network's definition as plain loops, for comparing the engine with: nothing here comes from
// lib/engine, lib/kernels or snn's geometry. Windows are enumerated, potentials are 64 bits wide.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "snn/model.h"

namespace akida::brute {

// One sample's input or output of a layer.
struct Map {
  int width = 0, height = 0, channels = 0;
  std::vector<std::int64_t> values;

  Map() = default;
  Map(int w, int h, int c, std::int64_t value = 0)
      : width(w), height(h), channels(c), values(static_cast<std::size_t>(w * h * c), value) {}
  std::int64_t& at(int x, int y, int c) {
    return values[static_cast<std::size_t>((y * width + x) * channels + c)];
  }
  std::int64_t at(int x, int y, int c) const {
    return values[static_cast<std::size_t>((y * width + x) * channels + c)];
  }
  bool inside(int x, int y) const { return x >= 0 && y >= 0 && x < width && y < height; }
};

// What a layer computed for one sample.
struct Result {
  Map potentials;  // after pooling; empty where the layer has none
  Map output;      // levels, or the potentials where activations are off
};

// First cell of every window along one axis.
inline std::vector<int> window_starts(snn::ConvolutionMode mode, int input, int size, int stride) {
  std::vector<int> starts;
  if (mode == snn::ConvolutionMode::kValid) {
    for (int s = 0; s + size <= input; s += stride) starts.push_back(s);
  } else if (mode == snn::ConvolutionMode::kFull) {
    for (int s = 1 - size; s < input; s += stride) starts.push_back(s);
  } else {
    for (int s = 0; s < input; s += stride) starts.push_back(s);
    const int missing = starts.back() + size - input;  // cells behind the input, unshifted
    if (missing > 0) {
      for (int& s : starts) s -= missing / 2;
    }
  }
  return starts;
}

inline std::int64_t weight(const Dense& weights, int x, int y, int c, int n) {
  const auto& d = weights.dims();
  return weights
      .data<std::int8_t>()[static_cast<std::size_t>(((x * d[1] + y) * d[2] + c) * d[3] + n)];
}

// Sums one window of `input`; `channel` < 0: over all channels. `flip` turns the kernel by 180
// degrees. Cells outside count as `padding`.
inline std::int64_t window_sum(const Map& input, const Dense& weights, int x0, int y0, int n,
                               int channel, bool flip, int padding) {
  const int kw = static_cast<int>(weights.dims()[0]), kh = static_cast<int>(weights.dims()[1]);
  std::int64_t sum = 0;
  for (int j = 0; j < kh; ++j) {
    for (int i = 0; i < kw; ++i) {
      const int x = x0 + i, y = y0 + j;
      const int wx = flip ? kw - 1 - i : i, wy = flip ? kh - 1 - j : j;
      const int first = channel < 0 ? 0 : channel,
                last = channel < 0 ? input.channels : channel + 1;
      for (int c = first; c < last; ++c) {
        const std::int64_t value = input.inside(x, y) ? input.at(x, y, c) : padding;
        sum += value * weight(weights, wx, wy, c, n);
      }
    }
  }
  return sum;
}

inline Map convolve(const snn::Layer& layer, const Map& input) {
  const snn::Convolution& convolution = *snn::convolution_of(layer);
  const auto xs =
      window_starts(convolution.mode, input.width, convolution.kernel_width, convolution.stride_x);
  const auto ys = window_starts(convolution.mode, input.height, convolution.kernel_height,
                                convolution.stride_y);
  const int width = static_cast<int>(xs.size()), height = static_cast<int>(ys.size());
  const int neurons = snn::num_neurons(layer);
  const auto* image = std::get_if<snn::InputConvolutional>(&layer.parameters);
  const bool separable = layer.type() == snn::LayerType::kSeparableConvolutional;
  const Dense& weights = layer.variables.weights;
  Map output(width, height, neurons);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int x0 = xs[static_cast<std::size_t>(x)], y0 = ys[static_cast<std::size_t>(y)];
      if (!separable) {
        for (int n = 0; n < neurons; ++n) {
          output.at(x, y, n) = window_sum(input, weights, x0, y0, n, -1, image == nullptr,
                                          image == nullptr ? 0 : image->padding_value);
        }
        continue;
      }
      for (int c = 0; c < input.channels; ++c) {
        const std::int64_t sum = window_sum(input, weights, x0, y0, 0, c, true, 0);
        for (int n = 0; n < neurons; ++n) {
          output.at(x, y, n) += sum * weight(layer.variables.weights_pw, 0, 0, c, n);
        }
      }
    }
  }
  return output;
}

// Windows along one axis as first cell and size; -1 is one window over everything.
struct PoolingAxis {
  std::vector<int> starts;
  int size = 0;
};
inline PoolingAxis pooling_axis(snn::ConvolutionMode mode, int input, int size, int stride) {
  if (size == -1) return {{0}, input};
  const auto pooling_mode = mode == snn::ConvolutionMode::kSame ? snn::ConvolutionMode::kSame
                                                                : snn::ConvolutionMode::kValid;
  return {window_starts(pooling_mode, input, size, stride == -1 ? size : stride), size};
}

inline Map pool(const snn::Layer& layer, const Map& input) {
  const snn::Pooling& pooling = *snn::pooling_of(layer);
  if (pooling.type == snn::PoolingType::kNoPooling) return input;
  const snn::ConvolutionMode mode = snn::convolution_of(layer)->mode;
  const PoolingAxis xs = pooling_axis(mode, input.width, pooling.width, pooling.stride_x);
  const PoolingAxis ys = pooling_axis(mode, input.height, pooling.height, pooling.stride_y);
  Map output(static_cast<int>(xs.starts.size()), static_cast<int>(ys.starts.size()),
             input.channels);
  for (int y = 0; y < output.height; ++y) {
    for (int x = 0; x < output.width; ++x) {
      for (int c = 0; c < output.channels; ++c) {
        std::int64_t sum = 0, highest = INT64_MIN;
        for (int j = 0; j < ys.size; ++j) {
          for (int i = 0; i < xs.size; ++i) {
            const int from_x = xs.starts[static_cast<std::size_t>(x)] + i;
            const int from_y = ys.starts[static_cast<std::size_t>(y)] + j;
            if (!input.inside(from_x, from_y)) continue;
            sum += input.at(from_x, from_y, c);
            highest = std::max(highest, input.at(from_x, from_y, c));
          }
        }
        output.at(x, y, c) = pooling.type == snn::PoolingType::kMax ? highest : sum;
      }
    }
  }
  return output;
}

// Number of boundaries floor(T + n * step * 2^(4 - bits)) below the potential.
inline std::int64_t level(std::int64_t potential, std::int32_t threshold, float step, int bits) {
  std::int64_t passed = 0;
  for (int n = 0; n < (1 << bits) - 1; ++n) {
    const double distance = double(n) * double{step} * std::exp2(4 - bits);
    if (static_cast<double>(potential) > std::floor(double(threshold) + distance)) ++passed;
  }
  return passed;
}

inline Map activate(const snn::Layer& layer, const Map& potentials) {
  const snn::Activation& activation = *snn::activation_of(layer);
  if (!activation.enabled) return potentials;
  Map levels = potentials;
  for (std::size_t i = 0; i < levels.values.size(); ++i) {
    const std::size_t n = i % static_cast<std::size_t>(levels.channels);
    levels.values[i] =
        level(potentials.values[i], layer.variables.threshold_fire[n],
              layer.variables.threshold_fire_step[n], activation.threshold_fire_bits);
  }
  return levels;
}

inline Map fully_connected(const snn::Layer& layer, const Map& input) {
  Map output(1, 1, snn::num_neurons(layer));
  for (int n = 0; n < output.channels; ++n) {
    for (int c = 0; c < input.channels; ++c) {
      for (int y = 0; y < input.height; ++y) {
        for (int x = 0; x < input.width; ++x) {
          const int index = (c * input.height + y) * input.width + x;
          output.at(0, 0, n) += input.at(x, y, c) * weight(layer.variables.weights, 0, 0, index, n);
        }
      }
    }
  }
  return output;
}

inline Map concatenate(const std::vector<Result>& results, const snn::Layer& layer) {
  const Map& first = results[layer.inbounds[0]].output;
  Map joined(first.width, first.height, layer.input_shape.channels);
  int offset = 0;
  for (std::uint32_t inbound : layer.inbounds) {
    const Map& part = results[inbound].output;
    for (int y = 0; y < part.height; ++y) {
      for (int x = 0; x < part.width; ++x) {
        for (int c = 0; c < part.channels; ++c) joined.at(x, y, offset + c) = part.at(x, y, c);
      }
    }
    offset += part.channels;
  }
  return joined;
}

// Every layer's result for one sample.
inline std::vector<Result> run(const snn::Model& model, const Map& sample) {
  std::vector<Result> results;
  for (const snn::Layer& layer : model.layers()) {
    Result result;
    const Map input = layer.is_input() ? sample : concatenate(results, layer);
    switch (layer.type()) {
      case snn::LayerType::kInputData:
        result.output = input;
        break;
      case snn::LayerType::kConcat:
        if (snn::outputs_potentials(model.layer(layer.inbounds[0]))) {
          result.potentials = input;
          result.output = activate(layer, input);
        } else {
          result.output = input;
        }
        break;
      case snn::LayerType::kFullyConnected:
        result.potentials = fully_connected(layer, input);
        result.output = activate(layer, result.potentials);
        break;
      default:
        result.potentials = pool(layer, convolve(layer, input));
        result.output = activate(layer, result.potentials);
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace akida::brute
