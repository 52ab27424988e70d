// The command line of akida-train.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/command_line.h"
#include "nn/training.h"

namespace akida::train {

struct TrainOptions {
  std::string model;
  std::string data = "-";
  std::string output = "-";
  std::string validation;  // a stream; empty: none
  double validation_share = 0;
  std::uint32_t map_every = 0;       // epochs between measurements of the mAP; 0: never
  double map_threshold = 0.5;        // of the objectness of boxes that count
  double map_nms_threshold = 0.5;    // of the overlap that drops a box
  std::uint32_t map_max_boxes = 10;  // of an image
  std::string loss;                  // empty: that of the labels
  std::optional<double> learning_rate;
  std::string teacher;
  std::optional<double> min_gamma;
  std::string checkpoint;
  bool resume = false;
  std::string log;
  bool no_history = false;
  std::optional<bool> progress;
  nn::TrainingOptions training;  // all but the loss, the rate and the teacher
};

// Declares every option.
void add_train_options(cli::CommandLine& line, TrainOptions& options);

// Combinations that contradict themselves; throws kUsage and opens nothing.
void check(const TrainOptions& options);

// The learning rate as given, else 0.001 for Adam and 0.01 for gradient descent, as in Keras.
[[nodiscard]] double learning_rate_of(const TrainOptions& options);

// The options that shape the result and differ from their defaults, as words in a fixed order, the
// teacher without its directories: what a history holds.
[[nodiscard]] std::vector<std::string> words_of(const TrainOptions& options);

}  // namespace akida::train
