// Four events per step: the bytes of their weight rows are interleaved to dwords, so that one
// vpdpbusd multiplies all four and adds them to 32-bit sums. Any u8 x s8, no bound needed.
#include <immintrin.h>

#include "kernels/event_conv.h"

namespace akida::kernels {
namespace {

inline __m512i load_row(std::uintptr_t rows, std::uint32_t offset) {
  return _mm512_loadu_si512(reinterpret_cast<const void*>(rows + offset));
}

// Vector v has neurons 16L + 4v + 0..3 in its 128-bit lane L; stores them in order.
inline void store_in_order(__m512i v0, __m512i v1, __m512i v2, __m512i v3,
                           std::int32_t* potentials) {
  const __m512i low01 = _mm512_shuffle_i32x4(v0, v1, 0x44);   // lanes 0 1 of both
  const __m512i high01 = _mm512_shuffle_i32x4(v0, v1, 0xee);  // lanes 2 3
  const __m512i low23 = _mm512_shuffle_i32x4(v2, v3, 0x44);
  const __m512i high23 = _mm512_shuffle_i32x4(v2, v3, 0xee);
  _mm512_storeu_si512(potentials, _mm512_shuffle_i32x4(low01, low23, 0x88));
  _mm512_storeu_si512(potentials + 16, _mm512_shuffle_i32x4(low01, low23, 0xdd));
  _mm512_storeu_si512(potentials + 32, _mm512_shuffle_i32x4(high01, high23, 0x88));
  _mm512_storeu_si512(potentials + 48, _mm512_shuffle_i32x4(high01, high23, 0xdd));
}

// Address of an event's weights: rows + its offset.
__attribute__((noinline)) void pull_fours(const EventStream& stream, std::uint32_t first,
                                          std::uint32_t last, std::uintptr_t rows,
                                          std::int32_t* potentials) {
  __m512i sum0 = _mm512_setzero_si512();
  __m512i sum1 = sum0;
  __m512i sum2 = sum0;
  __m512i sum3 = sum0;
  for (std::uint32_t e = first; e < last; e += 4) {
    const __m512i row0 = load_row(rows, stream.offsets[e]);
    const __m512i row1 = load_row(rows, stream.offsets[e + 1]);
    const __m512i row2 = load_row(rows, stream.offsets[e + 2]);
    const __m512i row3 = load_row(rows, stream.offsets[e + 3]);
    std::int32_t four;
    __builtin_memcpy(&four, stream.values + e, sizeof four);
    const __m512i x = _mm512_set1_epi32(four);
    const __m512i low01 = _mm512_unpacklo_epi8(row0, row1);
    const __m512i high01 = _mm512_unpackhi_epi8(row0, row1);
    const __m512i low23 = _mm512_unpacklo_epi8(row2, row3);
    const __m512i high23 = _mm512_unpackhi_epi8(row2, row3);
    sum0 = _mm512_dpbusd_epi32(sum0, x, _mm512_unpacklo_epi16(low01, low23));
    sum1 = _mm512_dpbusd_epi32(sum1, x, _mm512_unpackhi_epi16(low01, low23));
    sum2 = _mm512_dpbusd_epi32(sum2, x, _mm512_unpacklo_epi16(high01, high23));
    sum3 = _mm512_dpbusd_epi32(sum3, x, _mm512_unpackhi_epi16(high01, high23));
  }
  store_in_order(sum0, sum1, sum2, sum3, potentials);
}

}  // namespace

void event_conv_avx512vnni(const EventStream& stream, const EventWindows& windows,
                           const std::int8_t* weights, std::int32_t* potentials,
                           std::ptrdiff_t potential_stride) {
  const std::size_t block_bytes = static_cast<std::size_t>(windows.kernel_width) *
                                  static_cast<std::size_t>(windows.column_bytes);
  for (std::int32_t block = 0; block < windows.blocks; ++block) {
    const std::uintptr_t block_weights =
        reinterpret_cast<std::uintptr_t>(weights) + static_cast<std::size_t>(block) * block_bytes;
    std::int32_t* out = potentials + block * kEventNeurons;
    for (std::int32_t p = 0; p < windows.pixels; ++p, out += potential_stride) {
      const std::int32_t column = p * windows.stride_x;
      pull_fours(stream, stream.starts[column], stream.starts[column + windows.kernel_width],
                 block_weights - static_cast<std::size_t>(column) *
                                     static_cast<std::size_t>(windows.column_bytes),
                 out);
    }
  }
}

}  // namespace akida::kernels
