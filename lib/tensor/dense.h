// A contiguous row-major array of 1 to 4 dimensions with a run-time element type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace akida {

enum class DType : std::uint8_t { kU8, kI8, kI32, kF32, kF64 };

[[nodiscard]] std::size_t size_of(DType type);  // bytes per element
[[nodiscard]] const char* name_of(DType type);  // "u8", "i8", "i32", "f32", "f64"

template <typename T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<std::uint8_t>() {
  return DType::kU8;
}
template <>
constexpr DType dtype_of<std::int8_t>() {
  return DType::kI8;
}
template <>
constexpr DType dtype_of<std::int32_t>() {
  return DType::kI32;
}
template <>
constexpr DType dtype_of<float>() {
  return DType::kF32;
}
template <>
constexpr DType dtype_of<double>() {
  return DType::kF64;
}

// Samples are [samples, height, width, channels]; weights are [width, height, channels, neurons]
// (the documented order); vectors have one dimension. The last dimension is contiguous.
class Dense {
 public:
  Dense() = default;

  // Zero-filled. Throws kInvalid when a dimension is negative or the size overflows.
  Dense(DType type, std::vector<std::int64_t> dims);

  template <typename T>
  static Dense from(std::span<const T> values, std::vector<std::int64_t> dims) {
    Dense dense(dtype_of<T>(), std::move(dims));
    if (static_cast<std::int64_t>(values.size()) != dense.size()) {
      fail(ErrorKind::kInvalid, "{} values do not fill a tensor of shape {}", values.size(),
           dense.shape_string());
    }
    std::copy(values.begin(), values.end(), dense.data<T>().begin());
    return dense;
  }

  [[nodiscard]] DType type() const { return type_; }
  [[nodiscard]] const std::vector<std::int64_t>& dims() const { return dims_; }
  [[nodiscard]] std::int64_t size() const { return size_; }  // elements
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string shape_string() const;  // "(3, 3, 32, 64)"

  // The elements; T must be the tensor's type (throws kInvalid otherwise).
  template <typename T>
  [[nodiscard]] std::span<T> data() {
    require(dtype_of<T>());
    return {reinterpret_cast<T*>(bytes_.data()), static_cast<std::size_t>(size_)};
  }
  template <typename T>
  [[nodiscard]] std::span<const T> data() const {
    require(dtype_of<T>());
    return {reinterpret_cast<const T*>(bytes_.data()), static_cast<std::size_t>(size_)};
  }

  [[nodiscard]] std::span<std::byte> bytes() { return bytes_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

  // Element `index` (flat, row-major) as a double, whatever the type.
  [[nodiscard]] double value(std::int64_t index) const;

  bool operator==(const Dense&) const = default;

 private:
  void require(DType wanted) const;

  DType type_ = DType::kU8;
  std::vector<std::int64_t> dims_;
  std::int64_t size_ = 0;
  std::vector<std::byte> bytes_;
};

}  // namespace akida
