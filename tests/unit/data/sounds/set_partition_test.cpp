#include "data/sounds/set_partition.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace akida;
using data::PartitionSet;

// Percentages computed with Python's hashlib.
TEST_CASE("a name's hash puts it into a set") {
  CHECK(data::which_set("yes.wav", {58, 10}) == PartitionSet::kTesting);  // 58.4152
  CHECK(data::which_set("yes.wav", {58, 0.4}) == PartitionSet::kTraining);
  CHECK(data::which_set("yes.wav", {58.5, 0}) == PartitionSet::kValidation);
  CHECK(data::which_set("0_theo_1.wav", {56.1, 0}) == PartitionSet::kValidation);  // 56.0760
  CHECK(data::which_set("0_theo_1.wav", {56, 0.07}) == PartitionSet::kTraining);
  CHECK(data::which_set("0_theo_1.wav", {0, 100}) == PartitionSet::kTesting);
}

TEST_CASE("folders and what follows _nohash_ do not count") {
  for (const char* name : {"bobby", "bobby_nohash_1.wav", "a/b/bobby_nohash_0.wav"}) {
    INFO(name);
    CHECK(data::which_set(name, {0, 94.2}) == PartitionSet::kTesting);  // 94.1748
    CHECK(data::which_set(name, {0, 94.1}) == PartitionSet::kTraining);
  }
  CHECK(data::which_set("x_nohash__nohash_.wav", {4.5, 0}) == PartitionSet::kValidation);  // 4.4984
  CHECK(data::which_set("x_nohash__nohash_.wav", {4.4, 0}) == PartitionSet::kTraining);
}

TEST_CASE("shares outside 0..100 percent are refused") {
  CHECK_NOTHROW(data::validate({0, 100}));
  CHECK_THROWS_AS(data::validate({-1, 10}), Error);
  CHECK_THROWS_AS(data::validate({60, 41}), Error);
}
