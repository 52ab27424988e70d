// Weight rows are added as 8-bit integers, two instructions per event and 64 neurons, and widened
// to 32 bits every narrow_limit events.
#include <immintrin.h>

#include "kernels/event_add.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 8")

namespace akida::kernels {
namespace {

struct Rows {
  const std::uint32_t* offsets;
  std::uintptr_t base;  // address of an event's weights: base + its offset

  [[nodiscard]] __m256i load(std::uint32_t event, int half) const {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(base + offsets[event]) + half);
  }
};

// vectors[h][v] has neurons 16v + 8h + 0..7, see event_row_byte().
struct Sums {
  __m256i vectors[2][4];
};

// Adds one half of a row. Even bytes are the neurons of v = 0 and 2, odd ones those of v = 1 and 3,
// with 4 neurons of both in the halves of every 128-bit lane.
inline void widen(__m256i bytes, __m256i (&sums)[4]) {
  const __m256i words[2] = {_mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8),
                            _mm256_srai_epi16(bytes, 8)};
  AKIDA_UNROLL for (int parity = 0; parity < 2; ++parity) {
    const __m256i w = words[parity];
    __m256i& first = sums[parity];
    __m256i& second = sums[2 + parity];
    first = _mm256_add_epi32(first, _mm256_srai_epi32(_mm256_unpacklo_epi16(w, w), 16));
    second = _mm256_add_epi32(second, _mm256_srai_epi32(_mm256_unpackhi_epi16(w, w), 16));
  }
}

inline void pull(const Rows& rows, std::uint32_t first, std::uint32_t last, std::uint32_t limit,
                 Sums& sums) {
  for (std::uint32_t e = first; e < last;) {
    const std::uint32_t stop = last - e < limit ? last : e + limit;
    __m256i bytes[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    for (; e < stop; ++e) {
      bytes[0] = _mm256_add_epi8(bytes[0], rows.load(e, 0));
      bytes[1] = _mm256_add_epi8(bytes[1], rows.load(e, 1));
    }
    widen(bytes[0], sums.vectors[0]);
    widen(bytes[1], sums.vectors[1]);
  }
}

}  // namespace

void event_add_avx2(const EventStream& stream, const EventWindows& windows,
                    const std::int8_t* weights, std::int32_t* potentials,
                    std::ptrdiff_t potential_stride) {
  const auto limit = static_cast<std::uint32_t>(windows.narrow_limit);
  for (std::int32_t block = 0; block < windows.blocks; ++block) {
    Rows rows = {stream.offsets, reinterpret_cast<std::uintptr_t>(weights) +
                                     static_cast<std::size_t>(block) * windows.block_bytes};
    std::int32_t* out = potentials + block * kEventNeurons;
    const std::uint32_t* start = stream.starts;
    for (std::int32_t p = 0; p < windows.pixels; ++p) {
      Sums sums;
      AKIDA_UNROLL for (int v = 0; v < 8; ++v) sums.vectors[v / 4][v % 4] = _mm256_setzero_si256();
      pull(rows, start[0], start[windows.kernel_width], limit, sums);
      AKIDA_UNROLL for (int v = 0; v < 8; ++v) {
        auto* to = reinterpret_cast<__m256i*>(out + 16 * (v % 4) + 8 * (v / 4));
        _mm256_storeu_si256(to, sums.vectors[v / 4][v % 4]);
      }
      start += windows.stride_x;
      rows.base -= static_cast<std::size_t>(windows.stride_x) * kEventNeurons;
      out += potential_stride;
    }
  }
}

}  // namespace akida::kernels
