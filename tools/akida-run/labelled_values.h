// Results of a model as samples of a stream: values with the ids and labels of the inputs.
#pragma once

#include "io/sample.h"
#include "tensor/dense.h"
#include "tensor/shape.h"

namespace akida::run {

// A dense stream of `type` and `shape` with the labels and class names of `input`.
[[nodiscard]] io::StreamHeader labelled_header(const io::StreamHeader& input, DType type,
                                               const Shape& shape);

// A batch of that stream: `values` [samples, height, width, channels] and the ids and labels of
// the first of `input`'s samples, which may be more.
[[nodiscard]] io::Batch labelled_batch(const io::StreamHeader& header, const io::Batch& input,
                                       const Dense& values);

}  // namespace akida::run
