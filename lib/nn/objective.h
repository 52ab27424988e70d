// What training minimises: a loss bound to a stream's labels and a network's output.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cnn/network_layer.h"
#include "io/sample.h"
#include "nn/losses.h"
#include "nn/sample_set.h"
#include "nn/yolo_loss.h"

namespace akida::nn {

// What is reported beside the loss.
enum class MetricType : std::uint8_t {
  kNone,
  kAccuracy,           // the highest output is that of the highest target; or, for independent
                       // outputs, the share on the target's side
  kMeanAbsoluteError,  // mean of |output - target|
};
[[nodiscard]] std::string_view name_of(MetricType type);  // "accuracy", "mae", ""

// Values of one sample, or means over many.
struct Score {
  double loss = 0;
  double metric = 0;
};

class Objective {
 public:
  // `output`: what the loss is computed from, a network's output or, where it ends in softmax or
  // sigmoid, what enters that. `anchors`: of a detector. Throws kInvalid where the stream has
  // labels that the loss cannot use, or as many targets as fit no output.
  Objective(LossType type, const io::StreamHeader& header, const cnn::Dims& output,
            std::span<const float> anchors);

  [[nodiscard]] MetricType metric() const { return metric_; }

  // The sum over a batch is minimised instead of the mean (as documented for YOLO).
  [[nodiscard]] bool sums_over_batch() const { return type_ == LossType::kYolo; }

  // Throws kInvalid naming the first sample whose label the loss cannot use, the label and what
  // would fit.
  void check_labels(const SampleSet& samples) const;

  // Loss and metric of one sample; `gradient` of the loss is overwritten. Both spans have the
  // output's size.
  [[nodiscard]] Score score(const Label& label, std::span<const double> outputs,
                            std::span<double> gradient) const;

 private:
  void check_label(const Label& label) const;
  [[nodiscard]] std::int64_t classes() const;  // that class labels may name; a number's range
  [[nodiscard]] std::vector<double> target_vector(const Label& label) const;

  LossType type_;
  Shape image_;
  std::size_t outputs_;
  MetricType metric_ = MetricType::kNone;
  YoloGrid grid_;
};

// The loss for a stream: yolo for boxes, mse for targets, cross-entropy for classes (binary where
// the network has one output). Throws kInvalid for a stream without labels.
[[nodiscard]] LossType default_loss(const io::StreamHeader& header, const cnn::Dims& output);

}  // namespace akida::nn
