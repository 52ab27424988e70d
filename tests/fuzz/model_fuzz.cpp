// Any bytes as a model file of either kind: an Error, or a model that is written and read back
// equal; never a crash.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "codec/model_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace akida;
  codec::AnyModel any;
  try {
    any = codec::decode_any_model(std::as_bytes(std::span(data, size)));
  } catch (const Error&) {
    return 0;
  }
  std::visit(
      [](const auto& model) {
        const auto bytes = codec::encode_model(model, codec::ModelFormat::kPlain);
        const auto copy = std::get<std::decay_t<decltype(model)>>(codec::decode_any_model(bytes));
        if (!(copy == model) || !(copy.info == model.info)) std::abort();
      },
      any);
  return 0;
}
