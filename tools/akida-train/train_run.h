// A training from its options to its result.
#pragma once

#include "akida-train/train_options.h"

namespace akida::train {

// Reads, trains, writes; the options are checked.
void train(const TrainOptions& options);

}  // namespace akida::train
