#include "codec/model_file.h"

#include "base/error.h"
#include "io/bytes.h"

namespace akida::codec {

snn::Model load_model(const std::string& path) {
  const auto source = io::open_source(path);
  const std::vector<std::byte> bytes = io::read_all(*source, kMaxModelBytes);
  try {
    return decode_model(bytes);
  } catch (const Error& error) {
    throw error.with_context(source->name());
  }
}

void save_model(const snn::Model& model, const std::string& path) {
  const ModelFormat format = path.ends_with(".fb") ? ModelFormat::kPlain : ModelFormat::kCompressed;
  const std::vector<std::byte> bytes = encode_model(model, format);
  const auto sink = io::open_sink(path);
  sink->write(bytes);
  sink->close();
}

}  // namespace akida::codec
