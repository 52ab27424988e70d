#include "nn/buffer_plan.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/random.h"

using namespace akida;
using namespace akida::nn;

TEST_CASE("buffers that are needed at the same time never share memory") {
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    Random random(1, trial);
    std::vector<BufferLife> lives(1 + random.below(20));
    for (BufferLife& life : lives) {
      life.first = random.below(30);
      life.last = life.first + random.below(8);
      life.size = random.below(5);
    }
    const BufferPlan plan = plan_buffers(lives);
    REQUIRE(plan.slot.size() == lives.size());
    for (std::size_t i = 0; i < lives.size(); ++i) {
      REQUIRE((plan.slot[i] == kNoSlot) == (lives[i].size == 0));
      if (lives[i].size == 0) continue;
      REQUIRE(plan.sizes.at(plan.slot[i]) >= lives[i].size);
      for (std::size_t k = 0; k < i; ++k) {
        const bool meet = lives[i].first <= lives[k].last && lives[k].first <= lives[i].last;
        if (meet) REQUIRE(plan.slot[i] != plan.slot[k]);
      }
    }
  }
}

TEST_CASE("a chain of layers takes turns in two buffers") {
  std::vector<BufferLife> lives;
  for (std::size_t i = 0; i < 10; ++i) lives.push_back({i, i + 1, 100 - i});
  const BufferPlan plan = plan_buffers(lives);
  CHECK(plan.sizes == std::vector<std::size_t>{100, 99});
}
