#include "engine/lazy_weights.h"
#include "engine/potential_source.h"
#include "engine/stream_memory.h"
#include "kernels/fully_connected.h"

namespace akida::engine {
namespace {

// What packs weight rows of so many neurons.
template <typename Weight>
using PackFn = kernels::AlignedVector<Weight>(kernels::WeightRows weights, std::int32_t neurons);

template <typename Weight>
LazyWeights<Weight> lazily(PackFn<Weight>* pack, const snn::Layer& layer) {
  return LazyWeights<Weight>(
      [pack, &layer] { return pack(weight_rows(layer), snn::num_neurons(layer)); });
}

// One pass over all inputs by `Kernel`.
template <typename Weight, typename Kernel>
class EveryInputSource : public PotentialSource {
 public:
  EveryInputSource(const snn::Layer& layer, PackFn<Weight>* pack, Kernel* kernel)
      : shape_(windows_of(layer).kernel), weights_(lazily(pack, layer)), kernel_(kernel) {}

  void run(const SourceCall& call) const override {
    kernel_(call.input, shape_.channels, weights_.data(), shape_.neurons, call.potentials);
  }

  [[nodiscard]] std::size_t scratch_bytes(std::int32_t /*rows*/) const override { return 0; }

 private:
  kernels::ConvKernelShape shape_;
  LazyWeights<Weight> weights_;
  Kernel* kernel_;
};

class NibbleEventSource : public PotentialSource {
 public:
  explicit NibbleEventSource(const snn::Layer& layer)
      : shape_(windows_of(layer).kernel),
        max_value_(layer.input_max),
        weights_(lazily(kernels::pack_fc_nibble_events, layer)),
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
  LazyWeights<std::uint8_t> weights_;
  kernels::EventStreamFn* build_;
  kernels::FcNibbleEventsFn* pull_;
};

}  // namespace

SourcePointer make_fully_connected_source(const snn::Layer& layer) {
  return std::make_unique<EveryInputSource<std::int8_t, kernels::FcDenseFn>>(
      layer, kernels::pack_fc_dense, kernels::fc_dense());
}

SourcePointer make_nibble_source(const snn::Layer& layer) {
  return std::make_unique<EveryInputSource<std::uint8_t, kernels::FcNibblesFn>>(
      layer, kernels::pack_fc_nibbles, kernels::fc_nibbles());
}

SourcePointer make_nibble_event_source(const snn::Layer& layer) {
  return std::make_unique<NibbleEventSource>(layer);
}

}  // namespace akida::engine
