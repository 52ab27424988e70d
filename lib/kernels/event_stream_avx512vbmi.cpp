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

// Offsets of 64 cells: that of the first one, and bytes from one to the next, in every dword.
struct CellOffsets {
  __m512i first;
  __m512i step;

  // Of the cells in 16 lanes.
  [[nodiscard]] __m512i of(__m128i lanes) const {
    return _mm512_add_epi32(first, _mm512_madd_epi16(_mm512_cvtepu8_epi32(lanes), step));
  }
};

// Appends the non-zero ones of 64 cells; returns how many.
inline std::uint32_t append(__m512i cells, const CellOffsets& cell_offsets, std::uint8_t* values,
                            std::uint32_t* offsets) {
  const __mmask64 nonzero = _mm512_test_epi8_mask(cells, cells);
  const __m512i lanes = _mm512_maskz_compress_epi8(
      nonzero, _mm512_load_si512(static_cast<const void*>(kLaneNumbers)));
  const __m512i packed = _mm512_permutexvar_epi8(lanes, cells);  // cheaper than another compress
  // Sparse cells need one short store each: stores that cross a cache line are slow.
  _mm_storeu_si128(reinterpret_cast<__m128i*>(values), _mm512_castsi512_si128(packed));
  _mm512_storeu_si512(offsets, cell_offsets.of(_mm512_castsi512_si128(lanes)));
  const auto found = static_cast<std::uint32_t>(_mm_popcnt_u64(nonzero));
  if (found > 16) {
    _mm512_storeu_si512(values, packed);
    _mm512_storeu_si512(offsets + 16, cell_offsets.of(_mm512_extracti32x4_epi32(lanes, 1)));
    if (found > 32) {
      _mm512_storeu_si512(offsets + 32, cell_offsets.of(_mm512_extracti32x4_epi32(lanes, 2)));
      _mm512_storeu_si512(offsets + 48, cell_offsets.of(_mm512_extracti32x4_epi32(lanes, 3)));
    }
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

// Cells of kRows rows with kBlocks whole blocks of 64 channels each; 0 = any number, and a rest.
// Loops of known length are not mispredicted between the unpredictable branches of append().
template <std::int32_t kRows, std::int32_t kBlocks>
std::uint32_t build(const EventRows& rows_in, std::uint32_t align, const EventStream& stream_in) {
  // Copies, which the stores of bytes cannot alias: the compiler may keep them in registers.
  const EventRows rows = rows_in;
  const EventStream stream = stream_in;
  const std::int32_t row_count = kRows != 0 ? kRows : rows.rows;
  const std::int32_t whole = kBlocks != 0 ? kBlocks * 64 : rows.channels / 64 * 64;
  const std::int32_t rest = kBlocks != 0 ? 0 : rows.channels - whole;
  const std::int32_t step = rows.kernel_width * kEventNeurons;
  const std::uint8_t* column = rows.input;
  std::uint32_t n = 0;
  for (std::int32_t x = 0; x < rows.columns; ++x, column += rows.channels) {
    stream.starts[x] = n;
    CellOffsets offsets = {_mm512_set1_epi32(x * kEventNeurons), _mm512_set1_epi32(step)};
    const __m128i column_offset = _mm512_castsi512_si128(offsets.first);
    const std::uint8_t* cell = column;
    for (std::int32_t row = 0; row < row_count; ++row, cell += rows.row_stride) {
      for (const std::uint8_t* c = cell; c != cell + whole; c += 64) {
        n += append(_mm512_loadu_si512(c), offsets, stream.values + n, stream.offsets + n);
        offsets.first = _mm512_add_epi32(offsets.first, _mm512_set1_epi32(64 * step));
      }
      if (rest != 0) {
        const __mmask64 lanes = _bzhi_u64(~0ULL, static_cast<std::uint32_t>(rest));
        const __m512i cells = _mm512_maskz_loadu_epi8(lanes, cell + whole);
        n += append(cells, offsets, stream.values + n, stream.offsets + n);
        offsets.first = _mm512_add_epi32(offsets.first, _mm512_set1_epi32(rest * step));
      }
    }
    // Always write three added entries: a branch here would be mispredicted half of the time.
    _mm_storeu_si32(stream.values + n, _mm_setzero_si128());
    _mm_storeu_si128(reinterpret_cast<__m128i*>(stream.offsets + n), column_offset);
    n = (n + align - 1) & ~(align - 1);
  }
  stream.starts[rows.columns] = n;
  return n;
}

}  // namespace

void event_stream_avx512vbmi(const EventRows& rows, std::int32_t group, const EventStream& stream) {
  const bool common = rows.rows == 3 && rows.channels == 64;
  const auto align = static_cast<std::uint32_t>(group);
  const std::uint32_t n =
      common ? build<3, 1>(rows, align, stream) : build<0, 0>(rows, align, stream);
  if (group == 2) store_pairs(stream, n);
}

}  // namespace akida::kernels
