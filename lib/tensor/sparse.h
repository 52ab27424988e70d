// A hollow tensor: the list of its non-zero elements (events).
//
// Dimensions and coordinates follow the API: (sample, x, y, feature) of a shape (samples, width,
// height, channels); x is the column.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tensor/dense.h"
#include "tensor/shape.h"

namespace akida {

struct SparseElement {
  std::array<std::int32_t, 4> coords{};  // (sample, x, y, feature); fewer dimensions use the first
  std::int32_t value = 0;                // never 0

  bool operator==(const SparseElement&) const = default;
};

class Sparse {
 public:
  // `dims`: 1 to 4 positive sizes, (samples, width, height, channels) when there are four.
  // `type`: the type of the values, kU8 for events and levels, kI32 for potentials.
  // Throws kInvalid when a size is not positive; naming the element and the limit, when a
  // coordinate is outside, a value is zero or does not fit `type`, or two elements share a place.
  Sparse(std::vector<std::int32_t> dims, std::vector<SparseElement> elements,
         DType type = DType::kU8);

  [[nodiscard]] const std::vector<std::int32_t>& dims() const { return dims_; }
  [[nodiscard]] DType type() const { return type_; }
  [[nodiscard]] std::int64_t size() const;  // product of dims
  [[nodiscard]] std::int64_t nnz() const { return static_cast<std::int64_t>(elements_.size()); }
  [[nodiscard]] double sparsity() const;  // 1 - nnz / size
  [[nodiscard]] std::span<const SparseElement> elements() const { return elements_; }

  // The elements whose coordinate along `dimension` equals `coord`; that dimension is removed.
  [[nodiscard]] Sparse chip(int dimension, std::int32_t coord) const;

  // The elements that match `mask`, one entry per dimension; -1 selects all, another value only
  // elements with that coordinate. The shape stays.
  [[nodiscard]] Sparse slice(std::span<const std::int32_t> mask) const;

  // Sorts the elements by the given order of dimensions, a permutation of 0..rank-1.
  void sort(std::span<const int> order);

  // Row-major in memory order: [samples, height, width, channels] for four dimensions,
  // [height, width, channels] for three; the order of dims otherwise.
  [[nodiscard]] Dense to_dense() const;

 private:
  std::vector<std::int32_t> dims_;
  DType type_;
  std::vector<SparseElement> elements_;
};

// Events with value 1 from coordinate rows of 3 (x, y, feature; sample 0) or 4 (sample, x, y,
// feature) numbers, `row_length` telling which; coords.size() is a multiple of it. Samples are
// `samples` (0: one more than the largest index seen). A coordinate out of range is kInvalid and
// names the event. Duplicates collapse to one event of value 1 (their number is logged); with
// `count` they sum instead, up to 255.
[[nodiscard]] Sparse coords_to_sparse(std::span<const std::int32_t> coords, int row_length,
                                      const Shape& shape, std::int32_t samples = 0,
                                      bool count = false);

// The non-zero elements of a u8 or i32 array [height, width, channels] or [samples, height,
// width, channels], sorted by (sample, y, x, feature).
[[nodiscard]] Sparse dense_to_sparse(const Dense& array);

// Groups rows (x, y, feature) into samples of `packet_size` events in order; the last, short
// packet is kept. Duplicates within a packet collapse (or sum) as in coords_to_sparse.
[[nodiscard]] Sparse packetize(std::span<const std::int32_t> coords, const Shape& shape,
                               std::int32_t packet_size, bool count = false);

}  // namespace akida
