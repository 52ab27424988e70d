#include "codec/weight_packing.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "base/error.h"

namespace akida::codec {
namespace {

// The element of kBits bits that starts at bit `shift` of `byte`; flipping the sign bit and taking
// its weight off again extends the sign.
template <int kBits>
std::int8_t element(std::uint8_t byte, unsigned shift) {
  if constexpr (kBits == 1) return static_cast<std::int8_t>((byte >> shift) & 1U);
  constexpr unsigned kSign = 1U << (kBits - 1);
  const unsigned code = (unsigned{byte} >> shift) & ((1U << kBits) - 1);
  return static_cast<std::int8_t>((code ^ kSign) - kSign);
}

template <int kBits>
void unpack(std::span<const std::uint8_t> packed, std::span<std::int8_t> weights) {
  constexpr std::size_t kPerByte = 8 / kBits;
  const std::size_t whole = weights.size() / kPerByte;
  for (std::size_t i = 0; i < whole; ++i) {
    for (unsigned k = 0; k < kPerByte; ++k) {
      weights[i * kPerByte + k] = element<kBits>(packed[i], k * kBits);
    }
  }
  for (std::size_t i = whole * kPerByte; i < weights.size(); ++i) {
    weights[i] = element<kBits>(packed[whole], static_cast<unsigned>(i % kPerByte) * kBits);
  }
}

}  // namespace

std::vector<std::uint8_t> pack_weights(std::span<const std::int8_t> weights, std::int32_t bits) {
  const auto width = static_cast<unsigned>(bits);
  const std::size_t per_byte = 8 / width;
  const unsigned mask = (1U << width) - 1;
  std::vector<std::uint8_t> packed(packed_size(weights.size(), bits));
  for (std::size_t i = 0; i < packed.size(); ++i) {
    const auto elements =
        weights.subspan(i * per_byte).first(std::min(per_byte, weights.size() - i * per_byte));
    unsigned byte = 0;
    for (std::size_t k = 0; k < elements.size(); ++k) {
      byte |= (static_cast<unsigned>(elements[k]) & mask) << (k * width);
    }
    packed[i] = static_cast<std::uint8_t>(byte);
  }
  return packed;
}

void unpack_weights(std::span<const std::uint8_t> packed, std::int32_t bits,
                    std::span<std::int8_t> weights) {
  assert(packed.size() == packed_size(weights.size(), bits));
  const std::size_t used = weights.size() % static_cast<std::size_t>(8 / bits);
  if (used != 0 && packed.back() >> (used * static_cast<std::size_t>(bits)) != 0) {
    fail(ErrorKind::kFormat, "byte {}: bits behind the last element are {:#04x}, not zero",
         packed.size() - 1, packed.back());
  }
  switch (bits) {
    case 1:
      return unpack<1>(packed, weights);
    case 2:
      return unpack<2>(packed, weights);
    case 4:
      return unpack<4>(packed, weights);
    default:
      if (!weights.empty()) std::memcpy(weights.data(), packed.data(), weights.size());
  }
}

}  // namespace akida::codec
