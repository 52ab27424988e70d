// Compares a quantized CNN with its SNN on samples, layer by layer and level by level.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cnn/network.h"
#include "io/sample.h"
#include "lower/lowered_network.h"
#include "snn/model.h"

namespace akida::convert {

// What is known of one layer after all samples so far.
struct LayerVerification {
  std::string layer;           // of the SNN
  std::int64_t values = 0;     // compared
  std::int64_t different = 0;  // of the CNN's inference pass and of the SNN
  // Levels of the SNN that the CNN's own formula, with unrounded boundaries, gives another value
  // for the same potential.
  std::int64_t rounded = 0;
};

// A value of the first sample with any, in its first layer with any. Values are levels, or what
// the last layer evaluates to.
struct Difference {
  std::string layer;
  std::string sample;  // its id
  std::int32_t y = 0, x = 0, c = 0;
  double cnn = 0, snn = 0;
};

class Verification {
 public:
  // `model` is the SNN of `network` as `lowered` describes it; both outlive the object. Throws as
  // nn::NetworkExecutor and engine::Engine do.
  Verification(const cnn::Network& network, const lower::LoweredNetwork& lowered, snn::Model model,
               int jobs);
  ~Verification();

  // Runs both networks. Throws as engine::Engine::forward does.
  void add(const io::StreamHeader& header, const io::Batch& batch);

  // One entry per block, in order.
  [[nodiscard]] const std::vector<LayerVerification>& layers() const;
  [[nodiscard]] const std::optional<Difference>& first_difference() const;

  // Memory that one sample of a batch takes.
  [[nodiscard]] std::uint64_t bytes_per_sample() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace akida::convert
