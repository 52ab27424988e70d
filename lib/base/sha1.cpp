#include "base/sha1.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace akida {
namespace {

constexpr std::size_t kBlockBytes = 64;

struct Step {
  std::uint32_t function;
  std::uint32_t constant;
};

// The function and the constant of round `t` (FIPS 180-4, 4.1.1 and 4.2.1).
Step step_of(std::size_t t, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if (t < 20) return {(b & c) ^ (~b & d), 0x5a827999};
  if (t < 40) return {b ^ c ^ d, 0x6ed9eba1};
  if (t < 60) return {(b & c) ^ (b & d) ^ (c & d), 0x8f1bbcdc};
  return {b ^ c ^ d, 0xca62c1d6};
}

void compress(std::span<const std::byte> block, std::array<std::uint32_t, 5>& state) {
  std::array<std::uint32_t, 80> words{};
  for (std::size_t i = 0; i < kBlockBytes; ++i) {
    words[i / 4] = (words[i / 4] << 8U) | std::to_integer<std::uint32_t>(block[i]);
  }
  for (std::size_t t = 16; t < words.size(); ++t) {
    words[t] = std::rotl(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (std::size_t t = 0; t < words.size(); ++t) {
    const Step step = step_of(t, b, c, d);
    const std::uint32_t next = std::rotl(a, 5) + step.function + e + step.constant + words[t];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const std::array<std::uint32_t, 5> mixed = {a, b, c, d, e};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += mixed[i];
}

}  // namespace

std::array<std::uint8_t, 20> sha1(std::span<const std::byte> bytes) {
  std::array<std::uint32_t, 5> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const std::size_t whole = bytes.size() / kBlockBytes * kBlockBytes;
  for (std::size_t at = 0; at < whole; at += kBlockBytes) {
    compress(bytes.subspan(at, kBlockBytes), state);
  }
  // The rest, a bit that ends it, and the length in bits; two blocks where one has no room.
  std::vector<std::byte> last(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end());
  last.push_back(std::byte{0x80});
  last.resize(last.size() + 8 <= kBlockBytes ? kBlockBytes : 2 * kBlockBytes);
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (std::size_t i = 0; i < 8; ++i) {
    last[last.size() - 1 - i] = static_cast<std::byte>((bits >> (8 * i)) & 0xffU);
  }
  for (std::size_t at = 0; at < last.size(); at += kBlockBytes) {
    compress(std::span(last).subspan(at, kBlockBytes), state);
  }
  std::array<std::uint8_t, 20> hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) {
    hash[i] = static_cast<std::uint8_t>((state[i / 4] >> (8 * (3 - i % 4))) & 0xffU);
  }
  return hash;
}

}  // namespace akida
