#include "common/progress.h"

#include <catch2/catch.hpp>

using akida::cli::progress_line;

TEST_CASE("A progress line names share, units, rate and remaining time") {
  CHECK(progress_line(50, 200, 10, "samples", "") ==
        "[=======>                      ]  25 %  50 samples  5/s  30 s left");
  CHECK(progress_line(200, 200, 10, "samples", "accuracy 93.1 %") ==
        "[==============================] 100 %  200 samples  20/s  accuracy 93.1 %");
}

TEST_CASE("Without a total there is no bar and no remaining time") {
  CHECK(progress_line(50, 0, 10, "samples", "") == "50 samples  5/s");
}
