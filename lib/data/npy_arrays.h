// Samples from NumPy arrays.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/sample_source.h"
#include "io/bytes.h"

namespace akida::data {

// Dense samples from `samples`, an array [n, height, width, channels], [n, height, width] (one
// channel) or [n, channels] (height and width 1). Elements stay u8, i32 or f32; other integers
// become i32, f16 and f64 f32. Floats that are not finite, or too large for f32, are refused.
//
// `labels` (may be null): integers [n] are classes, f32 or f64 values [n, k] are k targets.
// Throws Error for other shapes or when the two arrays differ in n.
[[nodiscard]] std::unique_ptr<SampleSource> open_npy(std::unique_ptr<io::ByteSource> samples,
                                                     std::unique_ptr<io::ByteSource> labels,
                                                     std::vector<std::string> class_names);

}  // namespace akida::data
