#include "cnn/initializers.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace akida::cnn {
namespace {

// Third key of the streams: edge learning's (layer, neuron, count of learnings) never reaches it.
constexpr std::uint32_t kKernelStream = std::numeric_limits<std::uint32_t>::max();

bool is_kernel(const Variable& variable) { return variable.name.ends_with("kernel"); }

double glorot_limit(const std::vector<std::int64_t>& dims) {
  double field = 1;  // taps of the kernel
  for (std::size_t i = 0; i + 2 < dims.size(); ++i) field *= static_cast<double>(dims[i]);
  const auto fans = static_cast<double>(dims[dims.size() - 2] + dims[dims.size() - 1]);
  return std::sqrt(6.0 / (field * fans));
}

}  // namespace

void initialize_zero_kernels(Network& network, std::uint64_t seed) {
  for (std::size_t index = 0; index < network.layers().size(); ++index) {
    std::vector<Variable>& variables = network.variables(index);
    for (std::size_t i = 0; i < variables.size(); ++i) {
      if (!is_kernel(variables[i])) continue;
      const std::span<float> values = variables[i].value.data<float>();
      if (std::any_of(values.begin(), values.end(), [](float value) { return value != 0; })) {
        continue;
      }
      const double limit = glorot_limit(variables[i].value.dims());
      Random random(seed, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(i),
                    kKernelStream);
      for (float& value : values) {
        value = static_cast<float>(limit * (2 * random.uniform() - 1));
      }
    }
  }
}

}  // namespace akida::cnn
