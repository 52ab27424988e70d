#include "kernels/choose.h"

#include <catch2/catch.hpp>

#include "base/cpu.h"

using namespace akida;
using namespace akida::kernels;

namespace {

constexpr LayerTraits kConv = {.window = 576, .neurons = 64};
constexpr LayerTraits kBinaryConv = {.window = 576, .neurons = 64, .max_value = 1, .max_weight = 1};
constexpr LayerTraits kSmallFc = {.fully_connected = true, .window = 512, .neurons = 1000};
constexpr LayerTraits kLargeFc = {.fully_connected = true, .window = 1024, .neurons = 1000};

}  // namespace

TEST_CASE("the sparse family runs samples below the crossover, the dense one the others") {
  const FamilyPlan plan = {KernelFamily::kDense, KernelFamily::kEvents, 0.25};
  CHECK(choose_family(plan, 0, 1000) == KernelFamily::kEvents);
  CHECK(choose_family(plan, 249, 1000) == KernelFamily::kEvents);
  CHECK(choose_family(plan, 250, 1000) == KernelFamily::kDense);
  CHECK(choose_family(plan, 1000, 1000) == KernelFamily::kDense);
}

TEST_CASE("a crossover of 0 leaves everything to the dense family") {
  CHECK(choose_family({KernelFamily::kDense, KernelFamily::kEvents, 0.0}, 0, 1000) ==
        KernelFamily::kDense);
}

TEST_CASE("families follow the widths of activations and weights") {
  CHECK(plan_families(kConv).dense == KernelFamily::kDense);
  CHECK(plan_families(kConv).sparse == KernelFamily::kEvents);
  CHECK(plan_families(kBinaryConv).dense == KernelFamily::kBitPlanes);
  CHECK(plan_families(kBinaryConv).sparse == KernelFamily::kEventAdds);
  LayerTraits wide_weights = kBinaryConv;
  wide_weights.max_weight = 7;
  CHECK(plan_families(wide_weights).dense == KernelFamily::kDense);
  CHECK(plan_families(wide_weights).sparse == KernelFamily::kEventAdds);
  wide_weights.max_weight = 128;  // -128 does not fit the additions' 8-bit sums
  CHECK(plan_families(wide_weights).sparse == KernelFamily::kEvents);
}

TEST_CASE("only large fully connected layers of up to 4 bits use nibbles") {
  CHECK(plan_families(kSmallFc).dense == KernelFamily::kDense);
  CHECK(plan_families(kLargeFc).dense == KernelFamily::kNibbles);
  CHECK(plan_families(kLargeFc).sparse == KernelFamily::kNibbleEvents);
  LayerTraits wide_weights = kLargeFc;
  wide_weights.max_weight = 127;
  CHECK(plan_families(wide_weights).dense == KernelFamily::kDense);
}

TEST_CASE("the faster the dense kernels, the sparser samples must be for events") {
  const auto crossover = [](const char* mask) {
    set_cpu_mask(parse_cpu_mask(mask));
    return plan_families(kConv).crossover;
  };
  const double plain = crossover("avx2");
  const double vnni = crossover("vnni");
  const double all = crossover("all");
  set_cpu_mask(~0U);
  CHECK(plain > 0);
  CHECK(vnni <= plain);
  CHECK(all <= vnni);
}
