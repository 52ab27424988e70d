// CNNs in double, one plain loop per layer: what the executor is compared with.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "cnn/network.h"
#include "cnn/shapes.h"

namespace akida::test {

// The float64 state of a network, so that variables can be moved by tiny steps.
class PlainNetwork {
 public:
  using Values = std::vector<double>;

  explicit PlainNetwork(const cnn::Network& network) : network_(network) {
    for (const cnn::Layer& layer : network.layers()) {
      auto& values = variables.emplace_back();
      for (const cnn::Variable& variable : layer.variables) {
        const auto data = variable.value.data<float>();
        values.emplace_back(data.begin(), data.end());
      }
    }
  }

  std::vector<std::vector<Values>> variables;  // [layer][variable]

  // Batch statistics of the last training pass, by layer (empty for others).
  std::vector<Values> batch_mean, batch_variance;

  // The outputs of all layers for `samples` scaled inputs. In training, batch normalization takes
  // the batch's statistics; dropout is left out.
  std::vector<Values> forward(const Values& inputs, std::size_t samples, bool training = false) {
    samples_ = samples;
    training_ = training;
    batch_mean.assign(network_.layers().size(), {});
    batch_variance = batch_mean;
    outputs_.clear();
    outputs_.push_back(inputs);
    for (std::size_t i = 1; i < network_.layers().size(); ++i) {
      index_ = i;
      layer_ = &network_.layer(i);
      Values output(samples * size_of(layer_->output_shape));
      std::visit([&](const auto& parameters) { compute(parameters, output); }, layer_->parameters);
      outputs_.push_back(std::move(output));
    }
    return outputs_;
  }

 private:
  static std::size_t size_of(const cnn::Dims& dims) {
    return static_cast<std::size_t>(cnn::element_count(dims));
  }
  [[nodiscard]] const Values& input() const { return outputs_[layer_->inbounds[0]]; }
  [[nodiscard]] const Values& variable(std::size_t v) const { return variables[index_][v]; }
  [[nodiscard]] std::size_t channels() const {
    return static_cast<std::size_t>(layer_->output_shape.back());
  }

  // Calls visit(output cell, input cell, kernel cell) for all pairs of cells of maps that a window
  // joins; cells count (sample, row, column) and (row, column), without channels.
  template <typename Visit>
  void slide(const cnn::Dims& in, const cnn::Dims& out, const cnn::Extent& size,
             const cnn::Extent& strides, cnn::Padding padding, const Visit& visit) const {
    const auto before = [&](int input, int output, int window, int stride) {
      const int total = std::max((output - 1) * stride + window - input, 0);
      return padding == cnn::Padding::kSame ? total / 2 : 0;
    };
    const int top = before(in[0], out[0], size.height, strides.height);
    const int left = before(in[1], out[1], size.width, strides.width);
    for (int n = 0; n < static_cast<int>(samples_); ++n) {
      for (int y = 0; y < out[0]; ++y) {
        for (int x = 0; x < out[1]; ++x) {
          for (int i = 0; i < size.height; ++i) {
            for (int j = 0; j < size.width; ++j) {
              const int row = y * strides.height - top + i, column = x * strides.width - left + j;
              if (row < 0 || row >= in[0] || column < 0 || column >= in[1]) continue;
              visit(static_cast<std::size_t>((n * out[0] + y) * out[1] + x),
                    static_cast<std::size_t>((n * in[0] + row) * in[1] + column),
                    static_cast<std::size_t>(i * size.width + j));
            }
          }
        }
      }
    }
  }

  void convolve(const Values& from, const cnn::Dims& in, const Values& kernel,
                const cnn::Extent& size, const cnn::Extent& strides, cnn::Padding padding,
                Values& to) const {
    const auto inputs = static_cast<std::size_t>(in[2]), filters = channels();
    slide(in, layer_->output_shape, size, strides, padding,
          [&](std::size_t output, std::size_t source, std::size_t cell) {
            for (std::size_t c = 0; c < inputs; ++c) {
              for (std::size_t f = 0; f < filters; ++f) {
                to[output * filters + f] +=
                    from[source * inputs + c] * kernel[(cell * inputs + c) * filters + f];
              }
            }
          });
  }

  void convolve_channels(const Values& kernel, const cnn::Extent& size, const cnn::Extent& strides,
                         cnn::Padding padding, Values& to) const {
    const auto inputs = static_cast<std::size_t>(layer_->input_shape[2]);
    slide(layer_->input_shape, layer_->output_shape, size, strides, padding,
          [&](std::size_t output, std::size_t source, std::size_t cell) {
            for (std::size_t c = 0; c < inputs; ++c) {
              to[output * inputs + c] += input()[source * inputs + c] * kernel[cell * inputs + c];
            }
          });
  }

  void add_bias(bool use_bias, std::size_t v, Values& to) const {
    if (!use_bias) return;
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += variable(v)[i % channels()];
  }

  void compute(const cnn::Input&, Values&) const {}
  void compute(const cnn::Rescaling& p, Values& to) const {
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = input()[i] * double{p.scale} + double{p.offset};
    }
  }
  void compute(const cnn::Conv2D& p, Values& to) const {
    convolve(input(), layer_->input_shape, variable(0), p.kernel_size, p.strides, p.padding, to);
    add_bias(p.use_bias, 1, to);
  }
  void compute(const cnn::DepthwiseConv2D& p, Values& to) const {
    convolve_channels(variable(0), p.kernel_size, p.strides, p.padding, to);
    add_bias(p.use_bias, 1, to);
  }
  void compute(const cnn::SeparableConv2D& p, Values& to) const {
    cnn::Dims middle = layer_->output_shape;
    middle[2] = layer_->input_shape[2];
    Values between(samples_ * size_of(middle));
    convolve_channels(variable(0), p.kernel_size, p.strides, p.padding, between);
    convolve(between, middle, variable(1), {1, 1}, {1, 1}, cnn::Padding::kValid, to);
    add_bias(p.use_bias, 2, to);
  }
  void compute(const cnn::Dense& p, Values& to) const {
    const auto inputs = static_cast<std::size_t>(layer_->input_shape.back());
    for (std::size_t i = 0; i < to.size(); ++i) {
      for (std::size_t c = 0; c < inputs; ++c) {
        to[i] +=
            input()[i / channels() * inputs + c] * variable(0)[c * channels() + i % channels()];
      }
    }
    add_bias(p.use_bias, 1, to);
  }

