// Two events per step: the bytes of their weight rows are interleaved, so that one vpmaddubsw
// multiplies both and adds the pair. Sums of pairs stay in 16 bits while narrow_limit allows; where
// it allows no pair, each product is widened on its own.
//
// Windows of three adjacent columns, the common case, are pushed: a column's events are taken once,
// for the three windows that contain it, whose sums stay in registers. Others pull their events.
#include <immintrin.h>

#include "kernels/event_conv.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 4")

namespace akida::kernels {
namespace {

// The events first..last - 1 of one window. Address of an event's weights: rows + its offset.
struct Window {
  std::uint32_t first;
  std::uint32_t last;
  std::uintptr_t rows;

  [[nodiscard]] const void* row(std::uint32_t offset) const {
    return reinterpret_cast<const void*>(rows + offset);
  }
};

// 64 potentials, in order.
struct Sums {
  __m512i vectors[4];
};

// 16-bit sums in row order.
struct NarrowSums {
  __m512i low;
  __m512i high;
};

// Adds the products of a pair of values, ready in every dword, with their weight rows.
inline void add_pair(__m512i x, const void* weights0, const void* weights1, NarrowSums& sums) {
  const __m512i row0 = _mm512_loadu_si512(weights0);
  __m512i row1 = _mm512_loadu_si512(weights1);
  asm("" : "+v"(row1));  // one load, not one in each of the next two instructions
  const __m512i low = _mm512_maddubs_epi16(x, _mm512_unpacklo_epi8(row0, row1));
  const __m512i high = _mm512_maddubs_epi16(x, _mm512_unpackhi_epi8(row0, row1));
  sums.low = _mm512_add_epi16(sums.low, low);
  sums.high = _mm512_add_epi16(sums.high, high);
}

inline NarrowSums add_pairs(const EventStream& stream, const Window& window, std::uint32_t first,
                            std::uint32_t last) {
  NarrowSums sums = {_mm512_setzero_si512(), _mm512_setzero_si512()};
  const std::uint32_t* offsets = stream.offsets + first;
  const std::uint32_t* const end = stream.pairs + last / 2;
  for (const std::uint32_t* pair = stream.pairs + first / 2; pair != end; ++pair, offsets += 2) {
    const __m512i x = _mm512_set1_epi32(static_cast<int>(*pair));
    add_pair(x, window.row(offsets[0]), window.row(offsets[1]), sums);
  }
  return sums;
}

// Sign-extended words, in the order of neurons: see event_row_byte().
inline Sums widen(const NarrowSums& narrow) {
  return {{_mm512_srai_epi32(_mm512_slli_epi32(narrow.low, 16), 16),
           _mm512_srai_epi32(narrow.low, 16),
           _mm512_srai_epi32(_mm512_slli_epi32(narrow.high, 16), 16),
           _mm512_srai_epi32(narrow.high, 16)}};
}

// `step` is the number of events whose pairs fit 16 bits.
inline Sums pull_pairs(const EventStream& stream, const Window& window, std::uint32_t step) {
  std::uint32_t stop = window.last - window.first <= step ? window.last : window.first + step;
  Sums sums = widen(add_pairs(stream, window, window.first, stop));
  while (__builtin_expect(stop != window.last, 0)) {
    const std::uint32_t first = stop;
    stop = window.last - first <= step ? window.last : first + step;
    const Sums more = widen(add_pairs(stream, window, first, stop));
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
      sums.vectors[v] = _mm512_add_epi32(sums.vectors[v], more.vectors[v]);
    }
  }
  return sums;
}

inline Sums pull_singles(const EventStream& stream, const Window& window) {
  const __m512i zero = _mm512_setzero_si512();
  Sums sums = {{zero, zero, zero, zero}};
  for (std::uint32_t e = window.first; e < window.last; ++e) {
    const __m512i x = _mm512_set1_epi16(stream.values[e]);
    const __m512i row = _mm512_loadu_si512(window.row(stream.offsets[e]));
    // Interleaved with itself, a byte is both halves of its word: the upper one is the weight.
    const __m512i low = _mm512_srai_epi16(_mm512_unpacklo_epi8(row, row), 8);
    const __m512i high = _mm512_srai_epi16(_mm512_unpackhi_epi8(row, row), 8);
    // 255 * 128 < 2^15: one product fits a word.
    const Sums more = widen({_mm512_mullo_epi16(low, x), _mm512_mullo_epi16(high, x)});
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
      sums.vectors[v] = _mm512_add_epi32(sums.vectors[v], more.vectors[v]);
    }
  }
  return sums;
}

