#include "common/progress.h"

#include <catch2/catch.hpp>

using akida::cli::progress_line;

TEST_CASE("A progress line names share, units, rate and remaining time") {
  CHECK(progress_line(50, 0.25, 10, "samples") ==
        "[=======>                      ]  25 %  50 samples  5/s  30 s left");
  CHECK(progress_line(200, 1, 10, "samples") ==
        "[==============================] 100 %  200 samples  20/s");
  CHECK(progress_line(36, 0.1, 3600, "samples") ==
        "[===>                          ]  10 %  36 samples  0/s  9.0 h left");
}

TEST_CASE("Where the share is unknown there is no bar and no remaining time") {
  CHECK(progress_line(50, std::nullopt, 10, "samples") == "50 samples  5/s");
}
