#include "base/parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <vector>

using namespace akida;

TEST_CASE("parallel_for visits every index once for any number of jobs") {
  for (int jobs : {0, 1, 2, 3, 8}) {
    std::vector<std::atomic<int>> visits(1000);
    parallel_for(visits.size(), jobs, [&](std::size_t i, int) { ++visits[i]; });
    for (const auto& count : visits) REQUIRE(count == 1);
  }
}

TEST_CASE("parallel_for rethrows the first exception") {
  CHECK_THROWS_AS(parallel_for(100, 2,
                               [](std::size_t i, int) {
                                 if (i == 50) throw std::runtime_error("fifty");
                               }),
                  std::runtime_error);
}
