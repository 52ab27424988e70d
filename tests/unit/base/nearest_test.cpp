#include "base/nearest.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace akida;

TEST_CASE("edit distances equal the textbook ones") {
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("saturday", "sunday") == 3);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "abc") == 0);
}

TEST_CASE("a hint names the nearest candidate, and none where nothing is near") {
  const std::vector<std::string> known = {"kernel_width", "kernel_height", "num_neurons"};
  CHECK(nearest_hint("num_neuron", known) == "; the nearest is 'num_neurons'");
  CHECK(nearest_hint("kernel_with", known) == "; the nearest is 'kernel_width'");
  const std::vector<std::string> keys = {"name", "input_scaling"};
  CHECK(nearest_hint("scaling", keys) == "; the nearest is 'input_scaling'");
  CHECK(nearest_of("num_neuron", known) == "num_neurons");
  CHECK(nearest_of("zzz", known).empty());
  CHECK(nearest_hint("zzz", known).empty());
  CHECK(nearest_hint(std::string(100000, 'n'), known).empty());
  CHECK(nearest_hint("name", {}).empty());
}
