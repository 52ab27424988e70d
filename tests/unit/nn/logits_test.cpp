#include "nn/logits.h"

#include <catch2/catch.hpp>

using namespace akida;
using namespace akida::nn;

namespace {

// Input, Dense of `units`, then `last` layers.
cnn::Network network(std::int32_t units, std::vector<cnn::Parameters> last) {
  cnn::Network result;
  result.add({.parameters = cnn::Input{{5}}});
  result.add({.name = "fc", .parameters = cnn::Dense{.units = units}});
  for (cnn::Parameters& parameters : last) result.add({.parameters = std::move(parameters)});
  return result;
}

constexpr cnn::Activation kSoftmax{cnn::ActivationFunction::kSoftmax};
constexpr cnn::Activation kSigmoid{cnn::ActivationFunction::kSigmoid};

std::size_t layers(const cnn::Network& from, LossType loss) {
  return up_to_logits(from, loss).layers().size();
}

}  // namespace

TEST_CASE("cross-entropies take what enters the final softmax or sigmoid") {
  using enum LossType;
  CHECK(layers(network(4, {kSoftmax}), kSparseCategoricalCrossentropy) == 2);
  CHECK(layers(network(4, {cnn::Softmax{}}), kCategoricalCrossentropy) == 2);
  CHECK(layers(network(1, {kSigmoid}), kBinaryCrossentropy) == 2);
  const cnn::Network reshaped =
      network(4, {cnn::Reshape{{1, 1, 4}}, kSoftmax, cnn::Reshape{{4}}, cnn::Flatten{}});
  CHECK(layers(reshaped, kCategoricalCrossentropy) == 3);
  CHECK(up_to_logits(reshaped, kCategoricalCrossentropy).output_shape() == cnn::Dims{1, 1, 4});
}

TEST_CASE("plain outputs are logits, and other losses take the output itself") {
  using enum LossType;
  CHECK(layers(network(4, {}), kSparseCategoricalCrossentropy) == 2);
  CHECK(layers(network(4, {cnn::Activation{}}), kCategoricalCrossentropy) == 3);
  CHECK(layers(network(4, {kSoftmax}), kMeanSquaredError) == 3);
  CHECK(layers(network(4, {kSigmoid}), kSquaredHinge) == 3);
}

TEST_CASE("a loss of the other function's probabilities is refused") {
  CHECK_THROWS_WITH(up_to_logits(network(4, {kSigmoid}), LossType::kCategoricalCrossentropy),
                    "layer 'activation': loss categorical-crossentropy needs the outputs of a "
                    "softmax or plain ones");
  CHECK_THROWS_WITH(up_to_logits(network(1, {kSoftmax}), LossType::kBinaryCrossentropy),
                    "layer 'activation': loss binary-crossentropy needs the outputs of a sigmoid "
                    "or plain ones");
}
