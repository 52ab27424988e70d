// Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy
// as 1, 2, 3", SC'11).
//
// A generator is named by a 64-bit seed and a stream of three 32-bit keys; equal names give equal
// sequences on every machine and thread count. Edge learning's keys are layer, neuron, count.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace akida {

// One block of the cipher: ten rounds on `counter` with `key`.
[[nodiscard]] std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                      std::array<std::uint32_t, 2> key);

class Random {
 public:
  // The sequence of `seed` and the stream (a, b, c); the fourth counter word numbers its blocks.
  // Each stream holds 2^34 32-bit words.
  explicit Random(std::uint64_t seed, std::uint32_t a = 0, std::uint32_t b = 0,
                  std::uint32_t c = 0);

  [[nodiscard]] std::uint32_t next();

  // Uniform in [0, limit) without bias, limit >= 1 (Lemire, "Fast random integer generation in
  // an interval", 2019, with rejection).
  [[nodiscard]] std::uint32_t below(std::uint32_t limit);

  // Uniform in [0, 1) with 32 bits.
  [[nodiscard]] double uniform();

  // Standard normal by Box-Muller; two uniforms a pair.
  [[nodiscard]] double normal();

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;  // words of block_ already handed out
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

// Moves `count` distinct elements chosen uniformly, in random order, to the front of `values`
// (partial Fisher-Yates: position i swaps with i + below(size - i)). count <= values.size().
void partial_shuffle(std::span<std::uint32_t> values, std::size_t count, Random& random);

}  // namespace akida
