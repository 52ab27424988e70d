// From the potentials of a lowered block to what its outputs stand for.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "lower/lowered_network.h"

namespace akida::nn {

// Potentials are whole numbers, as float (below 2^24) or std::int64_t.
template <typename Potential>
class IntegerLevels {
 public:
  explicit IntegerLevels(const lower::Block& block)
      : block_(block),
        levels_((1 << block.activation_bits) - 1),
        value_(static_cast<float>(block.level_value)) {
    // Beyond all potentials, boundaries do the same wherever they are.
    const std::int64_t farthest =
        std::is_same_v<Potential, float> ? 1 << 25 : std::int64_t{1} << 62;
    for (const std::int64_t boundary : block.boundaries) {
      boundaries_.push_back(static_cast<Potential>(std::clamp(boundary, -farthest, farthest)));
    }
    for (std::size_t i = 0; i < block.filters(); ++i) {
      const double step = std::ldexp(double{block.step[i]}, 4 - block.activation_bits);
      threshold_.push_back(static_cast<float>(block.threshold[i]));
      inverse_step_.push_back(static_cast<float>(std::min(1 / step, 1e30)));
    }
  }

  // Of `cells` times the block's filters.
  void evaluate(const Potential* potentials, std::size_t cells, float* outputs) const {
    const std::size_t filters = block_.filters();
    for (std::size_t i = 0; i < cells * filters; ++i) {
      outputs[i] = block_.activation_bits > 0 ? activation(i % filters, potentials[i])
                                              : output(i % filters, potentials[i]);
    }
  }

 private:
  // The level is guessed from the step and then set right by the boundaries.
  [[nodiscard]] float activation(std::size_t filter, Potential potential) const {
    const Potential* boundaries = &boundaries_[filter * static_cast<std::size_t>(levels_)];
    const float guess =
        (static_cast<float>(potential) - threshold_[filter]) * inverse_step_[filter];
    auto level = static_cast<std::int32_t>(std::clamp(guess, 0.0F, static_cast<float>(levels_)));
    while (level < levels_ && potential > boundaries[level]) ++level;
    while (level > 0 && potential <= boundaries[level - 1]) --level;
    return value_ * static_cast<float>(level);
  }

  [[nodiscard]] float output(std::size_t filter, Potential potential) const {
    const double above = static_cast<double>(potential) - block_.shift[filter];
    return static_cast<float>(above * block_.scale[filter]);
  }

  const lower::Block& block_;
  std::int32_t levels_;
  float value_;                        // of one level
  std::vector<Potential> boundaries_;  // [filters][levels]
  std::vector<float> threshold_, inverse_step_;
};

}  // namespace akida::nn
