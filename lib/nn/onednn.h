// The float32 primitives of oneDNN that layers are made of; onednn.cpp alone sees oneDNN itself.
//
// A primitive is made for a fixed number of samples and runs on the calling thread; several threads
// may run one at the same time, each with a Scratch of its own. Make and run primitives under
// SerialLibraries (base/parallel.h). Maps are [samples][height][width][channels].
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "cnn/network_layer.h"
#include "nn/scratch.h"

namespace akida::nn {

// A window that slides over maps; output cell y looks at input rows y * stride - before + i.
struct WindowGeometry {
  std::int64_t samples = 1;
  cnn::Dims input;   // [height, width, channels]
  cnn::Dims output;  // [height, width, channels]
  cnn::Extent window, strides;
  cnn::Extent before{0, 0};  // padded cells above and left of the map
};

// Padded cells below and right of the map, as far as windows reach.
[[nodiscard]] cnn::Extent padding_after(const WindowGeometry& geometry);

enum class WeightedSumKind : std::uint8_t {
  kConvolution,  // kernel [height][width][inputs][outputs]
  kDepthwise,    // kernel [height][width][channels]
  kDense,        // kernel [inputs][outputs]; maps are 1x1
};

// Sums of inputs times weights, and their gradients.
class WeightedSum {
 public:
  // `gradients`: the gradients of kernel and bias will be asked for; `input_gradient`: that of the
  // input.
  WeightedSum(WeightedSumKind kind, const WindowGeometry& geometry, bool has_bias, bool gradients,
              bool input_gradient);
  ~WeightedSum();
  WeightedSum(WeightedSum&&) noexcept;
  WeightedSum& operator=(WeightedSum&&) noexcept;

  // Takes a kernel, which must stay where it is until the next load.
  void load(const float* kernel, Scratch& scratch);

  // `bias` is read where the sum has one.
  void forward(const float* input, const float* bias, float* output, Scratch& scratch) const;

  void input_gradient(const float* output_gradient, float* input_gradient, Scratch& scratch) const;

  void weight_gradients(const float* input, const float* output_gradient, float* kernel_gradient,
                        float* bias_gradient, Scratch& scratch) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

enum class WindowPoolKind : std::uint8_t { kMax, kAverage };  // over the cells inside the map

class WindowPool {
 public:
  WindowPool(WindowPoolKind kind, const WindowGeometry& geometry, bool gradients);
  ~WindowPool();
  WindowPool(WindowPool&&) noexcept;
  WindowPool& operator=(WindowPool&&) noexcept;

  // Bytes in which forward notes for input_gradient where each maximum came from; 0 for averages
  // and without gradients.
  [[nodiscard]] std::size_t note_bytes() const;

  void forward(const float* input, float* output, std::byte* notes, Scratch& scratch) const;

  void input_gradient(const float* output_gradient, const std::byte* notes, float* input_gradient,
                      Scratch& scratch) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akida::nn
