// 64 neurons of one pixel, or 32 neurons of two pixels, a step.
//
// Four vectors of 16 levels as int32 are packed with saturation to 64 bytes: below zero becomes
// 0, and the minimum with the highest level does the rest. Packing works within 128-bit lanes;
// one permutation of dwords restores the order.
#include <immintrin.h>

#include "kernels/levels.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 4")

namespace akida::kernels {
namespace {

constexpr int kVectors = 4;
constexpr int kHalf = kLevelsGroup / 2;
constexpr int kRoundUp = _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC;

inline __m512i load16(const std::int32_t* values) { return _mm512_loadu_si512(values); }

// The forms: constants of four vectors of neurons, and the level of one vector before clamping.
// `lane[v]` is the first neuron of vector v within its group.

struct FloatForm {
  __m512 slope[kVectors];
  __m512 offset[kVectors];

  FloatForm(const LevelsConstants& group, const std::int32_t* /*boundaries*/, int /*max_level*/,
            const int* lane) {
    AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
      slope[v] = _mm512_load_ps(group.slope + lane[v]);
      offset[v] = _mm512_load_ps(group.offset + lane[v]);
    }
  }
  [[nodiscard]] __m512i level(int v, __m512i potential) const {
    const __m512 line = _mm512_fmadd_ps(_mm512_cvtepi32_ps(potential), slope[v], offset[v]);
    return _mm512_cvt_roundps_epi32(line, kRoundUp);
  }
};

struct DoubleForm {
  const double* slope[kVectors];
  const double* offset[kVectors];

  DoubleForm(const LevelsConstants& group, const std::int32_t* /*boundaries*/, int /*max_level*/,
             const int* lane) {
    AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
      slope[v] = group.wide_slope + lane[v];
      offset[v] = group.wide_offset + lane[v];
    }
  }
  [[nodiscard]] __m256i half(int v, int at, __m256i potential) const {
    const __m512d line =
        _mm512_fmadd_pd(_mm512_cvtepi32_pd(potential), _mm512_load_pd(slope[v] + at),
                        _mm512_load_pd(offset[v] + at));
    return _mm512_cvt_roundpd_epi32(line, kRoundUp);
  }
  [[nodiscard]] __m512i level(int v, __m512i potential) const {
    const __m256i low = half(v, 0, _mm512_castsi512_si256(potential));
    const __m256i high = half(v, 8, _mm512_extracti64x4_epi64(potential, 1));
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
  }
};

struct CompareForm {
  const std::int32_t* first[kVectors];
  int count;

  CompareForm(const LevelsConstants& /*group*/, const std::int32_t* boundaries, int max_level,
              const int* lane)
      : count(max_level) {
    AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) first[v] = boundaries + lane[v];
  }
  [[nodiscard]] __m512i level(int v, __m512i potential) const {
    const __m512i one = _mm512_set1_epi32(1);
    __m512i passed = _mm512_setzero_si512();
    for (int n = 0; n < count; ++n) {
      const __mmask16 past =
          _mm512_cmpgt_epi32_mask(potential, load16(first[v] + n * kLevelsGroup));
      passed = _mm512_mask_add_epi32(passed, past, passed, one);
    }
    return passed;
  }
};

// 64 levels as bytes, in the order of the four vectors.
template <typename Form>
inline __m512i levels_of(const Form& form, const std::int32_t* const (&potentials)[kVectors],
                         __m512i max_level) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  __m512i level[kVectors];
  AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
    level[v] = form.level(v, load16(potentials[v]));
  }
  // Signed saturation keeps every level up to 255 and the sign of what is below zero.
  const __m512i bytes = _mm512_packus_epi16(_mm512_packs_epi32(level[0], level[1]),
                                            _mm512_packs_epi32(level[2], level[3]));
  return _mm512_permutexvar_epi32(order, _mm512_min_epu8(bytes, max_level));
}

