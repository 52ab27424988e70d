// Memory that one thread works in; it grows to what is needed most and then stays.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/aligned.h"

namespace akida::nn {

struct Scratch {
  kernels::AlignedVector<std::byte> primitive;  // of a primitive of oneDNN
  kernels::AlignedVector<std::byte> weights;    // in a layout of oneDNN
  kernels::AlignedVector<float> values;         // of an operation
  kernels::AlignedVector<std::int64_t> integers;
};

// The first elements of `memory`, which has room for `size` of them.
template <typename T>
[[nodiscard]] T* grown(kernels::AlignedVector<T>& memory, std::size_t size) {
  if (memory.size() < size) memory.resize(size);
  return memory.data();
}

}  // namespace akida::nn