inline void store(const Sums& sums, std::int32_t* potentials) {
  AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
    _mm512_storeu_si512(potentials + 16 * v, sums.vectors[v]);
  }
}

// One block of neurons; an event's weights lie at rows + its offset for window 0.
struct Block {
  std::uintptr_t rows;
  std::int32_t* potentials;
  std::ptrdiff_t stride;
};

void pull_windows(const EventStream& stream, const EventWindows& windows, Block block) {
  const std::uint32_t step = 2 * static_cast<std::uint32_t>(windows.narrow_limit);
  const std::uint32_t* start = stream.starts;
  for (std::int32_t p = 0; p < windows.pixels; ++p) {
    const Window window = {start[0], start[windows.kernel_width], block.rows};
    store(step != 0 ? pull_pairs(stream, window, step) : pull_singles(stream, window),
          block.potentials);
    start += windows.stride_x;
    block.rows -= static_cast<std::size_t>(windows.stride_x) * kEventNeurons;
    block.potentials += block.stride;
  }
}

constexpr std::int32_t kPushed = 3;  // columns

// Whether push_columns may run: its sums are never widened in between.
bool is_pushable(const EventStream& stream, const EventWindows& windows) {
  if (windows.kernel_width != kPushed || windows.stride_x != 1) return false;
  std::uint32_t most = 0;
  for (std::int32_t p = 0; p < windows.pixels; ++p) {
    const std::uint32_t events = stream.starts[p + kPushed] - stream.starts[p];
    most = events > most ? events : most;
  }
  return most <= 2 * static_cast<std::uint32_t>(windows.narrow_limit);
}

void push_columns(const EventStream& stream, const EventWindows& windows, Block block) {
  const NarrowSums zero = {_mm512_setzero_si512(), _mm512_setzero_si512()};
  NarrowSums sums[kPushed] = {zero, zero, zero};  // sums[k]: of the window with this as column k
  const std::uint32_t* offsets = stream.offsets;
  const std::uint32_t* pair = stream.pairs;
  for (std::int32_t x = 0; x < windows.pixels + kPushed - 1; ++x) {
    const std::uint32_t* const end = stream.pairs + stream.starts[x + 1] / 2;
    for (; pair != end; ++pair, offsets += 2) {
      const __m512i values = _mm512_set1_epi32(static_cast<int>(*pair));
      AKIDA_UNROLL for (int k = 0; k < kPushed; ++k) {
        const std::uintptr_t column = block.rows + static_cast<std::size_t>(k) * kEventNeurons;
        add_pair(values, reinterpret_cast<const void*>(column + offsets[0]),
                 reinterpret_cast<const void*>(column + offsets[1]), sums[k]);
      }
    }
    if (x >= kPushed - 1) {
      store(widen(sums[kPushed - 1]), block.potentials);
      block.potentials += block.stride;
    }
    AKIDA_UNROLL for (int k = kPushed - 1; k > 0; --k) sums[k] = sums[k - 1];
    sums[0] = zero;
    block.rows -= kEventNeurons;
  }
}

}  // namespace

void event_conv_avx512(const EventStream& stream_in, const EventWindows& windows_in,
                       const std::int8_t* weights, std::int32_t* potentials,
                       std::ptrdiff_t potential_stride) {
  // Copies, which the stores of vectors cannot alias: the compiler may keep them in registers.
  const EventStream stream = stream_in;
  const EventWindows windows = windows_in;
  const bool push = is_pushable(stream, windows);
  for (std::int32_t b = 0; b < windows.blocks; ++b) {
    const Block block = {reinterpret_cast<std::uintptr_t>(weights) +
                             static_cast<std::size_t>(b) * windows.block_bytes,
                         potentials + b * kEventNeurons, potential_stride};
    if (push) {
      push_columns(stream, windows, block);
    } else {
      pull_windows(stream, windows, block);
    }
  }
}

}  // namespace akida::kernels
