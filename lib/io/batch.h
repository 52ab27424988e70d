// Operations on batches that do not depend on how they are stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "io/sample.h"
#include "tensor/dense.h"

namespace akida::io {

// Throws kInvalid naming the class that has no name which a header may hold, or their number.
void validate_class_names(const std::vector<std::string>& names);

// Throws kInvalid when the header is outside what formats/stream.md allows.
void validate(const StreamHeader& header);

// Throws kInvalid when `batch` does not fit `header`: lengths of the vectors, shape and type of
// the array, classes, boxes and events out of range. Names the sample, counting from `first`, the
// index of the batch's first sample in its stream.
void validate(const StreamHeader& header, const Batch& batch, std::uint64_t first = 0);

// Appends samples [first, first + count) of `from` to `to`; both belong to `header`, both have ids
// or neither, and `to` may be empty.
void append(const StreamHeader& header, const Batch& from, std::size_t first, std::size_t count,
            Batch& to);

// The samples as one [size, height, width, channels] array of the header's type; events are
// placed on zeros, the last of several events at one place counts.
[[nodiscard]] Dense to_dense(const StreamHeader& header, const Batch& batch);

}  // namespace akida::io
