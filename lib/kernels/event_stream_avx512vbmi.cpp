// 64 channels at a time: vpcompressb moves the non-zero bytes, and their lane numbers, to the
// front.
#include <immintrin.h>

#include "kernels/event_stream.h"

namespace akida::kernels {
namespace {

alignas(64) constexpr std::uint8_t kLaneNumbers[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

// Offsets of 16 lanes, `first` being that of lane 0.
inline __m512i lane_offsets(__m128i lanes, __m512i first) {
  return _mm512_add_epi32(first, _mm512_slli_epi32(_mm512_cvtepu8_epi32(lanes), 6));
}

inline __m512i load_cells(const std::uint8_t* cells, std::int32_t count) {
  if (count == 64) return _mm512_loadu_si512(cells);
  return _mm512_maskz_loadu_epi8(_bzhi_u64(~0ULL, static_cast<std::uint32_t>(count)), cells);
}

// Appends the non-zero bytes among the first `count` (1..64) of `cells`; returns how many.
inline std::uint32_t append(const std::uint8_t* cells, std::int32_t count, std::uint32_t offset,
                            std::uint8_t* values, std::uint32_t* offsets) {
  const __m512i bytes = load_cells(cells, count);
  const __mmask64 nonzero = _mm512_test_epi8_mask(bytes, bytes);
  const __m512i lanes = _mm512_maskz_compress_epi8(
      nonzero, _mm512_load_si512(static_cast<const void*>(kLaneNumbers)));
  const __m512i packed = _mm512_permutexvar_epi8(lanes, bytes);  // cheaper than another compress
  const __m512i first = _mm512_set1_epi32(static_cast<int>(offset));
  // Sparse cells need one short store each: stores that cross a cache line are slow.
  _mm_storeu_si128(reinterpret_cast<__m128i*>(values), _mm512_castsi512_si128(packed));
  _mm512_storeu_si512(offsets, lane_offsets(_mm512_castsi512_si128(lanes), first));
  const auto found = static_cast<std::uint32_t>(_mm_popcnt_u64(nonzero));
  if (found > 16) {
    _mm512_storeu_si512(values, packed);
    _mm512_storeu_si512(offsets + 16, lane_offsets(_mm512_extracti32x4_epi32(lanes, 1), first));
  }
  if (found > 32) {
    _mm512_storeu_si512(offsets + 32, lane_offsets(_mm512_extracti32x4_epi32(lanes, 2), first));
    _mm512_storeu_si512(offsets + 48, lane_offsets(_mm512_extracti32x4_epi32(lanes, 3), first));
  }
  return found;
}

void store_pairs(const EventStream& stream, std::uint32_t count) {
  for (std::uint32_t e = 0; e < count; e += 32) {
    const __m512i pairs = _mm512_cvtepu16_epi32(
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(stream.values + e)));
    _mm512_storeu_si512(stream.pairs + e / 2, _mm512_or_si512(pairs, _mm512_slli_epi32(pairs, 16)));
  }
}

}  // namespace

void event_stream_avx512vbmi(const EventRows& rows_in, std::int32_t group,
                             const EventStream& stream_in) {
  // Copies, which the stores of bytes cannot alias: the compiler may keep them in registers.
  const EventRows rows = rows_in;
  const EventStream stream = stream_in;
  const auto align = static_cast<std::uint32_t>(group);
  std::uint32_t n = 0;
  std::uint32_t offset = 0;
  for (std::int32_t x = 0; x < rows.columns; ++x) {
    stream.starts[x] = n;
    const std::uint32_t column_offset = offset;
    const std::uint8_t* cell = rows.input + static_cast<std::ptrdiff_t>(x) * rows.channels;
    for (std::int32_t row = 0; row < rows.rows; ++row, cell += rows.row_stride) {
      for (std::int32_t c = 0; c < rows.channels; c += 64) {
        const std::int32_t count = rows.channels - c < 64 ? rows.channels - c : 64;
        n += append(cell + c, count, offset, stream.values + n, stream.offsets + n);
        offset += static_cast<std::uint32_t>(count) * kEventNeurons;
      }
    }
    // Always write three added entries: a branch here would be mispredicted half of the time.
    _mm_storeu_si32(stream.values + n, _mm_setzero_si128());
    _mm_storeu_si128(reinterpret_cast<__m128i*>(stream.offsets + n),
                     _mm_set1_epi32(static_cast<int>(column_offset)));
    n = (n + align - 1) & ~(align - 1);
  }
  stream.starts[rows.columns] = n;
  if (group == 2) store_pairs(stream, n);
}

}  // namespace akida::kernels
