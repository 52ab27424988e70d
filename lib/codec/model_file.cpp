#include "codec/model_file.h"

#include "base/error.h"
#include "io/bytes.h"

namespace akida::codec {
namespace {

template <typename Model>
Model load(const std::string& path, Model (*decode)(std::span<const std::byte>)) {
  const auto source = io::open_source(path);
  const std::vector<std::byte> bytes = io::read_all(*source, kMaxModelBytes);
  return in_context(source->name(), [&] { return decode(bytes); });
}

template <typename Model>
void save(const Model& model, const std::string& path) {
  const ModelFormat format = path.ends_with(".fb") ? ModelFormat::kPlain : ModelFormat::kCompressed;
  const std::vector<std::byte> bytes = encode_model(model, format);
  const auto sink = io::open_sink(path);
  sink->write(bytes);
  sink->close();
}

}  // namespace

AnyModel load_any_model(const std::string& path) { return load(path, decode_any_model); }

snn::Model load_model(const std::string& path) { return load(path, decode_model); }

cnn::Network load_network(const std::string& path) { return load(path, decode_network); }

void save_model(const snn::Model& model, const std::string& path) { save(model, path); }

void save_model(const cnn::Network& network, const std::string& path) { save(network, path); }

}  // namespace akida::codec
