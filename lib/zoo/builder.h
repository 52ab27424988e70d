// What the architectures share: a network under construction and the habits of its definition.
#pragma once

#include <string>

#include "cnn/blocks.h"
#include "zoo/architectures.h"

namespace akida::zoo {

// How a block differs from the zoo's habit: batch normalization, ReLU 6, no pooling, no bias.
struct BlockHabit {
  cnn::BlockPooling pooling = cnn::BlockPooling::kNone;
  std::int32_t stride = 1;
  bool bias = false;
  bool batchnorm = true;
  bool activation = true;
  cnn::Padding padding = cnn::Padding::kSame;
  cnn::Regularizer regularizer;  // of the kernel, or of the pointwise kernel
};

class Builder {
 public:
  Builder(std::string name, Definition definition, const cnn::Dims& input_shape);

  // Network input is (u - shift) / scale for sample values u: a Rescaling layer in 1.1.9
  // definitions, the model's scaling before.
  void input_scaling(double scale, double shift);

  void conv(const std::string& name, std::int32_t filters, std::int32_t kernel,
            const BlockHabit& habit = {});
  void separable(const std::string& name, std::int32_t filters, const BlockHabit& habit = {});
  void dense(const std::string& name, std::int32_t units, const BlockHabit& habit = {});
  void layer(const std::string& name, cnn::Parameters parameters);

  // act_softmax, or act_sigmoid for one class.
  void class_activation(std::int32_t classes);

  [[nodiscard]] cnn::Network& network() { return network_; }
  [[nodiscard]] cnn::Network take() { return std::move(network_); }

 private:
  [[nodiscard]] cnn::BlockOptions block_options(const BlockHabit& habit) const;

  cnn::Network network_;
  Definition definition_;
};

// int(base * alpha), at least 1; throws kInvalid naming alpha where it is not finite and above 0.
[[nodiscard]] std::int32_t scaled_filters(std::int32_t base, double alpha);

// Throws kInvalid unless the shape is (height, width, channels) with sides of at least `minimum`.
void require_image(const cnn::Dims& input_shape, std::int32_t minimum);

}  // namespace akida::zoo
