#include "tensor/dense.h"

#include <fmt/ranges.h>

#include "base/checked.h"
#include "tensor/shape.h"

namespace akida {

std::string to_string(const Shape& shape) {
  return fmt::format("[{}, {}, {}]", shape.width, shape.height, shape.channels);
}

std::size_t size_of(DType type) {
  switch (type) {
    case DType::kU8:
    case DType::kI8:
      return 1;
    case DType::kI32:
    case DType::kF32:
      return 4;
    case DType::kF64:
      return 8;
  }
  return 0;
}

const char* name_of(DType type) {
  switch (type) {
    case DType::kU8:
      return "u8";
    case DType::kI8:
      return "i8";
    case DType::kI32:
      return "i32";
    case DType::kF32:
      return "f32";
    case DType::kF64:
      return "f64";
  }
  return "unknown";
}

Dense::Dense(DType type, std::vector<std::int64_t> dims) : type_(type), dims_(std::move(dims)) {
  std::uint64_t size = 1;
  for (std::int64_t dim : dims_) {
    size = checked_mul(size, checked_cast<std::uint64_t>(dim, "tensor dimension"), "tensor size");
  }
  size_ = checked_cast<std::int64_t>(size, "tensor size");
  bytes_.resize(checked_mul(size, size_of(type), "tensor size"));
}

std::string Dense::shape_string() const { return fmt::format("({})", fmt::join(dims_, ", ")); }

double Dense::value(std::int64_t index) const {
  const auto i = static_cast<std::size_t>(index);
  switch (type_) {
    case DType::kU8:
      return data<std::uint8_t>()[i];
    case DType::kI8:
      return data<std::int8_t>()[i];
    case DType::kI32:
      return data<std::int32_t>()[i];
    case DType::kF32:
      return double{data<float>()[i]};
    case DType::kF64:
      return data<double>()[i];
  }
  return 0;
}

void Dense::require(DType wanted) const {
  if (wanted != type_) {
    fail(ErrorKind::kInvalid, "tensor holds {} elements, not {}", name_of(type_), name_of(wanted));
  }
}

}  // namespace akida
