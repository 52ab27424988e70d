#include "quant/adaptive_rounding.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/parallel.h"
#include "cnn/layer_quantizers.h"
#include "quant/calibration_pass.h"
#include "quant/layer_bias.h"
#include "quant/layer_inputs.h"
#include "quant/stored_limits.h"

namespace akida::quant {
namespace {

constexpr std::size_t kMostRows = 8192;  // of one layer
constexpr double kDamping = 0.01;
constexpr int kMostSweeps = 50;

// Rows of floats.
struct Rows {
  std::size_t width = 0;
  std::vector<float> values;

  [[nodiscard]] std::size_t count() const { return values.size() / width; }
  [[nodiscard]] const float* row(std::size_t index) const { return &values[index * width]; }
};

std::vector<double> means(const Rows& rows) {
  std::vector<double> sums(rows.width);
  for (std::size_t i = 0; i < rows.values.size(); ++i)
    sums[i % rows.width] += double{rows.values[i]};
  for (double& sum : sums) sum /= static_cast<double>(rows.count());
  return sums;
}

// cov(x, y), [x.width][y.width].
std::vector<double> covariance(const Rows& x, const Rows& y, int jobs) {
  const std::vector<double> x_means = means(x), y_means = means(y);
  std::vector<double> result(x.width * y.width);
  const auto count = static_cast<double>(x.count());
  parallel_for(x.width, jobs, [&](std::size_t i, int) {
    const std::span<double> sums(&result[i * y.width], y.width);
    for (std::size_t r = 0; r < x.count(); ++r) {
      const double value = double{x.row(r)[i]};
      if (value == 0) continue;  // activations are sparse
      const float* other = y.row(r);
      for (std::size_t j = 0; j < y.width; ++j) sums[j] += value * double{other[j]};
    }
    for (std::size_t j = 0; j < y.width; ++j) {
      sums[j] = sums[j] / count - x_means[i] * y_means[j];
    }
  });
  return result;
}

double quadratic(std::span<const double> covariance, std::span<const double> target,
                 std::span<const double> weights) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    double row = 0;
    for (std::size_t j = 0; j < weights.size(); ++j) {
      row += covariance[i * weights.size() + j] * weights[j];
    }
    sum += weights[i] * (row - 2 * target[i]);
  }
  return sum;
}

// What rounding a layer's kernel needs to know of its inputs x and float outputs y.
struct Statistics {
  std::size_t size = 0, filters = 0;
  std::vector<double> moments;    // cov(x, x)
  std::vector<double> products;   // cov(x, y), [size][filters]
  std::vector<double> variances;  // of y
  std::vector<double> input_means, output_means;
};

Statistics statistics(const Rows& inputs, const Rows& outputs, int jobs) {
  Statistics result{.size = inputs.width,
                    .filters = outputs.width,
                    .moments = covariance(inputs, inputs, jobs),
                    .products = covariance(inputs, outputs, jobs),
                    .variances = std::vector<double>(outputs.width),
                    .input_means = means(inputs),
                    .output_means = means(outputs)};
  for (std::size_t i = 0; i < outputs.values.size(); ++i) {
    const std::size_t j = i % outputs.width;
    const double offset = double{outputs.values[i]} - result.output_means[j];
    result.variances[j] += offset * offset / static_cast<double>(outputs.count());
  }
  return result;
}

// Rounds the filters of one kernel.
class KernelRounding {
 public:
  KernelRounding(const cnn::Layer& layer, const cnn::KernelQuantizer& kernel,
                 const Statistics& known)
      : bits_(kernel.quantizer.bits),
        weights_(kernel_weights(layer, kernel)),
        scales_(scale_factors(layer, kernel)),
        nearest_(weights_.size()),
        known_(known),
        damped_(known.moments) {
    cnn::weight_codes(bits_, weights_, scales_, nearest_);
    double trace = 0;
    for (std::size_t i = 0; i < known.size; ++i) trace += damped_[i * known.size + i];
    damping_ = kDamping * trace / static_cast<double>(known.size);
    for (std::size_t i = 0; i < known.size; ++i) damped_[i * known.size + i] += damping_;
  }

