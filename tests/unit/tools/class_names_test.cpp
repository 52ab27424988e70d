#include "common/class_names.h"

#include <catch2/catch.hpp>

using namespace akida;

TEST_CASE("Two files may not have different names for a class") {
  CHECK_NOTHROW(cli::require_same_names({"cat", "dog"}, "a", {"cat", "dog"}, "b"));
  CHECK_NOTHROW(cli::require_same_names({"cat", "dog"}, "a", {"cat"}, "b"));
  CHECK_NOTHROW(cli::require_same_names({"", "dog"}, "a", {"cat", "", "owl"}, "b"));
  CHECK_NOTHROW(cli::require_same_names({}, "a", {"cat"}, "b"));
  CHECK_THROWS_WITH(cli::require_same_names({"cat", "dog"}, "a", {"cat", "cow"}, "b"),
                    "a: class 1 is 'dog', in b 'cow'");
}