  void compute(const cnn::BatchNormalization& p, Values& to) {
    Values mean = variable(2), variance = variable(3);
    if (training_) {
      const double count = static_cast<double>(to.size() / channels());
      mean.assign(channels(), 0.0);
      variance.assign(channels(), 0.0);
      for (std::size_t i = 0; i < to.size(); ++i) mean[i % channels()] += input()[i] / count;
      for (std::size_t i = 0; i < to.size(); ++i) {
        variance[i % channels()] += std::pow(input()[i] - mean[i % channels()], 2) / count;
      }
      batch_mean[index_] = mean;
      batch_variance[index_] = variance;
    }
    for (std::size_t i = 0; i < to.size(); ++i) {
      const std::size_t c = i % channels();
      const double deviation = std::sqrt(variance[c] + double{p.epsilon});
      to[i] = variable(0)[c] * (input()[i] - mean[c]) / deviation + variable(1)[c];
    }
  }
  void compute(const cnn::ReLU& p, Values& to) const {
    const double most =
        p.max_value ? double{*p.max_value} : std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = std::clamp(input()[i], 0.0, most);
  }

  void pool_max(const cnn::Extent& size, const cnn::Extent& strides, cnn::Padding padding,
                const cnn::Dims& out, Values& to) const {
    std::ranges::fill(to, -std::numeric_limits<double>::infinity());
    slide(layer_->input_shape, out, size, strides, padding,
          [&](std::size_t output, std::size_t source, std::size_t) {
            for (std::size_t c = 0; c < channels(); ++c) {
              double& best = to[output * channels() + c];
              best = std::max(best, input()[source * channels() + c]);
            }
          });
  }
  void pool_mean(const cnn::Extent& size, const cnn::Extent& strides, cnn::Padding padding,
                 const cnn::Dims& out, Values& to) const {
    Values cells(to.size() / channels(), 0.0);
    slide(layer_->input_shape, out, size, strides, padding,
          [&](std::size_t output, std::size_t source, std::size_t) {
            ++cells[output];
            for (std::size_t c = 0; c < channels(); ++c) {
              to[output * channels() + c] += input()[source * channels() + c];
            }
          });
    for (std::size_t i = 0; i < to.size(); ++i) to[i] /= cells[i / channels()];
  }
  [[nodiscard]] cnn::Extent whole() const {
    return {layer_->input_shape[0], layer_->input_shape[1]};
  }
  [[nodiscard]] cnn::Dims one_cell() const { return {1, 1, layer_->input_shape[2]}; }

  void compute(const cnn::MaxPooling2D& p, Values& to) const {
    pool_max(p.pool_size, p.strides, p.padding, layer_->output_shape, to);
  }
  void compute(const cnn::AveragePooling2D& p, Values& to) const {
    pool_mean(p.pool_size, p.strides, p.padding, layer_->output_shape, to);
  }
  void compute(const cnn::GlobalMaxPooling2D&, Values& to) const {
    pool_max(whole(), {1, 1}, cnn::Padding::kValid, one_cell(), to);
  }
  void compute(const cnn::GlobalAveragePooling2D&, Values& to) const {
    pool_mean(whole(), {1, 1}, cnn::Padding::kValid, one_cell(), to);
  }
  void compute(const cnn::Flatten&, Values& to) const { to = input(); }
  void compute(const cnn::Reshape&, Values& to) const { to = input(); }
  void compute(const cnn::Dropout&, Values& to) const { to = input(); }

  void softmax(Values& to) const {
    for (std::size_t first = 0; first < to.size(); first += channels()) {
      double sum = 0;
      for (std::size_t c = 0; c < channels(); ++c) sum += std::exp(input()[first + c]);
      for (std::size_t c = 0; c < channels(); ++c) {
        to[first + c] = std::exp(input()[first + c]) / sum;
      }
    }
  }
  void compute(const cnn::Softmax&, Values& to) const { softmax(to); }
  void compute(const cnn::Activation& p, Values& to) const {
    to = input();
    if (p.function == cnn::ActivationFunction::kSoftmax) softmax(to);
    if (p.function == cnn::ActivationFunction::kSigmoid) {
      for (double& y : to) y = 1 / (1 + std::exp(-y));
    }
  }
  template <typename Quantized>
  void compute(const Quantized&, Values&) const {
    FAIL("only float layers are computed here");
  }
  void compute(const cnn::Concatenate&, Values& to) const {
    std::size_t offset = 0;
    for (const std::uint32_t inbound : layer_->inbounds) {
      const auto width = static_cast<std::size_t>(network_.layer(inbound).output_shape.back());
      for (std::size_t i = 0; i < outputs_[inbound].size(); ++i) {
        to[i / width * channels() + offset + i % width] = outputs_[inbound][i];
      }
      offset += width;
    }
  }

  const cnn::Network& network_;
  std::vector<Values> outputs_;
  const cnn::Layer* layer_ = nullptr;  // at work
  std::size_t index_ = 0;
  std::size_t samples_ = 0;
  bool training_ = false;
};

}  // namespace akida::test
