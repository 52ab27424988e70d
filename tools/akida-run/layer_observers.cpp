#include "akida-run/layer_observers.h"

#include "akida-run/labelled_values.h"
#include "base/error.h"

namespace akida::run {

ObserverSpec parse_observer(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::size_t equals = text.find('=', colon == std::string::npos ? 0 : colon);
  const bool complete = colon != std::string::npos && equals != std::string::npos && colon > 0 &&
                        equals + 1 < text.size();
  const std::string what = complete ? text.substr(colon + 1, equals - colon - 1) : "";
  if (what != "spikes" && what != "potentials") {
    fail(ErrorKind::kUsage, "--observe: '{}' is not LAYER:spikes=FILE or LAYER:potentials=FILE",
         text);
  }
  return {.layer = text.substr(0, colon),
          .what = what == "spikes" ? engine::Observed::kSpikes : engine::Observed::kPotentials,
          .path = text.substr(equals + 1)};
}

LayerObservers::LayerObservers(engine::Engine& engine, const std::vector<ObserverSpec>& specs,
                               const io::StreamHeader& input) {
  const snn::Model& model = engine.model();
  for (const ObserverSpec& spec : specs) {
    const std::size_t layer = in_context("--observe", [&] { return model.find(spec.layer); });
    const DType type = spec.what == engine::Observed::kSpikes ? DType::kU8 : DType::kI32;
    const Shape& shape = model.layer(layer).output_shape;
    bytes_per_sample_ += static_cast<std::uint64_t>(shape.size()) * size_of(type);
    streams_.push_back(std::make_unique<Stream>(spec.path, labelled_header(input, type, shape)));
    engine.observe(layer, spec.what,
                   [stream = streams_.back().get()](const io::Batch& batch, const Dense& values) {
                     stream->writer.write(labelled_batch(stream->header, batch, values));
                   });
  }
}

void LayerObservers::close() {
  for (const std::unique_ptr<Stream>& stream : streams_) {
    stream->writer.finish();
    stream->sink->close();
  }
}

}  // namespace akida::run