  // Writes c / sf into `quantized` and the bias that goes with it into `bias`.
  RoundingReport run(std::span<float> quantized, std::span<float> bias, int jobs) const {
    std::vector<Filter> filters(known_.filters);
    parallel_for(filters.size(), jobs,
                 [&](std::size_t j, int) { filters[j] = round(j, quantized, bias[j]); });
    RoundingReport report;
    double variance = 0;
    for (std::size_t j = 0; j < filters.size(); ++j) {
      report.error_before += filters[j].before;
      report.error_after += filters[j].after;
      report.changed += filters[j].changed / static_cast<double>(weights_.size());
      variance += known_.variances[j];
    }
    if (variance > 0) {
      report.error_before /= variance;
      report.error_after /= variance;
    }
    return report;
  }

 private:
  struct Filter {
    double before = 0, after = 0;  // variance of v x - y
    double changed = 0;            // codes
  };

  Filter round(std::size_t j, std::span<float> quantized, float& bias) const {
    const std::size_t size = known_.size, filters = known_.filters;
    const double step = 1 / double{scales_[j % scales_.size()]};
    std::vector<std::int8_t> codes(size);
    std::vector<double> products(size), target(size);
    for (std::size_t i = 0; i < size; ++i) {
      codes[i] = nearest_[i * filters + j];
      products[i] = known_.products[i * filters + j];
      target[i] = products[i] + damping_ * double{weights_[i * filters + j]};
    }
    Filter result;
    result.before = known_.variances[j] + quadratic(known_.moments, products, values(codes, step));
    round_filter(damped_, target, step, cnn::largest_code(bits_), codes);
    const std::vector<double> chosen = values(codes, step);
    result.after = known_.variances[j] + quadratic(known_.moments, products, chosen);
    double mean = known_.output_means[j];
    for (std::size_t i = 0; i < size; ++i) {
      quantized[i * filters + j] = static_cast<float>(chosen[i]);
      mean -= chosen[i] * known_.input_means[i];
      result.changed += codes[i] != nearest_[i * filters + j] ? 1 : 0;
    }
    bias = static_cast<float>(mean);
    return result;
  }

  static std::vector<double> values(const std::vector<std::int8_t>& codes, double step) {
    std::vector<double> result(codes.size());
    std::transform(codes.begin(), codes.end(), result.begin(),
                   [&](std::int8_t code) { return code * step; });
    return result;
  }

  std::int32_t bits_;
  std::span<const float> weights_;
  std::vector<float> scales_;
  std::vector<std::int8_t> nearest_;
  const Statistics& known_;
  std::vector<double> damped_;  // moments with damping
  double damping_ = 0;
};

// Every stride-th row over all samples: at most kMostRows of them, the same for every network.
class RowChoice {
 public:
  RowChoice(std::size_t samples, std::size_t positions)
      : positions_(positions),
        stride_(std::max<std::size_t>(1, (samples * positions + kMostRows - 1) / kMostRows)) {}

  // Calls visit(sample of the batch, position) for the chosen rows of the next batch.
  template <typename Visit>
  void next_batch(std::size_t samples, const Visit& visit) {
    for (; next_ < samples * positions_; next_ += stride_) {
      visit(next_ / positions_, next_ % positions_);
    }
    next_ -= samples * positions_;
  }

 private:
  std::size_t positions_, stride_, next_ = 0;
};

std::size_t element_count(const cnn::Dims& dims) {
  std::size_t count = 1;
  for (std::int32_t dim : dims) count *= static_cast<std::size_t>(dim);
  return count;
}

// The chosen rows of a layer's outputs in the float network.
Rows output_rows(const cnn::Network& network, std::size_t index, const nn::SampleSet& samples,
                 std::size_t positions, int jobs) {
  const std::size_t filters = static_cast<std::size_t>(network.layer(index).output_shape.back());
  Rows rows{.width = filters, .values = {}};
  RowChoice choice(samples.size(), positions);
  run_calibration(network, samples, {index}, jobs, [&](std::size_t, std::span<const float> all) {
    choice.next_batch(all.size() / (positions * filters), [&](std::size_t sample, std::size_t at) {
      const auto first =
          all.begin() + static_cast<std::ptrdiff_t>((sample * positions + at) * filters);
      rows.values.insert(rows.values.end(), first, first + static_cast<std::ptrdiff_t>(filters));
    });
  });
  return rows;
}

