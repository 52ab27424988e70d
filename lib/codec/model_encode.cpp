#include "base/error.h"
#include "codec/model_file.h"
#include "codec/model_kinds.h"
#include "codec/model_limits.h"
#include "io/zstd.h"

namespace akida::codec {
namespace {

template <typename Model>
std::vector<std::byte> encode(const Model& model, ModelFormat format,
                              std::vector<std::byte> (*write)(const Model&)) {
  if (model.empty()) fail(ErrorKind::kInvalid, "the model has no layers");
  require_info(model.info);
  std::vector<std::byte> plain = write(model);
  return format == ModelFormat::kPlain ? plain : io::zstd_compress(plain);
}

}  // namespace

std::vector<std::byte> encode_model(const snn::Model& model, ModelFormat format) {
  return encode(model, format, write_snn);
}

std::vector<std::byte> encode_model(const cnn::Network& network, ModelFormat format) {
  return encode(network, format, write_cnn);
}

}  // namespace akida::codec
