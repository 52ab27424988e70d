// The mean average precision of a detector in training.
#pragma once

#include "akida-train/train_options.h"
#include "nn/training_options.h"

namespace akida::train {

// As documented for the model zoo: of boxes decoded with the thresholds the best so many of an
// image, an IoU of 0.5 for a hit, all-point interpolation, the mean over all classes, those without
// true boxes having 0. Throws kInvalid where `validation` has no boxes.
[[nodiscard]] nn::ValidationMeasure map_measure(const TrainOptions& options,
                                                const nn::SampleSubset& validation);

}  // namespace akida::train
