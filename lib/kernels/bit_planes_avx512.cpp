// pack_bits: a comparison of 64 bytes is their bit mask.
#include <immintrin.h>

#include "kernels/bit_planes.h"

namespace akida::kernels {

void pack_bits_avx512(const std::uint8_t* input, std::size_t cells, std::int32_t channels,
                      std::uint32_t* bits) {
  auto length = static_cast<std::size_t>(channels);
  if (length % 32 == 0) {  // no bits between cells: the map is one long cell
    length *= cells;
    cells = 1;
  }
  for (std::size_t cell = 0; cell < cells; ++cell, input += length) {
    for (std::size_t c = 0; c < length; c += 64) {
      const std::size_t rest = length - c;
      const __mmask64 wanted = _bzhi_u64(~0ULL, static_cast<std::uint32_t>(rest < 64 ? rest : 64));
      const __m512i bytes = _mm512_maskz_loadu_epi8(wanted, input + c);
      const __mmask64 mask = _mm512_test_epi8_mask(bytes, bytes);
      *bits++ = static_cast<std::uint32_t>(mask);
      if (rest > 32) *bits++ = static_cast<std::uint32_t>(mask >> 32);
    }
  }
}

}  // namespace akida::kernels
