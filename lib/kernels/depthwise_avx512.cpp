// depthwise_u8: the bytes of two taps are interleaved, so that one vpmaddubsw multiplies both and
// adds the pair; the packed weights and offsets have the order that this leaves, and vpackuswb
// restores the lanes while it saturates. depthwise_i32: vpmaddwd on zero-extended values.
#include <immintrin.h>

#include "kernels/depthwise.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 16")

namespace akida::kernels {
namespace {

constexpr int kPairBytes = 128;  // packed weights of one pair of taps and 64 lanes

inline __m512i load(const void* memory) { return _mm512_loadu_si512(memory); }

// One block of 64 lanes.
struct Block {
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
__attribute__((noinline)) void list_exceptions(__m512i low, __m512i high, std::uint64_t beyond,
                                               std::int32_t p, std::int32_t first_lane,
                                               Found& found) {
  alignas(64) std::int16_t sums[64];
  _mm512_store_si512(sums, low);
  _mm512_store_si512(sums + 32, high);
  for (; beyond != 0; beyond = _blsr_u64(beyond)) {
    const auto i = static_cast<std::int32_t>(_tzcnt_u64(beyond));
    const std::int32_t half = i / 32;
    const std::int32_t j = i % 32;
    const std::int32_t sum = sums[i];
    if (found.count < found.capacity) {
      found.exceptions[found.count] = {p, first_lane + j / 8 * 16 + half * 8 + j % 8,
                                       sum < 0 ? sum : sum - 255};
    }
    ++found.count;
  }
}

inline void finish_pixel(const DepthwiseRow& row, const Block& block, std::int32_t p, __m512i low,
                         __m512i high, Found& found) {
  _mm512_storeu_si512(block.output + static_cast<std::ptrdiff_t>(p) * row.lanes,
                      _mm512_packus_epi16(low, high));
  if (!block.may_exceed) return;
  const __m512i high_byte = _mm512_set1_epi16(static_cast<short>(0xff00));
  const __mmask32 beyond_low = _mm512_test_epi16_mask(low, high_byte);
  const __mmask32 beyond_high = _mm512_test_epi16_mask(high, high_byte);
  if (__builtin_expect((beyond_low | beyond_high) == 0, 1)) return;
  const std::uint64_t beyond = beyond_low | static_cast<std::uint64_t>(beyond_high) << 32;
  list_exceptions(low, high, beyond, p, block.first_lane, found);
}

inline void add_pair(const std::uint8_t* tap0, const std::uint8_t* tap1, __m512i weight_low,
                     __m512i weight_high, __m512i& low, __m512i& high) {
  const __m512i values0 = load(tap0);
  const __m512i values1 = load(tap1);
  low = _mm512_add_epi16(low,
                         _mm512_maddubs_epi16(_mm512_unpacklo_epi8(values0, values1), weight_low));
  high = _mm512_add_epi16(
      high, _mm512_maddubs_epi16(_mm512_unpackhi_epi8(values0, values1), weight_high));
}

// Kernels of few taps (3x3: 5 pairs) keep their weights in registers.
template <int kPairs>
__attribute__((noinline, noclone)) void few_taps(const DepthwiseRow& row, const Block& block,
                                                 Found& found) {
  __m512i weights[2 * kPairs];
  std::ptrdiff_t taps[2 * kPairs];
  AKIDA_UNROLL for (int i = 0; i < 2 * kPairs; ++i) {
    weights[i] = load(block.weights + 64 * i);
    taps[i] = row.tap_offsets[i];
  }
  const __m512i offset_low = load(block.offsets);
  const __m512i offset_high = load(block.offsets + 32);
  const std::uint8_t* cell = block.input;
  for (std::int32_t p = 0; p < row.pixels; ++p, cell += row.pixel_stride) {
    __m512i low = offset_low;
    __m512i high = offset_high;
    AKIDA_UNROLL for (int i = 0; i < kPairs; ++i) {
      add_pair(cell + taps[2 * i], cell + taps[2 * i + 1], weights[2 * i], weights[2 * i + 1], low,
               high);
    }
    finish_pixel(row, block, p, low, high, found);
  }
}

__attribute__((noinline)) void many_taps(const DepthwiseRow& row, const Block& block,
                                         Found& found) {
  const std::uint8_t* cell = block.input;
  for (std::int32_t p = 0; p < row.pixels; ++p, cell += row.pixel_stride) {
    __m512i low = load(block.offsets);
    __m512i high = load(block.offsets + 32);
    const std::int8_t* weights = block.weights;
    for (std::int32_t i = 0; i < row.tap_pairs; ++i, weights += kPairBytes) {
      add_pair(cell + row.tap_offsets[2 * i], cell + row.tap_offsets[2 * i + 1], load(weights),
               load(weights + 64), low, high);
    }
    finish_pixel(row, block, p, low, high, found);
  }
}

}  // namespace

std::int32_t depthwise_u8_avx512(const DepthwiseRow& row, const DepthwiseWeights& weights,
                                 std::uint8_t* output, DepthwiseException* exceptions,
                                 std::int32_t capacity) {
  constexpr int kPairs3x3 = 5;
  Found found = {exceptions, capacity, 0};
  for (std::int32_t lane = 0; lane < row.lanes; lane += kDepthwiseLanes) {
    const std::ptrdiff_t number = lane / kDepthwiseLanes;
    const Block block = {row.input + lane,
                         weights.weights + number * row.tap_pairs * kPairBytes,
                         weights.offsets + lane,
                         output + lane,
                         lane,
                         weights.may_exceed[number] != 0};
    if (row.tap_pairs == kPairs3x3) {
      few_taps<kPairs3x3>(row, block, found);
    } else {
      many_taps(row, block, found);
    }
  }
  return found.count;
}

void depthwise_i32_avx512(const DepthwiseRow& row, const std::int8_t* weights,
                          std::int32_t* output) {
  for (std::int32_t p = 0; p < row.pixels; ++p) {
    const std::uint8_t* cell = row.input + static_cast<std::size_t>(p) * row.pixel_stride;
    for (std::int32_t lane = 0; lane < row.lanes; lane += kDepthwiseLanes) {
      __m512i sums[4];
      AKIDA_UNROLL for (__m512i& sum : sums) sum = _mm512_setzero_si512();
      for (std::int32_t t = 0; t < 2 * row.tap_pairs; ++t) {
        const auto* values = reinterpret_cast<const __m128i*>(cell + row.tap_offsets[t] + lane);
        const auto* tap = reinterpret_cast<const __m128i*>(
            weights + static_cast<std::ptrdiff_t>(t) * row.lanes + lane);
        AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
          const __m512i value = _mm512_cvtepu8_epi32(_mm_loadu_si128(values + v));
          const __m512i weight = _mm512_cvtepi8_epi32(_mm_loadu_si128(tap + v));
          sums[v] = _mm512_add_epi32(sums[v], _mm512_madd_epi16(value, weight));
        }
      }
      AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
        _mm512_storeu_si512(output + lane + 16 * v, sums[v]);
      }
    }
    output += row.lanes;
  }
}

void repair_exceptions_avx512(const DepthwiseException* exceptions, std::int32_t count,
                              const std::int8_t* pointwise, std::int32_t run, std::int32_t neurons,
                              std::int32_t* potentials, std::ptrdiff_t potential_stride) {
  const DepthwiseException* const end = exceptions + count;
  for (const DepthwiseException* exception = exceptions; exception != end; ++exception) {
    std::int32_t* sums = potentials + exception->pixel * potential_stride;
    const std::int8_t* group = pointwise + exception->lane / 4 * 128;
    const __m128i to_top = _mm_cvtsi32_si128(24 - exception->lane % 4 * 8);
    const __m512i excess = _mm512_set1_epi32(exception->excess);
    for (std::int32_t n = 0; n < neurons; n += 32, group += std::ptrdiff_t{32} * run) {
      AKIDA_UNROLL for (int v = 0; v < 2; ++v) {
        const __m512i weight =
            _mm512_srai_epi32(_mm512_sll_epi32(load(group + 64 * v), to_top), 24);
        std::int32_t* to = sums + n + 16 * v;
        _mm512_storeu_si512(to, _mm512_add_epi32(load(to), _mm512_mullo_epi32(weight, excess)));
      }
    }
  }
}

}  // namespace akida::kernels
