#include "engine/lazy_weights.h"
#include "engine/potential_source.h"
#include "engine/stream_memory.h"
#include "kernels/event_add.h"
#include "kernels/event_conv.h"

namespace akida::engine {
namespace {

class EventSource : public PotentialSource {
 public:
  EventSource(const snn::Layer& layer, const kernels::LayerTraits& traits, bool adds)
      : windows_(windows_of(layer)), build_(kernels::event_stream()), weights_([&layer] {
          return kernels::pack_event_weights(weight_rows(layer), windows_of(layer).kernel);
        }) {
    const kernels::ConvKernelShape& kernel = windows_.kernel;
    const std::int32_t limit = adds
                                   ? kernels::event_add_limit(traits.max_weight)
                                   : kernels::event_pair_limit(traits.max_value, traits.max_weight);
    pull_ = adds ? kernels::EventConv{kernels::event_add(), 1} : kernels::event_conv(limit);
    block_bytes_ = static_cast<std::size_t>(kernel.rows) *
                   static_cast<std::size_t>(kernel.columns) *
                   static_cast<std::size_t>(kernel.channels) * kernels::kEventNeurons;
    narrow_limit_ = limit;
  }

  void run(const SourceCall& call) const override {
    if (windows_.adjoining) {
      const std::int32_t pixels = (call.last - call.first) * windows_.output_width;
      return run_row(call.input + call.first * windows_.row_stride, pixels, pixels, call.potentials,
                     call.scratch);
    }
    std::int32_t* potentials = call.potentials;
    for (std::int32_t y = call.first; y < call.last; ++y) {
      run_row(call.input + y * windows_.stride_y * windows_.row_stride, columns(),
              windows_.output_width, potentials, call.scratch);
      potentials += std::ptrdiff_t{windows_.output_width} * stride();
    }
  }

  [[nodiscard]] std::size_t scratch_bytes(std::int32_t rows) const override {
    return StreamMemory::bytes(windows_.adjoining ? rows * windows_.output_width : columns(),
                               windows_.kernel.rows, windows_.kernel.channels);
  }

 private:
  // Cells of the padded input that a row of windows covers.
  [[nodiscard]] std::int32_t columns() const {
    return (windows_.output_width - 1) * windows_.stride_x + windows_.kernel.columns;
  }
  [[nodiscard]] std::int32_t stride() const { return padded_channels(windows_.kernel.neurons); }

  void run_row(const std::uint8_t* input, std::int32_t columns, std::int32_t pixels,
               std::int32_t* potentials, std::byte* scratch) const {
    const kernels::ConvKernelShape& kernel = windows_.kernel;
    const StreamMemory memory(scratch, columns, kernel.rows, kernel.channels);
    build_({.input = input,
            .row_stride = static_cast<std::size_t>(windows_.row_stride),
            .columns = columns,
            .rows = kernel.rows,
            .channels = kernel.channels,
            .kernel_width = kernel.columns},
           pull_.group, memory.stream);
    const kernels::EventWindows windows{.pixels = pixels,
                                        .kernel_width = kernel.columns,
                                        .stride_x = windows_.stride_x,
                                        .block_bytes = block_bytes_,
                                        .blocks = stride() / kernels::kEventNeurons,
                                        .narrow_limit = narrow_limit_};
    pull_.fn(memory.stream, windows, weights_.data(), potentials, stride());
  }

  Windows windows_;
  kernels::EventStreamFn* build_;
  kernels::EventConv pull_;
  std::size_t block_bytes_ = 0;
  std::int32_t narrow_limit_ = 0;
  LazyWeights<std::int8_t> weights_;
};

}  // namespace

SourcePointer make_event_source(const snn::Layer& layer, const kernels::LayerTraits& traits,
                                bool adds) {
  return std::make_unique<EventSource>(layer, traits, adds);
}

}  // namespace akida::engine
