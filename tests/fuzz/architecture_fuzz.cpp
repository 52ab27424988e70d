// Any bytes as an architecture file of either kind: an Error, or a model whose description is read
// back equal; never a crash.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "codec/architecture.h"

namespace {

using namespace akida;

std::int64_t weight_count(const snn::Model& model) {
  std::int64_t count = 0;
  for (const snn::Layer& layer : model.layers()) {
    count += layer.variables.weights.size() + layer.variables.weights_pw.size();
  }
  return count;
}

std::int64_t weight_count(const cnn::Network& network) {
  std::int64_t count = 0;
  for (const cnn::Layer& layer : network.layers()) count += parameter_count(layer);
  return count;
}

template <typename Model>
void check(const Model& model) {
  constexpr std::int64_t kWrittenWeights = 1 << 16;  // more takes the fuzzer too long
  if (weight_count(model) > kWrittenWeights) return;
  const auto copy = std::get<Model>(codec::parse_any_architecture(
      codec::write_architecture(model, codec::ArchitectureContent::kVariables)));
  if (!(copy == model) || !(copy.info == model.info)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  codec::AnyModel model;
  try {
    model = codec::parse_any_architecture({reinterpret_cast<const char*>(data), size});
  } catch (const Error&) {
    return 0;
  }
  std::visit([](const auto& kind) { check(kind); }, model);
  return 0;
}
