// Counts that summaries and the zoo's tables report.
#pragma once

#include <cstdint>

#include "cnn/network.h"

namespace akida::cnn {

struct ParameterCounts {
  std::int64_t total = 0;
  std::int64_t trainable = 0;
  // With every batch normalization that follows a neural layer (pooling may stand between)
  // folded into it: its four vectors go, and the layer gets a bias where it had none.
  std::int64_t folded = 0;

  bool operator==(const ParameterCounts&) const = default;
};

[[nodiscard]] ParameterCounts count_parameters(const Network& network);

// Multiply-accumulates of a neural layer for one sample, at its own output size before pooling;
// 0 for other layers.
[[nodiscard]] std::int64_t multiply_accumulates(const Layer& layer);

}  // namespace akida::cnn
