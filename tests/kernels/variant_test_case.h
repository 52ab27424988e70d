// Test cases for the entries of a kernel list.
#pragma once

#include <catch2/catch.hpp>

#include "base/cpu.h"

// One test case per variant: `check` runs where the CPU has the features `need`.
#define AKIDA_VARIANT_TEST_CASE(title, need, check)                \
  TEST_CASE(title, "[variant]") {                                  \
    if (!cpu_has(need)) {                                          \
      WARN("skipped: this CPU lacks " << cpu_feature_names(need)); \
      return;                                                      \
    }                                                              \
    check;                                                         \
  }
