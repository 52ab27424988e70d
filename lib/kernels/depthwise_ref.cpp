#include <algorithm>
#include <cassert>

#include "base/cpu.h"
#include "kernels/depthwise.h"

namespace akida::kernels {
namespace {

// Lane of entry j of half h, see DepthwiseWeights.
constexpr std::int32_t lane_of(std::int32_t half, std::int32_t j) {
  return j / 8 * 16 + half * 8 + j % 8;
}

std::int32_t add_modulo(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

}  // namespace

std::int32_t depthwise_u8_ref(const DepthwiseRow& row, const DepthwiseWeights& weights,
                              std::uint8_t* output, DepthwiseException* exceptions,
                              std::int32_t capacity) {
  assert(row.pixels >= 1 && row.tap_pairs >= 1 && row.lanes % kDepthwiseLanes == 0);
  std::int32_t count = 0;
  for (std::int32_t block = 0; block < row.lanes / kDepthwiseLanes; ++block) {
    const std::int8_t* block_weights =
        weights.weights + std::ptrdiff_t{block} * row.tap_pairs * 128;
    const std::int16_t* offsets = weights.offsets + block * kDepthwiseLanes;
    for (std::int32_t p = 0; p < row.pixels; ++p) {
      for (std::int32_t i = 0; i < kDepthwiseLanes; ++i) {  // half i / 32, entry i % 32
        const std::int32_t lane = block * kDepthwiseLanes + lane_of(i / 32, i % 32);
        const std::uint8_t* cell =
            row.input + static_cast<std::size_t>(p) * row.pixel_stride + lane;
        std::int32_t sum = offsets[i];
        for (std::int32_t t = 0; t < row.tap_pairs * 2; ++t) {
          sum += cell[row.tap_offsets[t]] * block_weights[t / 2 * 128 + i * 2 + t % 2];
        }
        const std::int32_t saturated = std::clamp(sum, 0, 255);
        output[p * row.lanes + lane] = static_cast<std::uint8_t>(saturated);
        if (sum == saturated) continue;
        if (count < capacity) exceptions[count] = {p, lane, sum - saturated};
        ++count;
      }
    }
  }
  return count;
}

void depthwise_i32_ref(const DepthwiseRow& row, const std::int8_t* weights, std::int32_t* output) {
  assert(row.pixels >= 1 && row.tap_pairs >= 1 && row.lanes % kDepthwiseLanes == 0);
  for (std::int32_t p = 0; p < row.pixels; ++p) {
    const std::uint8_t* cell = row.input + static_cast<std::size_t>(p) * row.pixel_stride;
    std::int32_t* sums = output + std::ptrdiff_t{p} * row.lanes;
    std::fill_n(sums, row.lanes, 0);
    for (std::int32_t t = 0; t < row.tap_pairs * 2; ++t) {
      const std::uint8_t* values = cell + row.tap_offsets[t];
      const std::int8_t* tap = weights + std::ptrdiff_t{t} * row.lanes;
      for (std::int32_t lane = 0; lane < row.lanes; ++lane) sums[lane] += values[lane] * tap[lane];
    }
  }
}

void repair_exceptions_ref(const DepthwiseException* exceptions, std::int32_t count,
                           const std::int8_t* pointwise, std::int32_t run, std::int32_t neurons,
                           std::int32_t* potentials, std::ptrdiff_t potential_stride) {
  for (std::int32_t i = 0; i < count; ++i) {
    const DepthwiseException& exception = exceptions[i];
    assert(exception.lane < run);
    std::int32_t* sums = potentials + exception.pixel * potential_stride;
    for (std::int32_t n = 0; n < neurons; ++n) {
      const std::ptrdiff_t at = std::ptrdiff_t{n / 32} * run * 32 + exception.lane / 4 * 128 +
                                n % 32 * 4 + exception.lane % 4;
      sums[n] = add_modulo(sums[n], exception.excess * pointwise[at]);
    }
  }
}

bool depthwise_fits_16_bits(std::span<const std::int8_t> weights, std::int32_t channels,
                            std::int32_t max_value) {
  const std::size_t taps = weights.size() / static_cast<std::size_t>(channels);
  for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
    std::int64_t positive = 0;
    std::int64_t negative = 0;
    for (std::size_t t = 0; t < taps; ++t) {
      const std::int32_t weight = weights[t * static_cast<std::size_t>(channels) + c];
      (weight > 0 ? positive : negative) += std::abs(weight);
    }
    if (std::max(positive, negative) * max_value + 255 > INT16_MAX) return false;
  }
  return true;
}

AlignedVector<std::int8_t> pack_depthwise_weights(std::span<const std::int8_t> weights,
                                                  std::int32_t lanes) {
  const auto taps = static_cast<std::int32_t>(weights.size()) / lanes;
  assert(taps % 2 == 0 && lanes % kDepthwiseLanes == 0);
  AlignedVector<std::int8_t> packed;
  packed.reserve(weights.size());
  for (std::int32_t block = 0; block < lanes; block += kDepthwiseLanes) {
    for (std::int32_t pair = 0; pair < taps; pair += 2) {
      for (std::int32_t i = 0; i < kDepthwiseLanes; ++i) {
        const std::int8_t* weight =
            weights.data() + std::ptrdiff_t{pair} * lanes + block + lane_of(i / 32, i % 32);
        packed.push_back(weight[0]);
        packed.push_back(weight[lanes]);
      }
    }
  }
  return packed;
}

AlignedVector<std::int16_t> pack_depthwise_offsets(std::span<const std::int16_t> offsets) {
  AlignedVector<std::int16_t> packed;
  packed.reserve(offsets.size());
  for (std::size_t block = 0; block < offsets.size(); block += kDepthwiseLanes) {
    for (std::int32_t i = 0; i < kDepthwiseLanes; ++i) {
      packed.push_back(offsets[block + static_cast<std::size_t>(lane_of(i / 32, i % 32))]);
    }
  }
  return packed;
}

DepthwiseU8Fn* depthwise_u8() {
  DepthwiseU8Fn* best = nullptr;
#define AKIDA_DEPTHWISE_U8(fn, need) \
  if (cpu_has(need)) best = fn;
#include "kernels/depthwise.inc"
  return best;
}

DepthwiseI32Fn* depthwise_i32() {
  DepthwiseI32Fn* best = nullptr;
#define AKIDA_DEPTHWISE_I32(fn, need) \
  if (cpu_has(need)) best = fn;
#include "kernels/depthwise.inc"
  return best;
}

RepairExceptionsFn* repair_exceptions() {
  RepairExceptionsFn* best = nullptr;
#define AKIDA_REPAIR_EXCEPTIONS(fn, need) \
  if (cpu_has(need)) best = fn;
#include "kernels/depthwise.inc"
  return best;
}

}  // namespace akida::kernels