// What one group needs of the call.
struct Work {
  const LevelsConstants& group;
  const std::int32_t* boundaries;
  int max_level;
  int neurons;  // of this group, 1..64
  const std::int32_t* potentials;
  std::ptrdiff_t potential_stride;
  int pixels;
  std::uint8_t* levels;
  std::ptrdiff_t level_stride;
};

template <typename Form>
std::size_t whole_group(const Work& work) {
  constexpr int kLanes[kVectors] = {0, 16, 32, 48};
  const Form form(work.group, work.boundaries, work.max_level, kLanes);
  const __m512i max_level = _mm512_set1_epi8(static_cast<char>(work.max_level));
  const __mmask64 present = ~0ULL >> (kLevelsGroup - work.neurons);
  std::size_t nonzero = 0;
  for (int pixel = 0; pixel < work.pixels; ++pixel) {
    const std::int32_t* from = work.potentials + pixel * work.potential_stride;
    const __m512i bytes = levels_of(form, {from, from + 16, from + 32, from + 48}, max_level);
    _mm512_mask_storeu_epi8(work.levels + pixel * work.level_stride, present, bytes);
    nonzero +=
        static_cast<std::size_t>(_mm_popcnt_u64(_mm512_mask_test_epi8_mask(present, bytes, bytes)));
  }
  return nonzero;
}

template <typename Form>
std::size_t half_group(const Work& work) {
  constexpr int kLanes[kVectors] = {0, 16, 0, 16};
  const Form form(work.group, work.boundaries, work.max_level, kLanes);
  const __m512i max_level = _mm512_set1_epi8(static_cast<char>(work.max_level));
  const __mmask32 present = ~0U >> (kHalf - work.neurons);
  std::size_t nonzero = 0;
  for (int pixel = 0; pixel < work.pixels; pixel += 2) {
    const std::int32_t* from = work.potentials + pixel * work.potential_stride;
    const bool pair = pixel + 1 < work.pixels;
    const std::int32_t* next = pair ? from + work.potential_stride : from;
    const __mmask32 next_present = pair ? present : 0;
    const __m512i bytes = levels_of(form, {from, from + 16, next, next + 16}, max_level);
    std::uint8_t* out = work.levels + pixel * work.level_stride;
    _mm256_mask_storeu_epi8(out, present, _mm512_castsi512_si256(bytes));
    _mm256_mask_storeu_epi8(out + work.level_stride, next_present,
                            _mm512_extracti64x4_epi64(bytes, 1));
    const __mmask64 both = present | static_cast<__mmask64>(next_present) << kHalf;
    nonzero +=
        static_cast<std::size_t>(_mm_popcnt_u64(_mm512_mask_test_epi8_mask(both, bytes, bytes)));
  }
  return nonzero;
}

template <typename Form>
std::size_t group_levels(const Work& work) {
  return work.neurons <= kHalf ? half_group<Form>(work) : whole_group<Form>(work);
}

}  // namespace

std::size_t levels_avx512(const LevelsTable& table, const std::int32_t* potentials,
                          std::ptrdiff_t potential_stride, std::int32_t pixels,
                          std::uint8_t* levels, std::ptrdiff_t level_stride) {
  std::size_t nonzero = 0;
  for (int first = 0; first < table.neurons; first += kLevelsGroup) {
    const int left = table.neurons - first;
    const Work work = {table.groups[first / kLevelsGroup],
                       table.boundaries + std::ptrdiff_t{first} * table.max_level,
                       table.max_level,
                       left < kLevelsGroup ? left : kLevelsGroup,
                       potentials + first,
                       potential_stride,
                       pixels,
                       levels + first,
                       level_stride};
    switch (work.group.form) {
      case LevelsForm::kFloat:
        nonzero += group_levels<FloatForm>(work);
        break;
      case LevelsForm::kDouble:
        nonzero += group_levels<DoubleForm>(work);
        break;
      case LevelsForm::kCompare:
        nonzero += group_levels<CompareForm>(work);
        break;
    }
  }
  return nonzero;
}

}  // namespace akida::kernels
