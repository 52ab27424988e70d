// Four events per step: the bytes of their weight rows are interleaved to dwords, so that one
// vpdpbusd multiplies all four and adds them to 32-bit sums. Any u8 x s8, no bound needed.
#include <immintrin.h>

#include "kernels/event_conv.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 4")

namespace akida::kernels {
namespace {

inline __m512i load_row(std::uintptr_t rows, std::uint32_t offset) {
  return _mm512_loadu_si512(reinterpret_cast<const void*>(rows + offset));
}

// 64 sums as vpdpbusd leaves them; vector v has words 8L + 4v..4v + 3 (v < 2: of the low halves,
// else 2 less of the high ones) in its 128-bit lane L, see event_row_byte().
struct Sums {
  __m512i vectors[4];
};

inline Sums pull_fours(const EventStream& stream, std::uint32_t first, std::uint32_t last,
                       std::uintptr_t rows) {
  const __m512i zero = _mm512_setzero_si512();
  Sums sums = {{zero, zero, zero, zero}};
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
    __m512i(&v)[4] = sums.vectors;
    v[0] = _mm512_dpbusd_epi32(v[0], x, _mm512_unpacklo_epi16(low01, low23));
    v[1] = _mm512_dpbusd_epi32(v[1], x, _mm512_unpackhi_epi16(low01, low23));
    v[2] = _mm512_dpbusd_epi32(v[2], x, _mm512_unpacklo_epi16(high01, high23));
    v[3] = _mm512_dpbusd_epi32(v[3], x, _mm512_unpackhi_epi16(high01, high23));
  }
  return sums;
}

inline void store_in_order(const Sums& sums, std::int32_t* potentials) {
  AKIDA_UNROLL for (int half = 0; half < 2; ++half) {
    const __m512 a = _mm512_castsi512_ps(sums.vectors[2 * half]);
    const __m512 b = _mm512_castsi512_ps(sums.vectors[2 * half + 1]);
    _mm512_storeu_ps(potentials + 32 * half, _mm512_shuffle_ps(a, b, 0x88));       // even words
    _mm512_storeu_ps(potentials + 32 * half + 16, _mm512_shuffle_ps(a, b, 0xdd));  // odd ones
  }
}

}  // namespace

void event_conv_avx512vnni(const EventStream& stream_in, const EventWindows& windows_in,
                           const std::int8_t* weights, std::int32_t* potentials,
                           std::ptrdiff_t potential_stride) {
  // Copies, which the stores of vectors cannot alias: the compiler may keep them in registers.
  const EventStream stream = stream_in;
  const EventWindows windows = windows_in;
  for (std::int32_t block = 0; block < windows.blocks; ++block) {
    std::uintptr_t rows = reinterpret_cast<std::uintptr_t>(weights) +
                          static_cast<std::size_t>(block) * windows.block_bytes;
    std::int32_t* out = potentials + block * kEventNeurons;
    const std::uint32_t* start = stream.starts;
    for (std::int32_t p = 0; p < windows.pixels; ++p) {
      store_in_order(pull_fours(stream, start[0], start[windows.kernel_width], rows), out);
      start += windows.stride_x;
      rows -= static_cast<std::size_t>(windows.stride_x) * kEventNeurons;
      out += potential_stride;
    }
  }
}

}  // namespace akida::kernels
