#include "engine/potential_source.h"
#include "engine/stream_memory.h"
#include "kernels/fully_connected.h"

namespace akida::engine {
namespace {

// Weights packed by `Pack`, one pass over all inputs by `Kernel`.
template <typename Weight, typename Kernel>
class EveryInputSource : public PotentialSource {
 public:
  EveryInputSource(const snn::Layer& layer, kernels::AlignedVector<Weight> weights, Kernel* kernel)
      : shape_(windows_of(layer).kernel), weights_(std::move(weights)), kernel_(kernel) {}

  void run(const SourceCall& call) const override {
    kernel_(call.input, shape_.channels, weights_.data(), shape_.neurons, call.potentials);
  }

  [[nodiscard]] std::size_t scratch_bytes(std::int32_t /*rows*/) const override { return 0; }

 private:
  kernels::ConvKernelShape shape_;
  kernels::AlignedVector<Weight> weights_;
  Kernel* kernel_;
};

class NibbleEventSource : public PotentialSource {
 public:
  NibbleEventSource(const snn::Layer& layer, PlainWeights weights)
      : shape_(windows_of(layer).kernel),
        max_value_(layer.input_max),
        weights_(kernels::pack_fc_nibble_events(weights, shape_.channels, shape_.neurons)),
        build_(kernels::event_stream()),
        pull_(kernels::fc_nibble_events()) {}

  void run(const SourceCall& call) const override {
    const StreamMemory memory(call.scratch, 1, 1, shape_.channels);
    build_({.input = call.input, .columns = 1, .rows = 1, .channels = shape_.channels}, 2,
           memory.stream);
    pull_(memory.stream, max_value_, weights_.data(), shape_.channels, shape_.neurons,
          call.potentials);
  }

  [[nodiscard]] std::size_t scratch_bytes(std::int32_t /*rows*/) const override {
    return StreamMemory::bytes(1, 1, shape_.channels);
  }

 private:
  kernels::ConvKernelShape shape_;
  std::int32_t max_value_;
  kernels::AlignedVector<std::uint8_t> weights_;
  kernels::EventStreamFn* build_;
  kernels::FcNibbleEventsFn* pull_;
};

}  // namespace

SourcePointer make_fully_connected_source(const snn::Layer& layer, PlainWeights weights) {
  const kernels::ConvKernelShape shape = windows_of(layer).kernel;
  return std::make_unique<EveryInputSource<std::int8_t, kernels::FcDenseFn>>(
      layer, kernels::pack_fc_dense(weights, shape.channels, shape.neurons), kernels::fc_dense());
}

SourcePointer make_nibble_source(const snn::Layer& layer, PlainWeights weights) {
  const kernels::ConvKernelShape shape = windows_of(layer).kernel;
  return std::make_unique<EveryInputSource<std::uint8_t, kernels::FcNibblesFn>>(
      layer, kernels::pack_fc_nibbles(weights, shape.channels, shape.neurons),
      kernels::fc_nibbles());
}

SourcePointer make_nibble_event_source(const snn::Layer& layer, PlainWeights weights) {
  return std::make_unique<NibbleEventSource>(layer, weights);
}

}  // namespace akida::engine
