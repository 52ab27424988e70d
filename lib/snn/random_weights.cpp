#include "snn/random_weights.h"

#include <algorithm>
#include <limits>

#include "base/random.h"

namespace akida::snn {
namespace {

// Third key of the streams: edge learning's (layer, neuron, count of learnings) never reaches it.
constexpr std::uint32_t kWeightsStream = std::numeric_limits<std::uint32_t>::max();

void randomize_if_zero(Dense& weights, std::int32_t bits, Random random) {
  if (weights.empty()) return;
  const std::span<std::int8_t> values = weights.data<std::int8_t>();
  if (std::any_of(values.begin(), values.end(), [](std::int8_t value) { return value != 0; })) {
    return;
  }
  const std::int32_t high = weight_limit(bits);
  const std::int32_t low = bits == 1 ? 0 : -high;
  const auto choices = static_cast<std::uint32_t>(high - low + 1);
  for (std::int8_t& value : values) {
    value = static_cast<std::int8_t>(low + static_cast<std::int32_t>(random.below(choices)));
  }
}

}  // namespace

void randomize_zero_weights(Model& model, std::uint64_t seed) {
  for (std::size_t index = 0; index < model.layers().size(); ++index) {
    const auto key = static_cast<std::uint32_t>(index);
    const std::int32_t bits = weights_bits(model.layer(index));
    Variables& variables = model.variables(index);
    randomize_if_zero(variables.weights, bits, Random(seed, key, 0, kWeightsStream));
    randomize_if_zero(variables.weights_pw, bits, Random(seed, key, 1, kWeightsStream));
  }
}

}  // namespace akida::snn
