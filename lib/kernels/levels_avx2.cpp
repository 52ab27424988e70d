// 32 neurons of one pixel a step: four vectors of 8 levels as int32, packed with saturation to
// 32 bytes and put in order by one permutation of dwords, as the AVX-512 variant does with 64.
#include <immintrin.h>

#include "kernels/levels.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 4")

namespace akida::kernels {
namespace {

constexpr int kVectors = 4;
constexpr int kLanes = 8;  // neurons of a vector
constexpr int kStep = kVectors * kLanes;
constexpr int kRoundUp = _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC;

inline __m256i load8(const std::int32_t* values) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values));
}

// The forms: constants of 32 neurons starting at `lane` of a group, and the level of one vector
// before clamping.

struct FloatForm {
  __m256 slope[kVectors];
  __m256 offset[kVectors];

  FloatForm(const LevelsConstants& group, const std::int32_t* /*boundaries*/, int /*max_level*/,
            int lane) {
    AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
      slope[v] = _mm256_load_ps(group.slope + lane + v * kLanes);
      offset[v] = _mm256_load_ps(group.offset + lane + v * kLanes);
    }
  }
  [[nodiscard]] __m256i level(int v, __m256i potential) const {
    const __m256 line = _mm256_fmadd_ps(_mm256_cvtepi32_ps(potential), slope[v], offset[v]);
    return _mm256_cvttps_epi32(_mm256_round_ps(line, kRoundUp));
  }
};

struct DoubleForm {
  const double* slope;
  const double* offset;

  DoubleForm(const LevelsConstants& group, const std::int32_t* /*boundaries*/, int /*max_level*/,
             int lane)
      : slope(group.wide_slope + lane), offset(group.wide_offset + lane) {}
  [[nodiscard]] __m128i half(int at, __m128i potential) const {
    const __m256d line = _mm256_fmadd_pd(_mm256_cvtepi32_pd(potential), _mm256_load_pd(slope + at),
                                         _mm256_load_pd(offset + at));
    return _mm256_cvttpd_epi32(_mm256_round_pd(line, kRoundUp));
  }
  [[nodiscard]] __m256i level(int v, __m256i potential) const {
    const __m128i low = half(v * kLanes, _mm256_castsi256_si128(potential));
    const __m128i high = half(v * kLanes + 4, _mm256_extracti128_si256(potential, 1));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
  }
};

struct CompareForm {
  const std::int32_t* first;
  int count;

  CompareForm(const LevelsConstants& /*group*/, const std::int32_t* boundaries, int max_level,
              int lane)
      : first(boundaries + lane), count(max_level) {}
  [[nodiscard]] __m256i level(int v, __m256i potential) const {
    __m256i passed = _mm256_setzero_si256();
    for (int n = 0; n < count; ++n) {
      const __m256i boundary = load8(first + n * kLevelsGroup + v * kLanes);
      passed = _mm256_sub_epi32(passed, _mm256_cmpgt_epi32(potential, boundary));
    }
    return passed;
  }
};

template <typename Form>
inline __m256i levels_of(const Form& form, const std::int32_t* potentials, __m256i max_level) {
  __m256i level[kVectors];
  AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
    level[v] = form.level(v, load8(potentials + v * kLanes));
  }
  // Signed saturation keeps every level up to 255 and the sign of what is below zero.
  const __m256i bytes = _mm256_packus_epi16(_mm256_packs_epi32(level[0], level[1]),
                                            _mm256_packs_epi32(level[2], level[3]));
  return _mm256_permutevar8x32_epi32(_mm256_min_epu8(bytes, max_level),
                                     _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

// What 32 neurons (or fewer, at the end) need of the call.
struct Work {
  const LevelsConstants& group;
  const std::int32_t* boundaries;
  int max_level;
  int lane;     // of the first neuron within its group: 0 or 32
  int neurons;  // 1..32
  const std::int32_t* potentials;
  std::ptrdiff_t potential_stride;
  int pixels;
  std::uint8_t* levels;
  std::ptrdiff_t level_stride;
};

template <typename Form>
std::size_t step_levels(const Work& work) {
  const Form form(work.group, work.boundaries, work.max_level, work.lane);
  const __m256i max_level = _mm256_set1_epi8(static_cast<char>(work.max_level));
  const std::uint32_t present = ~0U >> (kStep - work.neurons);
  std::size_t nonzero = 0;
  for (int pixel = 0; pixel < work.pixels; ++pixel) {
    const __m256i bytes =
        levels_of(form, work.potentials + pixel * work.potential_stride, max_level);
    std::uint8_t* out = work.levels + pixel * work.level_stride;
    if (work.neurons == kStep) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bytes);
    } else {
      alignas(32) std::uint8_t part[kStep];
      _mm256_store_si256(reinterpret_cast<__m256i*>(part), bytes);
      __builtin_memcpy(out, part, static_cast<std::size_t>(work.neurons));
    }
    const auto zeros = static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256())));
    nonzero += static_cast<std::size_t>(_mm_popcnt_u32(~zeros & present));
  }
  return nonzero;
}

}  // namespace

std::size_t levels_avx2(const LevelsTable& table, const std::int32_t* potentials,
                        std::ptrdiff_t potential_stride, std::int32_t pixels, std::uint8_t* levels,
                        std::ptrdiff_t level_stride) {
  std::size_t nonzero = 0;
  for (int first = 0; first < table.neurons; first += kStep) {
    const int group = first / kLevelsGroup;
    const int left = table.neurons - first;
    const Work work = {table.groups[group],
                       table.boundaries + std::ptrdiff_t{group} * table.max_level * kLevelsGroup,
                       table.max_level,
                       first % kLevelsGroup,
                       left < kStep ? left : kStep,
                       potentials + first,
                       potential_stride,
                       pixels,
                       levels + first,
                       level_stride};
    switch (work.group.form) {
      case LevelsForm::kFloat:
        nonzero += step_levels<FloatForm>(work);
        break;
      case LevelsForm::kDouble:
        nonzero += step_levels<DoubleForm>(work);
        break;
      case LevelsForm::kCompare:
        nonzero += step_levels<CompareForm>(work);
        break;
    }
  }
  return nonzero;
}

}  // namespace akida::kernels
