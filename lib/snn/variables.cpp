#include "snn/variables.h"

#include <cmath>
#include <limits>

#include "base/error.h"

namespace akida::snn {
namespace {

template <typename T>
Dense vector_tensor(const std::vector<T>& values) {
  return Dense::from<T>(values, {static_cast<std::int64_t>(values.size())});
}

// Element `index` of `values` as T; a lone value serves every index.
template <typename T>
T exact(const Dense& values, std::int64_t index) {
  const std::int64_t source = values.size() == 1 ? 0 : index;
  const double value = values.value(source);
  if constexpr (std::is_integral_v<T>) {
    constexpr double kLow = std::numeric_limits<T>::min(), kHigh = std::numeric_limits<T>::max();
    if (!(value >= kLow && value <= kHigh) || value != std::floor(value)) {
      fail(ErrorKind::kInvalid, "element {}: value {} is no integer in {}..{}", source, value, kLow,
           kHigh);
    }
  } else if constexpr (std::is_same_v<T, float>) {
    if (std::isfinite(value) && double{static_cast<float>(value)} != value &&
        values.type() != DType::kF64) {
      fail(ErrorKind::kInvalid, "element {}: value {} is no float32", source, value);
    }
  }
  return static_cast<T>(value);
}

template <typename T>
void assign_vector(std::vector<T>& target, const Dense& values) {
  const auto count = static_cast<std::int64_t>(target.size());
  const bool fits = values.size() == 1 || values.dims() == std::vector<std::int64_t>{count};
  if (!fits) {
    fail(ErrorKind::kInvalid, "shape {} is not ({})", values.shape_string(), count);
  }
  for (std::int64_t i = 0; i < count; ++i) {
    target[static_cast<std::size_t>(i)] = exact<T>(values, i);
  }
}

void assign_weights(Dense& target, const Dense& values) {
  if (values.dims() != target.dims()) {
    fail(ErrorKind::kInvalid, "shape {} is not {}", values.shape_string(), target.shape_string());
  }
  for (std::int64_t i = 0; i < target.size(); ++i) {
    target.data<std::int8_t>()[static_cast<std::size_t>(i)] = exact<std::int8_t>(values, i);
  }
}

void assign(Layer& layer, std::string_view name, const Dense& values) {
  Variables& variables = layer.variables;
  if (name == "weights") return assign_weights(variables.weights, values);
  if (name == "weights_pw") return assign_weights(variables.weights_pw, values);
  if (name == "threshold_fire") return assign_vector(variables.threshold_fire, values);
  if (name == "threshold_fire_step") return assign_vector(variables.threshold_fire_step, values);
  if (name == "shift") return assign_vector(variables.shift, values);
  if (name == "scale") return assign_vector(variables.scale, values);
  if (name == "plasticity") return assign_vector(layer.learning->plasticity, values);
  assign_vector(layer.learning->threshold_learning, values);
}

void require_variable(const Layer& layer, std::string_view name) {
  std::string known;
  for (const std::string& candidate : variable_names(layer)) {
    if (candidate == name) return;
    known += (known.empty() ? "" : ", ") + candidate;
  }
  fail(ErrorKind::kUsage, "layer '{}' has no variable '{}'; it has: {}", layer.name, name,
       known.empty() ? "none" : known);
}

}  // namespace

std::vector<std::string> variable_names(const Layer& layer) {
  std::vector<std::string> names;
  if (layer.type() == LayerType::kInputData) return names;
  if (!layer.variables.weights.empty()) names.emplace_back("weights");
  if (!layer.variables.weights_pw.empty()) names.emplace_back("weights_pw");
  names.insert(names.end(), {"threshold_fire", "threshold_fire_step", "shift", "scale"});
  if (layer.learning) names.insert(names.end(), {"threshold_learning", "plasticity"});
  return names;
}

Dense get_variable(const Layer& layer, std::string_view name) {
  require_variable(layer, name);
  const Variables& variables = layer.variables;
  if (name == "weights") return variables.weights;
  if (name == "weights_pw") return variables.weights_pw;
  if (name == "threshold_fire") return vector_tensor(variables.threshold_fire);
  if (name == "threshold_fire_step") return vector_tensor(variables.threshold_fire_step);
  if (name == "shift") return vector_tensor(variables.shift);
  if (name == "scale") return vector_tensor(variables.scale);
  if (name == "plasticity") return vector_tensor(layer.learning->plasticity);
  return vector_tensor(layer.learning->threshold_learning);
}

void set_variable(Model& model, std::size_t index, std::string_view name, const Dense& values) {
  require_variable(model.layer(index), name);
  Layer changed = model.layer(index);
  in_context(fmt::format("layer '{}'", changed.name), [&] {
    in_context(name, [&] { assign(changed, name, values); });
    validate_variables(changed);
  });
  model.replace(index, std::move(changed));
}

}  // namespace akida::snn
