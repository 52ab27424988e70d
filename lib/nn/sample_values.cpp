#include "nn/sample_values.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "cnn/network.h"

namespace akida::nn {
namespace {

bool has_shape(const akida::Dense& samples, const cnn::Dims& input) {
  const auto& dims = samples.dims();
  if (dims.empty()) return false;
  const std::span shape(dims.begin() + 1, dims.end());
  if (std::ranges::equal(shape, input)) return true;
  return input.size() == 1 && std::ranges::equal(shape, cnn::Dims{1, 1, input[0]});
}

template <typename T>
void scale(const ModelInfo& info, std::span<const T> values, std::span<float> x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto value = static_cast<double>(values[i]);
    x[i] = static_cast<float>((value - info.scaling_b) / info.scaling_a);
  }
}

template <typename T>
bool all_integers(std::span<const T> values, std::int32_t most) {
  return std::ranges::all_of(values, [&](T value) {
    const auto number = static_cast<double>(value);
    return number >= 0 && number <= most && number == std::trunc(number);
  });
}

}  // namespace

void check_samples(const akida::Dense& samples, const cnn::Dims& input, std::size_t most) {
  const DType type = samples.type();
  if (type != DType::kU8 && type != DType::kI32 && type != DType::kF32) {
    fail(ErrorKind::kInvalid, "samples are {}, not u8, i32 or f32", name_of(type));
  }
  if (!has_shape(samples, input)) {
    const auto& dims = samples.dims();
    cnn::Dims shape;  // of one sample
    for (std::size_t i = 1; i < dims.size(); ++i)
      shape.push_back(static_cast<std::int32_t>(dims[i]));
    fail(ErrorKind::kInvalid, "samples of shape {} do not fit an input of {}",
         cnn::to_string(shape), cnn::to_string(input));
  }
  const auto count = static_cast<std::size_t>(samples.dims()[0]);
  if (count < 1 || count > most) {
    fail(ErrorKind::kInvalid, "{} samples in a batch of 1..{}", count, most);
  }
}

bool are_integers(const akida::Dense& samples, std::int32_t most) {
  switch (samples.type()) {
    case DType::kU8:
      return most >= 255 || all_integers(samples.data<std::uint8_t>(), most);
    case DType::kI32:
      return all_integers(samples.data<std::int32_t>(), most);
    default:
      return all_integers(samples.data<float>(), most);
  }
}

void scale_samples(const ModelInfo& info, const akida::Dense& samples, std::size_t first,
                   std::span<float> x) {
  switch (samples.type()) {
    case DType::kU8:
      return scale(info, samples.data<std::uint8_t>().subspan(first), x);
    case DType::kI32:
      return scale(info, samples.data<std::int32_t>().subspan(first), x);
    default:
      return scale(info, samples.data<float>().subspan(first), x);
  }
}

}  // namespace akida::nn
