#include "base/random.h"

#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

namespace akida {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

Random::Random(std::uint64_t seed, std::uint32_t a, std::uint32_t b, std::uint32_t c)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, a, b, c} {}

std::uint32_t Random::next() {
  if (used_ == block_.size()) {
    block_ = philox4x32(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[used_++];
}

std::uint32_t Random::below(std::uint32_t limit) {
  assert(limit >= 1);
  std::uint64_t product = std::uint64_t{next()} * limit;
  if (static_cast<std::uint32_t>(product) < limit) {
    const std::uint32_t threshold = (0U - limit) % limit;
    while (static_cast<std::uint32_t>(product) < threshold) {
      product = std::uint64_t{next()} * limit;
    }
  }
  return static_cast<std::uint32_t>(product >> 32);
}

double Random::uniform() { return next() * 0x1p-32; }

double Random::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  const double angle = 2.0 * std::numbers::pi * uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

void partial_shuffle(std::span<std::uint32_t> values, std::size_t count, Random& random) {
  assert(count <= values.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t offset = random.below(static_cast<std::uint32_t>(values.size() - i));
    std::swap(values[i], values[i + offset]);
  }
}

}  // namespace akida
