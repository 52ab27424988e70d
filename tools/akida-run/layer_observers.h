// --observe: what a layer puts out, sample by sample, to a stream.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/bytes.h"
#include "io/stream.h"
#include "tensor/dense.h"
#include "tensor/shape.h"

namespace akida::run {

enum class Observed : std::uint8_t {
  kSpikes,      // of an integer network: levels
  kPotentials,  // of an integer network
  kValues,      // of a CNN: float32
};

// "LAYER:spikes=FILE", "LAYER:potentials=FILE" or "LAYER:values=FILE", taken apart; throws kUsage
// for anything else.
struct ObserverSpec {
  std::string layer;
  Observed what = Observed::kSpikes;
  std::string path;
};
[[nodiscard]] ObserverSpec parse_observer(const std::string& text);

// One stream that is being written.
class ObserverStream {
 public:
  ObserverStream(const std::string& path, io::StreamHeader header);

  // The values [samples, height, width, channels] of the first samples of `batch`.
  void write(const io::Batch& batch, const Dense& values);

  // Ends the stream and gives the file its name.
  void close();

 private:
  io::StreamHeader header_;
  std::unique_ptr<io::ByteSink> sink_;
  io::StreamWriter writer_;
};

class ObserverStreams {
 public:
  // Opens a stream of `type` and `shape` with the ids and labels of `input`; it stays where it is.
  ObserverStream* add(const std::string& path, const io::StreamHeader& input, DType type,
                      const Shape& shape);

  // Bytes that all streams receive per sample.
  [[nodiscard]] std::uint64_t bytes_per_sample() const { return bytes_per_sample_; }

  void close();

 private:
  std::vector<std::unique_ptr<ObserverStream>> streams_;
  std::uint64_t bytes_per_sample_ = 0;
};

}  // namespace akida::run
