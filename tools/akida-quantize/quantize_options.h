// The command line of akida-quantize.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/command_line.h"
#include "quant/quantize.h"

namespace akida::quantize_tool {

struct Options {
  std::string model;
  std::string output = "-";
  std::optional<std::int32_t> weights, activations, input_weights;
  std::vector<std::string> layers;  // "NAME=BITS"
  std::string range, activation_range;
  bool fold_bn = false;
  bool normalize_separable = false;
  bool equalize = false;
  std::vector<std::string> calibrate;
  std::uint64_t samples = 1024;
  bool adaptive_rounding = false;
  bool round_weights = false;
  bool correct_bias = false;
  bool json = false;
  bool no_history = false;
  int jobs = 0;
  std::optional<bool> progress;

  // What lib/quant is asked for. Throws kUsage for a --layer that is no NAME=BITS.
  [[nodiscard]] quant::QuantizeOptions quantization() const;

  // The options that change the model, for its history.
  [[nodiscard]] std::vector<std::string> history_words() const;
};

void add_options(cli::CommandLine& line, Options& options);

// Throws kUsage for combinations that contradict each other; opens nothing.
void check_options(const Options& options);

}  // namespace akida::quantize_tool
