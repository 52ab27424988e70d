#include "base/random.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <vector>

using namespace akida;

// Known-answer vectors published with the Random123 library (kat_vectors, philox4x32 10).
TEST_CASE("Philox4x32-10 gives the published known answers") {
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) ==
        std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a generator is the sequence of its blocks") {
  Random random(0x299f31d0a4093822ULL, 1, 2, 3);
  const auto first = philox4x32({0, 1, 2, 3}, {0xa4093822, 0x299f31d0});
  const auto second = philox4x32({1, 1, 2, 3}, {0xa4093822, 0x299f31d0});
  for (std::uint32_t word : first) CHECK(random.next() == word);
  for (std::uint32_t word : second) CHECK(random.next() == word);
}

TEST_CASE("below is uniform and stays under its limit") {
  Random random(7);
  std::vector<int> counts(6);
  for (int i = 0; i < 60000; ++i) ++counts[random.below(6)];
  double chi_square = 0;
  for (int count : counts) chi_square += (count - 10000.0) * (count - 10000.0) / 10000.0;
  CHECK(chi_square < 20.5);  // 5 degrees of freedom, p = 0.001
  for (int i = 0; i < 10; ++i) CHECK(random.below(1) == 0);
}

TEST_CASE("normal has mean 0 and variance 1") {
  Random random(11);
  double sum = 0, squares = 0;
  constexpr int kCount = 100000;
  for (int i = 0; i < kCount; ++i) {
    const double value = random.normal();
    sum += value;
    squares += value * value;
  }
  CHECK(std::abs(sum / kCount) < 0.015);
  CHECK(std::abs(squares / kCount - 1) < 0.03);
}

TEST_CASE("a partial shuffle keeps all elements and chooses each equally often") {
  std::vector<int> chosen(10);
  for (std::uint32_t trial = 0; trial < 10000; ++trial) {
    Random random(5, trial);
    std::vector<std::uint32_t> values(10);
    std::iota(values.begin(), values.end(), 0U);
    partial_shuffle(values, 3, random);
    for (int i = 0; i < 3; ++i) ++chosen[values[static_cast<std::size_t>(i)]];
    std::sort(values.begin(), values.end());
    for (std::uint32_t i = 0; i < 10; ++i) REQUIRE(values[i] == i);
  }
  for (int count : chosen) CHECK(std::abs(count - 3000) < 200);
}
