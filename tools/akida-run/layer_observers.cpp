#include "akida-run/layer_observers.h"

#include <array>
#include <utility>

#include "akida-run/labelled_values.h"
#include "base/error.h"

namespace akida::run {
namespace {

struct ObservedName {
  const char* name;
  Observed what;
};
constexpr std::array<ObservedName, 3> kNames = {{{"spikes", Observed::kSpikes},
                                                 {"potentials", Observed::kPotentials},
                                                 {"values", Observed::kValues}}};

}  // namespace

ObserverSpec parse_observer(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::size_t equals = text.find('=', colon == std::string::npos ? 0 : colon);
  const bool complete = colon != std::string::npos && equals != std::string::npos && colon > 0 &&
                        equals + 1 < text.size();
  if (complete) {
    const std::string what = text.substr(colon + 1, equals - colon - 1);
    for (const ObservedName& known : kNames) {
      if (what != known.name) continue;
      return {.layer = text.substr(0, colon), .what = known.what, .path = text.substr(equals + 1)};
    }
  }
  fail(ErrorKind::kUsage,
       "--observe: '{}' is not LAYER:spikes=FILE, LAYER:potentials=FILE or LAYER:values=FILE",
       text);
}

ObserverStream::ObserverStream(const std::string& path, io::StreamHeader header)
    : header_(std::move(header)), sink_(io::open_sink(path)), writer_(*sink_, header_) {}

void ObserverStream::write(const io::Batch& batch, const Dense& values) {
  writer_.write(labelled_batch(header_, batch, values));
}

void ObserverStream::close() {
  writer_.finish();
  sink_->close();
}

ObserverStream* ObserverStreams::add(const std::string& path, const io::StreamHeader& input,
                                     DType type, const Shape& shape) {
  bytes_per_sample_ += static_cast<std::uint64_t>(shape.size()) * size_of(type);
  streams_.push_back(std::make_unique<ObserverStream>(path, labelled_header(input, type, shape)));
  return streams_.back().get();
}

void ObserverStreams::close() {
  for (const std::unique_ptr<ObserverStream>& stream : streams_) stream->close();
}

}  // namespace akida::run
