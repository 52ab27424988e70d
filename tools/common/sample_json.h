// Parts of samples as JSON, the same in every tool (formats/predictions.md).
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>

#include "io/sample.h"

namespace akida::cli {

// `value` with the fewest digits that give the same float32 back: 0.1 where the nearest double
// would read 0.10000000149011612. Null for what is no finite number.
[[nodiscard]] nlohmann::ordered_json float_json(float value);

// The label of sample `index`: a class index, a list of targets, or a list of boxes
// {"box": [x1, y1, x2, y2], "class": c, "difficult": false}. Null where the header has no labels.
[[nodiscard]] nlohmann::ordered_json label_json(const io::StreamHeader& header,
                                                const io::Batch& batch, std::size_t index);

}  // namespace akida::cli
