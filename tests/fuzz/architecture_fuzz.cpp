// Any bytes as an architecture file: an Error, or a model whose description is read back equal;
// never a crash.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "codec/architecture.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace akida;
  snn::Model model;
  try {
    model = codec::parse_architecture({reinterpret_cast<const char*>(data), size});
  } catch (const Error&) {
    return 0;
  }
  constexpr std::int64_t kWrittenWeights = 1 << 16;  // more takes the fuzzer too long
  std::int64_t weights = 0;
  for (const snn::Layer& layer : model.layers()) {
    weights += layer.variables.weights.size() + layer.variables.weights_pw.size();
  }
  if (weights > kWrittenWeights) return 0;
  const snn::Model copy = codec::parse_architecture(
      codec::write_architecture(model, codec::ArchitectureContent::kVariables));
  if (!(copy == model) || !(copy.info == model.info)) std::abort();
  return 0;
}
