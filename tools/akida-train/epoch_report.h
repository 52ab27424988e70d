// What a training says while it runs: a progress bar, a line per epoch, a log.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "nn/training.h"

namespace akida::train {

// One epoch as a JSON object on one line, without a clock, so that equal trainings have equal logs:
// epoch (from 1), learning_rate, loss, accuracy or mae, val_loss, val_accuracy or val_mae, val_map,
// val_ap (by class).
[[nodiscard]] std::string to_json(std::size_t epoch, const nn::EpochRecord& record,
                                  nn::MetricType metric);

// The same for people: "epoch 3: loss 0.1234, accuracy 96.10 %, ...". Classes without a name are
// numbers.
[[nodiscard]] std::string to_text(std::size_t epoch, const nn::EpochRecord& record,
                                  nn::MetricType metric,
                                  const std::vector<std::string>& class_names = {});

// The file of --log: grows by a line per epoch, so that it can be followed.
class EpochLog {
 public:
  // Begins the file anew with the epochs that are done; "" writes nothing. Throws kIo.
  EpochLog(const std::string& path, const std::vector<nn::EpochRecord>& done,
           nn::MetricType metric);

  // Appends one epoch and flushes. Throws kIo.
  void add(std::size_t epoch, const nn::EpochRecord& record);

 private:
  std::string path_;
  std::ofstream file_;
  nn::MetricType metric_;
};

}  // namespace akida::train
