// depthwise_u8: the bytes of two taps are interleaved, so that one vpmaddubsw multiplies both and
// adds the pair; the packed weights and offsets have the order that this leaves, and vpackuswb
// restores the lanes while it saturates. A block of 64 lanes is done as two of 32, whose weights
// are the two halves of each packed vector. depthwise_i32: vpmaddwd on zero-extended values.
#include <immintrin.h>

#include "kernels/depthwise.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 8")

namespace akida::kernels {
namespace {

constexpr int kPairBytes = 128;  // packed weights of one pair of taps and 64 lanes

inline __m256i load(const void* memory) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(memory));
}

// 32 lanes.
struct Part {
  const std::uint8_t* input;
  const std::int8_t* weights;
  const std::int16_t* offsets;
  std::uint8_t* output;
  std::int32_t first_lane;
  bool may_exceed;
};

// Where exceptions go.
struct Found {
  DepthwiseException* exceptions;
  std::int32_t capacity;
  std::int32_t count;
};

// Lists the values of pixel p that packing to bytes cut off.
__attribute__((noinline)) void list_exceptions(__m256i low, __m256i high, std::int32_t p,
                                               std::int32_t first_lane, Found& found) {
  alignas(32) std::int16_t sums[32];
  _mm256_store_si256(reinterpret_cast<__m256i*>(sums), low);
  _mm256_store_si256(reinterpret_cast<__m256i*>(sums + 16), high);
  for (std::int32_t i = 0; i < 32; ++i) {
    const std::int32_t sum = sums[i];
    if (sum >= 0 && sum <= 255) continue;
    if (found.count < found.capacity) {
      const std::int32_t half = i / 16;
      const std::int32_t j = i % 16;
      found.exceptions[found.count] = {p, first_lane + j / 8 * 16 + half * 8 + j % 8,
                                       sum < 0 ? sum : sum - 255};
    }
    ++found.count;
  }
}

void one_part(const DepthwiseRow& row, const Part& part, Found& found) {
  const __m256i high_byte = _mm256_set1_epi16(static_cast<short>(0xff00));
  const std::uint8_t* cell = part.input;
  for (std::int32_t p = 0; p < row.pixels; ++p, cell += row.pixel_stride) {
    __m256i low = load(part.offsets);
    __m256i high = load(part.offsets + 32);
    const std::int8_t* weights = part.weights;
    for (std::int32_t i = 0; i < row.tap_pairs; ++i, weights += kPairBytes) {
      const __m256i values0 = load(cell + row.tap_offsets[2 * i]);
      const __m256i values1 = load(cell + row.tap_offsets[2 * i + 1]);
      const __m256i pairs_low = _mm256_unpacklo_epi8(values0, values1);
      const __m256i pairs_high = _mm256_unpackhi_epi8(values0, values1);
      low = _mm256_add_epi16(low, _mm256_maddubs_epi16(pairs_low, load(weights)));
      high = _mm256_add_epi16(high, _mm256_maddubs_epi16(pairs_high, load(weights + 64)));
    }
    _mm256_storeu_si256(
        reinterpret_cast<__m256i*>(part.output + static_cast<std::ptrdiff_t>(p) * row.lanes),
        _mm256_packus_epi16(low, high));
    if (part.may_exceed && _mm256_testz_si256(_mm256_or_si256(low, high), high_byte) == 0) {
      list_exceptions(low, high, p, part.first_lane, found);
    }
  }
}

}  // namespace

std::int32_t depthwise_u8_avx2(const DepthwiseRow& row, const DepthwiseWeights& weights,
                               std::uint8_t* output, DepthwiseException* exceptions,
                               std::int32_t capacity) {
  Found found = {exceptions, capacity, 0};
  for (std::int32_t lane = 0; lane < row.lanes; lane += 32) {
    const std::ptrdiff_t block = lane / kDepthwiseLanes;
    const std::ptrdiff_t half = lane % kDepthwiseLanes / 32;
    const Part part = {row.input + lane,
                       weights.weights + block * row.tap_pairs * kPairBytes + 32 * half,
                       weights.offsets + block * kDepthwiseLanes + 16 * half,
                       output + lane,
                       lane,
                       weights.may_exceed[block] != 0};
    one_part(row, part, found);
  }
  return found.count;
}

void depthwise_i32_avx2(const DepthwiseRow& row, const std::int8_t* weights, std::int32_t* output) {
  for (std::int32_t p = 0; p < row.pixels; ++p) {
    const std::uint8_t* cell = row.input + static_cast<std::size_t>(p) * row.pixel_stride;
    for (std::int32_t lane = 0; lane < row.lanes; lane += 32) {
      __m256i sums[4];
      AKIDA_UNROLL for (__m256i& sum : sums) sum = _mm256_setzero_si256();
      for (std::int32_t t = 0; t < 2 * row.tap_pairs; ++t) {
        const std::uint8_t* values = cell + row.tap_offsets[t] + lane;
        const std::int8_t* tap = weights + static_cast<std::ptrdiff_t>(t) * row.lanes + lane;
        AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
          const __m256i value = _mm256_cvtepu8_epi32(_mm_loadu_si64(values + 8 * v));
          const __m256i weight = _mm256_cvtepi8_epi32(_mm_loadu_si64(tap + 8 * v));
          sums[v] = _mm256_add_epi32(sums[v], _mm256_madd_epi16(value, weight));
        }
      }
      AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(output + lane + 8 * v), sums[v]);
      }
    }
    output += row.lanes;
  }
}

void repair_exceptions_avx2(const DepthwiseException* exceptions, std::int32_t count,
                            const std::int8_t* pointwise, std::int32_t run, std::int32_t neurons,
                            std::int32_t* potentials, std::ptrdiff_t potential_stride) {
  const DepthwiseException* const end = exceptions + count;
  for (const DepthwiseException* exception = exceptions; exception != end; ++exception) {
    std::int32_t* sums = potentials + exception->pixel * potential_stride;
    const std::int8_t* group = pointwise + exception->lane / 4 * 128;
    const __m128i to_top = _mm_cvtsi32_si128(24 - exception->lane % 4 * 8);
    const __m256i excess = _mm256_set1_epi32(exception->excess);
    for (std::int32_t n = 0; n < neurons; n += 32, group += std::ptrdiff_t{32} * run) {
      AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
        const __m256i weight =
            _mm256_srai_epi32(_mm256_sll_epi32(load(group + 32 * v), to_top), 24);
        auto* to = reinterpret_cast<__m256i*>(sums + n + 8 * v);
        _mm256_storeu_si256(to, _mm256_add_epi32(load(to), _mm256_mullo_epi32(weight, excess)));
      }
    }
  }
}

}  // namespace akida::kernels
