#include "nn/activity_penalty.h"

namespace akida::nn {

ActivityPenalty::ActivityPenalty(const cnn::Regularizer& regularizer, std::size_t size,
                                 const OperationSetup& setup)
    : used_(setup.trained && (regularizer.l1 > 0 || regularizer.l2 > 0)),
      l1_(regularizer.l1),
      l2_(regularizer.l2),
      size_(size),
      penalties_(setup.cut.shards(setup.cut.batch)) {}

void ActivityPenalty::start(const Pass& pass) {
  samples_ = static_cast<float>(pass.samples);
  collects_ = used_ && pass.training;
}

void ActivityPenalty::collect(const Shard& shard, const float* outputs) {
  if (!collects_) return;
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < shard.samples * size_; ++i) {
    const double y = double{outputs[i]};
    sum += y;
    squares += y * y;
  }
  penalties_[shard.index] = double{l1_} * sum + double{l2_} * squares;
}

const float* ActivityPenalty::add_gradient(const Shard& shard, const float* outputs,
                                           const float* output_gradient, Scratch& scratch) const {
  if (!used_) return output_gradient;
  const std::size_t count = shard.samples * size_;
  float* sums = grown(scratch.values, count);
  const float l1 = l1_ / samples_, l2 = 2 * l2_ / samples_;
  for (std::size_t i = 0; i < count; ++i) {
    const float y = outputs[i];
    sums[i] = output_gradient[i] + (y > 0 ? l1 : 0) + l2 * y;
  }
  return sums;
}

}  // namespace akida::nn
