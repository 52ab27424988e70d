// What akida-convert was asked for, and the conversion itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cnn/network.h"
#include "lower/lowered_network.h"
#include "snn/model.h"

namespace akida::convert_tool {

struct Options {
  std::string model;
  std::string output = "-";
  std::vector<double> input_scaling;  // empty: the model's
  std::string input;                  // empty: by the model's channels
  bool documented = false;
  bool check = false;
  std::string verify;  // a stream of samples; empty: none
  int jobs = 0;
  std::optional<bool> progress;
  bool json = false;
  bool no_history = false;

  [[nodiscard]] lower::Options lowering() const;
};

// Throws kUsage for what contradicts itself; opens nothing.
void check_options(const Options& options);

// The CNN with the input scaling of the command line. Throws kInvalid where it has another one.
[[nodiscard]] cnn::Network load_cnn(const Options& options);

// The SNN, where there is one, and what is to be said about it.
struct Conversion {
  lower::LoweredNetwork lowered;
  std::optional<snn::Model> model;
  std::vector<lower::Finding> findings;  // of lowering, then of the model
};

// Throws kInvalid where the network is incompatible; findings may hold errors, too.
[[nodiscard]] Conversion convert_cnn(const cnn::Network& network, const Options& options);

}  // namespace akida::convert_tool
