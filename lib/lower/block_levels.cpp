#include "lower/block_levels.h"

#include <algorithm>
#include <cmath>

#include "cnn/layer_quantizers.h"
#include "lower/block_weights.h"
#include "lower/layer_values.h"
#include "lower/matched_step.h"
#include "snn/activation.h"

namespace akida::lower {
namespace {

// Works out the filters of one block.
class LevelFiller {
 public:
  LevelFiller(const cnn::Network& network, const BlockLayers& layers, const InputScale& input,
              const std::vector<double>& scales, bool documented, Block& block)
      : input_(input), scales_(scales), documented_(documented), block_(block) {
    bias_ = values_of(network.layer(layers.filters()), "bias");
    if (layers.batchnorm) {
      const cnn::Layer& batchnorm = network.layer(*layers.batchnorm);
      gamma_ = values_of(batchnorm, "gamma");
      beta_ = values_of(batchnorm, "beta");
      mean_ = values_of(batchnorm, "moving_mean");
      variance_ = values_of(batchnorm, "moving_variance");
      epsilon_ = std::get<cnn::BatchNormalization>(batchnorm.parameters).epsilon;
    }
    if (layers.activation)
      activation_ = cnn::activation_quantizer(network.layer(*layers.activation));
  }

  void fill() {
    const std::size_t filters = scales_.size();
    std::vector<std::int64_t> sums(filters);
    if (block_.operation != Operation::kSeparable) sums = code_sums(block_, filters);
    for (std::size_t i = 0; i < gamma_.size(); ++i) {
      if (gamma_[i] < 0) flip_filter(block_, i, filters);
    }
    bound_potentials(block_, filters);
    if (activation_) {
      block_.activation_bits = activation_->bits;
      block_.level_value = activation_->step;
    }
    for (std::size_t i = 0; i < filters; ++i) add_filter(i, sums[i]);
  }

 private:
  FilterTerms terms(std::size_t i, std::int64_t code_sum) const {
    FilterTerms filter{.weight_scale = scales_[i], .code_sum = code_sum};
    if (!bias_.empty()) filter.bias = bias_[i];
    if (gamma_.empty()) return filter;
    filter.gamma = gamma_[i];
    filter.beta = beta_[i];
    filter.mean = mean_[i];
    filter.variance = variance_[i];
    filter.epsilon = epsilon_;
    return filter;
  }

  void add_filter(std::size_t i, std::int64_t code_sum) {
    const FilterTerms filter = terms(i, code_sum);
    const std::int64_t cells = summed_cells(block_);
    if (activation_) {
      add_levels(i,
                 BoundaryFormula(input_, filter, cells, activation_->threshold, activation_->step),
                 filter.gamma < 0);
    } else {
      add_output(BoundaryFormula(input_, filter, cells, 0, 1), filter.gamma < 0);
    }
  }

  // The threshold as an integer. The documented converter rounds down before it flips signs.
  std::int64_t rounded_threshold(const BoundaryFormula& formula, bool flipped) const {
    return documented_ && flipped ? -floor_saturated(-formula.at(0)) : formula.floor_at(0);
  }

  void add_levels(std::size_t i, const BoundaryFormula& formula, bool flipped) {
    const snn::Range& reachable = block_.potentials[i];
    const std::int32_t bits = activation_->bits;
    // Above all potentials, every threshold does the same: the filter never spikes.
    const std::int64_t threshold = std::min(rounded_threshold(formula, flipped), reachable.high);
    std::vector<std::int64_t> exact;
    for (std::int32_t n = 0; n < activation_->levels(); ++n) exact.push_back(formula.floor_at(n));
    const double stored_step = std::ldexp(formula.step(), bits - 4);
    const float step = documented_ ? nearest_step(stored_step)
                                   : matched_step(threshold, exact, bits, reachable, stored_step);
    block_.threshold.push_back(threshold);
    block_.step.push_back(step);
    block_.real_threshold.push_back(formula.threshold());
    block_.real_step.push_back(formula.step());
    for (std::int32_t n = 0; n < activation_->levels(); ++n) {
      block_.boundaries.push_back(snn::activation_boundary(threshold, step, bits, n));
    }
    block_.exact_boundaries.insert(block_.exact_boundaries.end(), exact.begin(), exact.end());
  }

  // y = (potential - T(0)) / (potentials per unit of y).
  void add_output(const BoundaryFormula& formula, bool flipped) {
    block_.real_threshold.push_back(formula.threshold());
    block_.real_step.push_back(formula.step());
    if (documented_) {
      block_.threshold.push_back(rounded_threshold(formula, flipped));
      block_.step.push_back(nearest_step(formula.step()));
      block_.shift.push_back(static_cast<double>(block_.threshold.back()));
      block_.scale.push_back(1 / double{block_.step.back()});
      return;
    }
    block_.threshold.push_back(0);
    block_.step.push_back(1);
    block_.shift.push_back(formula.threshold());
    block_.scale.push_back(formula.inverse_step());
  }

  const InputScale& input_;
  const std::vector<double>& scales_;
  bool documented_;
  Block& block_;
  std::span<const float> bias_, gamma_, beta_, mean_, variance_;
  float epsilon_ = 0;
  std::optional<cnn::ActivationQuantizer> activation_;
};

}  // namespace

void fill_levels(const cnn::Network& network, const BlockLayers& layers, const InputScale& input,
                 const std::vector<double>& scales, bool documented, Block& block) {
  LevelFiller(network, layers, input, scales, documented, block).fill();
}

}  // namespace akida::lower
