// Augmentation as text: "flip,shift=0.1".
#pragma once

#include <string>
#include <string_view>

#include "nn/augmentation.h"

namespace akida::train {

// Parses changes separated by commas. Throws kUsage naming what is unknown, given twice or no
// number, and for values out of range.
[[nodiscard]] nn::Augmentation parse_augmentation(std::string_view text);

// The same as text, in a fixed order; "" where nothing is changed.
[[nodiscard]] std::string to_text(const nn::Augmentation& augmentation);

}  // namespace akida::train
