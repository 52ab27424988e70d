// A confusion matrix as a picture.
#pragma once

#include <string>
#include <vector>

#include "eval/class_score.h"

namespace akida::eval {

inline constexpr std::int32_t kMaxDrawnClasses = 200;

// An SVG 1.1 document: rows are true classes, columns predicted ones, the darker the larger the
// share of the row; where there is room, counts are written into the cells. Classes without a name
// are called by their number. A last column "none" appears where a sample has no prediction. Throws
// kInvalid for more than kMaxDrawnClasses classes.
[[nodiscard]] std::string confusion_svg(const Confusion& confusion,
                                        const std::vector<std::string>& class_names);

// The name of a class, or its number; "none" for kNoClass.
[[nodiscard]] std::string class_label(std::int32_t class_index,
                                      const std::vector<std::string>& class_names);

}  // namespace akida::eval
