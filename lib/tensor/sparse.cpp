#include "tensor/sparse.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/checked.h"
#include "base/log.h"

namespace akida {
namespace {

constexpr std::array<const char*, 4> kDimensionNames = {"sample", "x", "y", "feature"};

bool fits(std::int32_t value, DType type) {
  return type == DType::kI32 || (type == DType::kU8 && value >= 0 && value <= 255);
}

std::vector<int> identity_order(std::size_t rank) {
  std::vector<int> order(rank);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

bool less_in_order(const SparseElement& a, const SparseElement& b, std::span<const int> order) {
  for (int dimension : order) {
    const auto d = static_cast<std::size_t>(dimension);
    if (a.coords[d] != b.coords[d]) return a.coords[d] < b.coords[d];
  }
  return false;
}

// Memory is row-major in (sample, y, x, feature): x and y change places.
std::vector<int> memory_order(std::size_t rank) {
  std::vector<int> order = identity_order(rank);
  if (rank == 3) std::swap(order[0], order[1]);
  if (rank == 4) std::swap(order[1], order[2]);
  return order;
}

// Merges elements at one place: value 1, or the sum with `count`. Returns how many went.
std::size_t merge_duplicates(std::vector<SparseElement>& elements, bool count) {
  const std::vector<int> order = memory_order(4);
  std::stable_sort(elements.begin(), elements.end(),
                   [&](const auto& a, const auto& b) { return less_in_order(a, b, order); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (kept > 0 && elements[kept - 1].coords == elements[i].coords) {
      if (count) elements[kept - 1].value = std::min(255, elements[kept - 1].value + 1);
    } else {
      elements[kept++] = elements[i];
    }
  }
  const std::size_t merged = elements.size() - kept;
  elements.resize(kept);
  return merged;
}

Sparse make_events(std::vector<SparseElement> elements, const Shape& shape, std::int32_t samples,
                   bool count) {
  const std::array<std::int32_t, 4> limits = {samples, shape.width, shape.height, shape.channels};
  for (std::size_t i = 0; i < elements.size(); ++i) {
    for (std::size_t d = 0; d < 4; ++d) {
      const std::int32_t coord = elements[i].coords[d];
      if (coord < 0 || coord >= limits[d]) {
        fail(ErrorKind::kInvalid, "sample {}: event {}: {} {} is outside 0..{}",
             elements[i].coords[0], i, kDimensionNames[d], coord, limits[d] - 1);
      }
    }
  }
  const std::size_t merged = merge_duplicates(elements, count);
  if (merged > 0) {
    log_info("{} duplicate events {}", merged, count ? "summed" : "collapsed");
  }
  return {{samples, shape.width, shape.height, shape.channels}, std::move(elements)};
}

}  // namespace

Sparse::Sparse(std::vector<std::int32_t> dims, std::vector<SparseElement> elements, DType type)
    : dims_(std::move(dims)), type_(type), elements_(std::move(elements)) {
  if (dims_.empty() || dims_.size() > 4) {
    fail(ErrorKind::kInvalid, "a sparse tensor has 1 to 4 dimensions, not {}", dims_.size());
  }
  for (const std::int32_t dim : dims_) {
    if (dim < 1) fail(ErrorKind::kInvalid, "dimension {} of a sparse tensor is not positive", dim);
  }
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    const SparseElement& element = elements_[i];
    for (std::size_t d = 0; d < dims_.size(); ++d) {
      if (element.coords[d] < 0 || element.coords[d] >= dims_[d]) {
        fail(ErrorKind::kInvalid, "element {}: coordinate {} of dimension {} is outside 0..{}", i,
             element.coords[d], d, dims_[d] - 1);
      }
    }
    if (element.value == 0 || !fits(element.value, type_)) {
      fail(ErrorKind::kInvalid, "element {}: value {} is zero or not a {}", i, element.value,
           name_of(type_));
    }
  }
  std::vector<SparseElement> sorted = elements_;
  const std::vector<int> order = identity_order(dims_.size());
  std::sort(sorted.begin(), sorted.end(),
            [&](const auto& a, const auto& b) { return less_in_order(a, b, order); });
  const auto twin =
      std::adjacent_find(sorted.begin(), sorted.end(),
                         [&](const auto& a, const auto& b) { return !less_in_order(a, b, order); });
  if (twin != sorted.end()) {
    fail(ErrorKind::kInvalid, "two elements share coordinates ({}, {}, {}, {})", twin->coords[0],
         twin->coords[1], twin->coords[2], twin->coords[3]);
  }
}

std::int64_t Sparse::size() const {
  std::uint64_t size = 1;
  for (std::int32_t dim : dims_) {
    size = checked_mul(size, static_cast<std::uint64_t>(dim), "sparse tensor size");
  }
  return checked_cast<std::int64_t>(size, "sparse tensor size");
}

double Sparse::sparsity() const {
  return 1.0 - static_cast<double>(nnz()) / static_cast<double>(size());
}

Sparse Sparse::chip(int dimension, std::int32_t coord) const {
  const auto d = static_cast<std::size_t>(dimension);
  if (dimension < 0 || d >= dims_.size() || dims_.size() < 2) {
    fail(ErrorKind::kUsage, "cannot chip dimension {} of a tensor with {} dimensions", dimension,
         dims_.size());
  }
  if (coord < 0 || coord >= dims_[d]) {
    fail(ErrorKind::kUsage, "chip coordinate {} is outside 0..{}", coord, dims_[d] - 1);
  }
  std::vector<std::int32_t> dims = dims_;
  dims.erase(dims.begin() + dimension);
  std::vector<SparseElement> chosen;
  for (const SparseElement& element : elements_) {
    if (element.coords[d] != coord) continue;
    SparseElement reduced{{}, element.value};
    std::size_t to = 0;
    for (std::size_t from = 0; from < dims_.size(); ++from) {
      if (from != d) reduced.coords[to++] = element.coords[from];
    }
    chosen.push_back(reduced);
  }
  return {std::move(dims), std::move(chosen), type_};
}

Sparse Sparse::slice(std::span<const std::int32_t> mask) const {
  if (mask.size() != dims_.size()) {
    fail(ErrorKind::kUsage, "slice mask has {} entries for {} dimensions", mask.size(),
         dims_.size());
  }
  std::vector<SparseElement> chosen;
  std::copy_if(elements_.begin(), elements_.end(), std::back_inserter(chosen),
               [&](const SparseElement& element) {
                 for (std::size_t d = 0; d < mask.size(); ++d) {
                   if (mask[d] != -1 && mask[d] != element.coords[d]) return false;
                 }
                 return true;
               });
  return {dims_, std::move(chosen), type_};
}

void Sparse::sort(std::span<const int> order) {
  const std::vector<int> identity = identity_order(dims_.size());
  if (!std::is_permutation(order.begin(), order.end(), identity.begin(), identity.end())) {
    fail(ErrorKind::kUsage, "sort order is no permutation of 0..{}", dims_.size() - 1);
  }
  std::sort(elements_.begin(), elements_.end(),
            [&](const auto& a, const auto& b) { return less_in_order(a, b, order); });
}

Dense Sparse::to_dense() const {
  const std::vector<int> order = memory_order(dims_.size());
  std::vector<std::int64_t> dims;
  for (int d : order) dims.push_back(dims_[static_cast<std::size_t>(d)]);
  Dense dense(type_, dims);
  for (const SparseElement& element : elements_) {
    std::size_t index = 0;
    for (int dimension : order) {
      const auto d = static_cast<std::size_t>(dimension);
      index =
          index * static_cast<std::size_t>(dims_[d]) + static_cast<std::size_t>(element.coords[d]);
    }
    if (type_ == DType::kI32) {
      dense.data<std::int32_t>()[index] = element.value;
    } else {
      dense.data<std::uint8_t>()[index] = static_cast<std::uint8_t>(element.value);
    }
  }
  return dense;
}

Sparse coords_to_sparse(std::span<const std::int32_t> coords, int row_length, const Shape& shape,
                        std::int32_t samples, bool count) {
  if ((row_length != 3 && row_length != 4) ||
      coords.size() % static_cast<std::size_t>(row_length) != 0) {
    fail(ErrorKind::kUsage, "{} numbers are no rows of 3 or 4 coordinates", coords.size());
  }
  std::vector<SparseElement> elements;
  std::int64_t last_sample = 0;
  for (std::size_t i = 0; i < coords.size(); i += static_cast<std::size_t>(row_length)) {
    const std::int32_t* row = coords.data() + i;
    const std::int32_t sample = row_length == 4 ? *row++ : 0;
    elements.push_back({{sample, row[0], row[1], row[2]}, 1});
    last_sample = std::max<std::int64_t>(last_sample, sample);
  }
  if (samples == 0) samples = checked_cast<std::int32_t>(last_sample + 1, "samples");
  return make_events(std::move(elements), shape, samples, count);
}

Sparse dense_to_sparse(const Dense& array) {
  const auto& dims = array.dims();
  if ((dims.size() != 3 && dims.size() != 4) ||
      (array.type() != DType::kU8 && array.type() != DType::kI32)) {
    fail(ErrorKind::kUsage, "dense_to_sparse needs 3 or 4 dimensions of u8 or i32, not {} of {}",
         array.shape_string(), name_of(array.type()));
  }
  const std::size_t first = dims.size() - 3;
  const std::int64_t height = dims[first], width = dims[first + 1], channels = dims[first + 2];
  const std::int64_t samples = first == 1 ? dims[0] : 1;
  std::vector<SparseElement> elements;
  for (std::int64_t i = 0; i < array.size(); ++i) {
    const auto value = static_cast<std::int32_t>(array.value(i));
    if (value == 0) continue;
    const std::int64_t pixel = i / channels;
    elements.push_back({{static_cast<std::int32_t>(pixel / (width * height)),
                         static_cast<std::int32_t>(pixel % width),
                         static_cast<std::int32_t>(pixel / width % height),
                         static_cast<std::int32_t>(i % channels)},
                        value});
  }
  return {{checked_cast<std::int32_t>(samples, "samples"),
           checked_cast<std::int32_t>(width, "width"), checked_cast<std::int32_t>(height, "height"),
           checked_cast<std::int32_t>(channels, "channels")},
          std::move(elements),
          array.type()};
}

Sparse packetize(std::span<const std::int32_t> coords, const Shape& shape, std::int32_t packet_size,
                 bool count) {
  if (packet_size < 1) fail(ErrorKind::kUsage, "packet size {} is not positive", packet_size);
  if (coords.size() % 3 != 0) {
    fail(ErrorKind::kUsage, "{} numbers are no rows of 3 coordinates", coords.size());
  }
  std::vector<SparseElement> elements;
  const auto size = static_cast<std::size_t>(packet_size);
  for (std::size_t event = 0; 3 * event < coords.size(); ++event) {
    const std::int32_t* row = coords.data() + 3 * event;
    elements.push_back({{static_cast<std::int32_t>(event / size), row[0], row[1], row[2]}, 1});
  }
  const std::size_t packets = (elements.size() + size - 1) / size;
  return make_events(std::move(elements), shape,
                     static_cast<std::int32_t>(std::max<std::size_t>(packets, 1)), count);
}

}  // namespace akida
