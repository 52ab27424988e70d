#include "zoo/builder.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace akida::zoo {

Builder::Builder(std::string name, Definition definition, const cnn::Dims& input_shape)
    : definition_(definition) {
  network_.info.name = std::move(name);
  layer(definition == Definition::k119 ? "input" : "input_1", cnn::Input{input_shape});
}

void Builder::input_scaling(double scale, double shift) {
  if (definition_ == Definition::k119) {
    layer("rescaling",
          cnn::Rescaling{static_cast<float>(1 / scale), static_cast<float>(-shift / scale)});
  } else {
    network_.info.scaling_a = scale;
    network_.info.scaling_b = shift;
  }
}

cnn::BlockOptions Builder::block_options(const BlockHabit& habit) const {
  return {.pooling = habit.pooling,
          .add_batchnorm = habit.batchnorm,
          .add_activation = habit.activation,
          .names = definition_ == Definition::k119 ? cnn::BlockNames::kSlash
                                                   : cnn::BlockNames::kUnderscore};
}

void Builder::conv(const std::string& name, std::int32_t filters, std::int32_t kernel,
                   const BlockHabit& habit) {
  conv_block(network_, name,
             {.filters = filters,
              .kernel_size = {kernel, kernel},
              .strides = {habit.stride, habit.stride},
              .padding = habit.padding,
              .use_bias = habit.bias,
              .kernel_regularizer = habit.regularizer},
             block_options(habit));
}

void Builder::separable(const std::string& name, std::int32_t filters, const BlockHabit& habit) {
  separable_conv_block(network_, name,
                       {.filters = filters,
                        .kernel_size = {3, 3},
                        .strides = {habit.stride, habit.stride},
                        .padding = habit.padding,
                        .use_bias = habit.bias,
                        .pointwise_regularizer = habit.regularizer},
                       block_options(habit));
}

void Builder::dense(const std::string& name, std::int32_t units, const BlockHabit& habit) {
  dense_block(network_, name,
              {.units = units, .use_bias = habit.bias, .kernel_regularizer = habit.regularizer},
              block_options(habit));
}

void Builder::layer(const std::string& name, cnn::Parameters parameters) {
  network_.add({.name = name, .parameters = std::move(parameters)});
}

void Builder::class_activation(std::int32_t classes) {
  if (classes == 1) {
    layer("act_sigmoid", cnn::Activation{cnn::ActivationFunction::kSigmoid});
  } else {
    layer("act_softmax", cnn::Activation{cnn::ActivationFunction::kSoftmax});
  }
}

std::int32_t scaled_filters(std::int32_t base, double alpha) {
  if (!(alpha > 0) || !std::isfinite(alpha) || alpha > 64) {
    fail(ErrorKind::kInvalid, "alpha {} is outside 0 < alpha <= 64", alpha);
  }
  return std::max(1, static_cast<std::int32_t>(base * alpha));
}

void require_image(const cnn::Dims& input_shape, std::int32_t minimum) {
  if (input_shape.size() != 3) {
    fail(ErrorKind::kInvalid, "input_shape {} is not (height, width, channels)",
         cnn::to_string(input_shape));
  }
  if (input_shape[0] < minimum || input_shape[1] < minimum) {
    fail(ErrorKind::kInvalid, "input_shape {} is smaller than {} x {}", cnn::to_string(input_shape),
         minimum, minimum);
  }
}

}  // namespace akida::zoo