// The chosen rows of what a layer of the quantized network sees.
Rows input_rows(const cnn::Network& network, std::size_t index, const LayerInputs& inputs,
                const nn::SampleSet& samples, int jobs) {
  const cnn::Layer& layer = network.layer(index);
  const std::size_t size = element_count(layer.input_shape);
  Rows rows{.width = inputs.width(), .values = {}};
  RowChoice choice(samples.size(), inputs.positions());
  run_calibration(network, samples, {layer.inbounds[0]}, jobs,
                  [&](std::size_t, std::span<const float> all) {
                    choice.next_batch(all.size() / size, [&](std::size_t sample, std::size_t at) {
                      rows.values.resize(rows.values.size() + rows.width);
                      inputs.copy_row(all.subspan(sample * size, size), at,
                                      std::span(rows.values).last(rows.width));
                    });
                  });
  return rows;
}

// Whether the kernel that makes the layer's outputs is quantized and not too large.
bool is_rounded(const cnn::Layer& layer) {
  if (!takes_bias(layer)) return false;
  const cnn::KernelQuantizer output = kernel_quantizers(layer).back();
  if (layer.variables[output.kernel].name == cnn::kDepthwiseNames.kernel) return false;
  return layer.variables[output.kernel].value.size() / layer.output_shape.back() <=
         static_cast<std::int64_t>(kMaxRoundedInputs);
}

// What the depthwise kernel of a separable layer computes with; empty for other layers.
std::vector<float> depthwise_values(const cnn::Layer& layer) {
  if (layer.type() != cnn::LayerType::kSeparableConv2D) return {};
  const auto weights = layer.variables[0].value.data<float>();
  std::vector<float> values(weights.begin(), weights.end());
  const cnn::KernelQuantizer first = kernel_quantizers(layer).front();
  if (first.kernel == 0) {
    cnn::quantize_weights(first.quantizer.bits, weights, scale_factors(layer, first), values);
  }
  return values;
}

}  // namespace

int round_filter(std::span<const double> covariance, std::span<const double> target, double step,
                 std::int32_t largest, std::span<std::int8_t> codes) {
  const std::size_t size = codes.size();
  std::vector<double> slope(size);  // H v - b
  for (std::size_t i = 0; i < size; ++i) {
    slope[i] = -target[i];
    for (std::size_t j = 0; j < size; ++j) slope[i] += covariance[i * size + j] * codes[j] * step;
  }
  for (int sweep = 1; sweep <= kMostSweeps; ++sweep) {
    bool moved = false;
    for (std::size_t i = 0; i < size; ++i) {
      const double curvature = covariance[i * size + i];
      if (curvature <= 0) continue;  // an input that never changes
      const double best = std::round(codes[i] - slope[i] / (curvature * step));
      const auto code =
          static_cast<std::int8_t>(std::clamp(best, -double(largest), double(largest)));
      const double change = (code - codes[i]) * step;
      // Only where the sum falls: at ties nothing moves back and forth.
      if (change == 0 || change * (change * curvature + 2 * slope[i]) >= 0) continue;
      for (std::size_t j = 0; j < size; ++j) slope[j] += covariance[i * size + j] * change;
      codes[i] = code;
      moved = true;
    }
    if (!moved) return sweep;
  }
  return kMostSweeps;
}

cnn::Network round_adaptively(const cnn::Network& original, const cnn::Network& quantized,
                              const nn::SampleSet& samples, int jobs,
                              std::vector<RoundingReport>* reports) {
  if (samples.size() == 0) fail(ErrorKind::kInvalid, "rounding by data needs at least one sample");
  cnn::Network result;
  result.info = quantized.info;
  for (const cnn::Layer& layer : quantized.layers()) {
    result.add(is_rounded(layer)
                   ? with_stored_limits(with_bias(layer), kernel_quantizers(layer).size() - 1)
                   : layer);
  }
  for (std::size_t index = 0; index < result.layers().size(); ++index) {
    const cnn::Layer& layer = result.layer(index);
    if (!is_rounded(layer)) continue;
    const LayerInputs inputs(layer, depthwise_values(layer));
    const Rows outputs =
        output_rows(original, original.find(layer.name), samples, inputs.positions(), jobs);
    const Rows seen = input_rows(result, index, inputs, samples, jobs);
    const cnn::KernelQuantizer kernel = kernel_quantizers(layer).back();
    const Statistics known = statistics(seen, outputs, jobs);
    std::vector<float> rounded(kernel_weights(layer, kernel).size());
    RoundingReport report =
        KernelRounding(layer, kernel, known).run(rounded, bias_of(result.variables(index)), jobs);
    std::ranges::copy(rounded, result.variables(index)[kernel.kernel].value.data<float>().begin());
    report.layer = layer.name;
    if (reports != nullptr) reports->push_back(std::move(report));
  }
  return result;
}

}  // namespace akida::quant
