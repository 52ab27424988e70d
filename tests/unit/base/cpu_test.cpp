#include "base/cpu.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace akida;

TEST_CASE("the CPU mask restricts features and never adds any") {
  const std::uint32_t detected = cpu_detected();
  for (const char* name : {"none", "avx2", "avx512", "vnni", "amx", "all"}) {
    set_cpu_mask(parse_cpu_mask(name));
    CHECK((cpu_features() & ~detected) == 0);
  }
  set_cpu_mask(parse_cpu_mask("none"));
  CHECK(cpu_features() == 0);
  CHECK(cpu_has(0));
  CHECK_FALSE(cpu_has(kCpuAvx2));
  CHECK(cpu_feature_names(cpu_features()) == "none");
  set_cpu_mask(parse_cpu_mask("all"));
  CHECK(cpu_features() == detected);
}

TEST_CASE("an unknown mask names the known ones") {
  CHECK_THROWS_WITH(parse_cpu_mask("sse9"),
                    "cpu mask 'sse9' is none of none, avx2, avx512, vnni, amx, all");
}
