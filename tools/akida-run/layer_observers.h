// --observe: what a layer puts out, sample by sample, to a stream.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "io/bytes.h"
#include "io/stream.h"
#include "snn/model.h"

namespace akida::run {

// "LAYER:spikes=FILE" or "LAYER:potentials=FILE", taken apart; throws kUsage for anything else.
struct ObserverSpec {
  std::string layer;
  engine::Observed what = engine::Observed::kSpikes;
  std::string path;
};
[[nodiscard]] ObserverSpec parse_observer(const std::string& text);

class LayerObservers {
 public:
  // Observes from now on; `engine` must not run after this object is gone. The streams carry the
  // ids and labels of `input`. Throws kUsage for layers and values that do not exist.
  LayerObservers(engine::Engine& engine, const std::vector<ObserverSpec>& specs,
                 const io::StreamHeader& input);

  // Bytes that all observers receive per sample.
  [[nodiscard]] std::uint64_t bytes_per_sample() const { return bytes_per_sample_; }

  // Ends the streams and gives the files their names.
  void close();

 private:
  struct Stream {
    Stream(const std::string& path, const io::StreamHeader& stream_header)
        : header(stream_header), sink(io::open_sink(path)), writer(*sink, header) {}

    io::StreamHeader header;
    std::unique_ptr<io::ByteSink> sink;
    io::StreamWriter writer;
  };

  std::vector<std::unique_ptr<Stream>> streams_;
  std::uint64_t bytes_per_sample_ = 0;
};

}  // namespace akida::run
