#include "cnn/network_variables.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace akida::cnn {
namespace {

float exact(const akida::Dense& values, std::int64_t index) {
  const double value = values.value(index);
  const auto rounded = static_cast<float>(value);
  if (!std::isfinite(rounded)) {
    fail(ErrorKind::kInvalid, "element {}: value {} is not finite in float32", index, value);
  }
  if (values.type() != DType::kF64 && double{rounded} != value) {
    fail(ErrorKind::kInvalid, "element {}: value {} is no float32", index, value);
  }
  return rounded;
}

akida::Dense converted(const akida::Dense& values, const akida::Dense& current) {
  const bool fills = values.size() == 1 && current.dims().size() == 1;
  if (!fills && values.dims() != current.dims()) {
    fail(ErrorKind::kInvalid, "shape {} is not {}", values.shape_string(), current.shape_string());
  }
  akida::Dense result(DType::kF32, current.dims());
  for (std::int64_t i = 0; i < result.size(); ++i) {
    result.data<float>()[static_cast<std::size_t>(i)] = exact(values, fills ? 0 : i);
  }
  return result;
}

std::size_t position_of(const Layer& layer, std::string_view name) {
  const auto found = std::ranges::find(layer.variables, name, &Variable::name);
  if (found != layer.variables.end()) {
    return static_cast<std::size_t>(found - layer.variables.begin());
  }
  fail(
      ErrorKind::kUsage, "layer '{}' has no variable '{}'; it has: {}", layer.name, name,
      layer.variables.empty() ? "none" : fmt::format("{}", fmt::join(variable_names(layer), ", ")));
}

}  // namespace

std::vector<std::string> variable_names(const Layer& layer) {
  std::vector<std::string> names;
  for (const Variable& variable : layer.variables) names.push_back(variable.name);
  return names;
}

const akida::Dense& get_variable(const Layer& layer, std::string_view name) {
  return layer.variables[position_of(layer, name)].value;
}

void set_variable(Network& network, std::size_t index, std::string_view name,
                  const akida::Dense& values) {
  const Layer& layer = network.layer(index);
  const std::size_t position = position_of(layer, name);
  in_context(fmt::format("layer '{}': {}", layer.name, name), [&] {
    akida::Dense value = converted(values, layer.variables[position].value);
    require_positive(variable_specs(layer)[position], value.data<float>());
    network.variables(index)[position].value = std::move(value);
  });
}

}  // namespace akida::cnn
