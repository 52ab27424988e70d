#include <algorithm>
#include <vector>

#include "engine/potential_source.h"
#include "kernels/separable.h"

namespace akida::engine {
namespace {

// [kernel row][kernel column][channel]
std::vector<std::int8_t> depthwise_weights(const snn::Layer& layer) {
  std::vector<std::int8_t> weights;
  for (const std::int8_t* row : weight_rows(layer)) weights.push_back(*row);
  return weights;
}

class SeparableSource : public PotentialSource {
 public:
  explicit SeparableSource(const snn::Layer& layer)
      : windows_(windows_of(layer)),
        kernel_({.channels = windows_.kernel.channels,
                 .neurons = windows_.kernel.neurons,
                 .kernel_width = windows_.kernel.columns,
                 .kernel_height = windows_.kernel.rows,
                 .stride_x = windows_.stride_x,
                 .stride_y = windows_.stride_y,
                 .output_width = windows_.output_width,
                 .row_stride = windows_.row_stride,
                 .max_value = layer.input_max},
                depthwise_weights(layer), layer.variables.weights_pw.data<std::int8_t>()) {}

  void run(const SourceCall& call) const override {
    kernel_.run(call.input + call.first * windows_.stride_y * windows_.row_stride,
                call.last - call.first, call.potentials, padded_channels(windows_.kernel.neurons),
                call.scratch);
  }

  std::size_t run_levels(const SourceCall& call, const LevelsStep& step,
                         const kernels::ConvLevelsTarget& target) const override {
    return kernel_.run_levels(call.input + call.first * windows_.stride_y * windows_.row_stride,
                              call.last - call.first, step.kernel, step.table, target,
                              call.scratch);
  }

  [[nodiscard]] std::size_t scratch_bytes(std::int32_t rows) const override {
    return std::max(kernel_.workspace_bytes(rows), kernel_.levels_workspace_bytes());
  }

 private:
  Windows windows_;
  kernels::SeparableKernel kernel_;
};

}  // namespace

SourcePointer make_separable_source(const snn::Layer& layer) {
  return std::make_unique<SeparableSource>(layer);
}

}  // namespace akida::engine
