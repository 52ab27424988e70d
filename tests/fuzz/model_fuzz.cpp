// Any bytes as a model file: an Error, or a model that is written and read back equal; never a
// crash.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "codec/model_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace akida;
  snn::Model model;
  try {
    model = codec::decode_model(std::as_bytes(std::span(data, size)));
  } catch (const Error&) {
    return 0;
  }
  const snn::Model copy =
      codec::decode_model(codec::encode_model(model, codec::ModelFormat::kPlain));
  if (!(copy == model) || !(copy.info == model.info)) std::abort();
  return 0;
}
