#include "common/sample_json.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace akida;

TEST_CASE("floats have the digits a float32 needs, and null where they are no number") {
  CHECK(cli::float_json(0.1F).dump() == "0.1");
  CHECK(cli::float_json(-3e-8F).dump() == "-3e-08");
  CHECK(cli::float_json(1.0F).dump() == "1.0");
  CHECK(cli::float_json(16777216.0F).dump() == "16777216.0");
  CHECK(cli::float_json(std::numeric_limits<float>::max()).dump() == "3.4028235e+38");
  CHECK(cli::float_json(std::numeric_limits<float>::denorm_min()).dump() == "1e-45");
  CHECK(cli::float_json(std::numeric_limits<float>::quiet_NaN()).is_null());
  CHECK(cli::float_json(-std::numeric_limits<float>::infinity()).is_null());
}

TEST_CASE("a label is its sample's class, targets or boxes") {
  const io::Batch batch{.size = 2,
                        .classes = {3, -1},
                        .targets = {0.1F, 1, 2.5F, -1},
                        .boxes = {{}, {.boxes = {{0.1F, 2, 3, 4.5F, 7, true}}}}};
  const auto label = [&](io::LabelKind kind) {
    return cli::label_json({.labels = kind, .targets = 2}, batch, 1).dump();
  };
  CHECK(label(io::LabelKind::kNone) == "null");
  CHECK(label(io::LabelKind::kClass) == "-1");
  CHECK(label(io::LabelKind::kTargets) == "[2.5,-1.0]");
  CHECK(label(io::LabelKind::kBoxes) ==
        R"([{"box":[0.1,2.0,3.0,4.5],"class":7,"difficult":true}])");
}
