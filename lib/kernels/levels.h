// Activation: potentials -> levels, exactly.
//   level[pixel][neuron] = number of boundaries n with potential[pixel][neuron] > B[neuron][n]
//
// Potentials are int32, levels u8 (0..2^bits - 1), boundaries those of
// snn::activation_boundary, possibly shifted by a constant per neuron. A plan, built once per
// layer, holds the boundaries and constants for faster forms that it has proved to give the same
// level for every potential in the layer's range. All variants write identical levels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/aligned.h"
#include "snn/bounds.h"

namespace akida::kernels {

inline constexpr std::int32_t kLevelsGroup = 64;  // neurons that share one form

// How a group's levels are computed, cheapest first (except 1 and 2 bits, which compare).
enum class LevelsForm {
  kFloat,    // ceil(fma(float(p), slope, offset)), clamped to 0..max
  kDouble,   // the same in double precision
  kCompare,  // counts p > boundary
};

// Constants of 64 neurons; neurons past the layer's end are silent.
struct LevelsConstants {
  alignas(kCacheLine) float slope[kLevelsGroup] = {};
  alignas(kCacheLine) float offset[kLevelsGroup] = {};
  alignas(kCacheLine) double wide_slope[kLevelsGroup] = {};
  alignas(kCacheLine) double wide_offset[kLevelsGroup] = {};
  LevelsForm form = LevelsForm::kCompare;
};

// What kernels read: a view of a LevelsPlan.
struct LevelsTable {
  std::int32_t neurons = 0;
  std::int32_t max_level = 0;                // 2^bits - 1
  const LevelsConstants* groups = nullptr;   // [ceil(neurons / 64)]
  const std::int32_t* boundaries = nullptr;  // [groups][max_level][64], clamped to int32
};

struct LevelsPlan {
  std::int32_t neurons = 0;
  std::int32_t max_level = 0;
  AlignedVector<LevelsConstants> groups;
  AlignedVector<std::int32_t> boundaries;

  // Valid while the plan lives and is not changed.
  [[nodiscard]] LevelsTable table() const {
    return {neurons, max_level, groups.data(), boundaries.data()};
  }
};

// boundaries: [neurons][2^bits - 1], ascending per neuron; bits is 1..8.
// ranges: what each neuron's potential can be, inside [-2^31 + 1, 2^31 - 1] (kInvalid
// otherwise); levels are exact inside the range and unspecified outside.
[[nodiscard]] LevelsPlan make_levels_plan(std::int32_t bits,
                                          std::span<const std::int64_t> boundaries,
                                          std::span<const snn::Range> ranges);

// snn::activation_boundary for every neuron and boundary, [neurons][2^bits - 1].
[[nodiscard]] std::vector<std::int64_t> activation_boundaries(
    std::int32_t bits, std::span<const std::int32_t> thresholds, std::span<const float> steps);

// potentials: [pixels][potential_stride], each row readable up to the next multiple of 64
//   neurons (values past table.neurons are ignored).
// levels: [pixels][level_stride]; writes exactly table.neurons bytes of each pixel.
// pixels >= 1. Returns how many of the levels written are not zero.
using LevelsFn = std::size_t(const LevelsTable& table, const std::int32_t* potentials,
                             std::ptrdiff_t potential_stride, std::int32_t pixels,
                             std::uint8_t* levels, std::ptrdiff_t level_stride);

#define AKIDA_KERNEL(fn, need, tile) LevelsFn fn;
#include "kernels/levels.inc"
#undef AKIDA_KERNEL

// The fastest variant that cpu_features() allows. Choose once per layer.
[[nodiscard]] LevelsFn* levels_kernel();

}  // namespace akida::kernels
