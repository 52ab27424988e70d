#include <map>
#include <variant>

#include "cnn/shapes.h"
#include "nn/layer_factories.h"
#include "nn/window_geometry.h"

namespace akida::nn {
namespace {

class PoolingOperation : public LayerOperation {
 public:
  PoolingOperation(WindowPoolKind kind, WindowGeometry geometry, const OperationSetup& setup)
      : kind_(kind),
        geometry_(std::move(geometry)),
        gradients_(setup.input_gradient),
        notes_(setup.cut.shards(setup.cut.batch)) {}

  void start(const cnn::Layer& /*layer*/, const Pass& pass, Scratch& /*scratch*/) override {
    for (const Shard& shard : pass.shards) {
      if (!pools_.contains(shard.samples)) {
        WindowGeometry geometry = geometry_;
        geometry.samples = static_cast<std::int64_t>(shard.samples);
        pools_.emplace(shard.samples, WindowPool(kind_, geometry, gradients_));
      }
      (void)grown(notes_[shard.index], pools_.at(shard.samples).note_bytes());
    }
  }

  void forward(const Shard& shard, const ForwardValues& values, Scratch& scratch) override {
    pools_.at(shard.samples)
        .forward(values.inputs[0], values.output, notes_[shard.index].data(), scratch);
  }

  void backward(const Shard& shard, const BackwardValues& values, Scratch& scratch) override {
    pools_.at(shard.samples)
        .input_gradient(values.output_gradient, notes_[shard.index].data(),
                        values.input_gradients[0], scratch);
  }

 private:
  WindowPoolKind kind_;
  WindowGeometry geometry_;
  bool gradients_;
  std::map<std::size_t, WindowPool> pools_;               // by samples
  std::vector<kernels::AlignedVector<std::byte>> notes_;  // by shard
};

struct Make {
  const OperationSetup& setup;
  const cnn::Layer& layer;

  std::unique_ptr<LayerOperation> operator()(const cnn::MaxPooling2D& p) const {
    return pool(WindowPoolKind::kMax, windows(p));
  }
  std::unique_ptr<LayerOperation> operator()(const cnn::AveragePooling2D& p) const {
    return pool(WindowPoolKind::kAverage, windows(p));
  }
  std::unique_ptr<LayerOperation> operator()(const cnn::GlobalMaxPooling2D&) const {
    return pool(WindowPoolKind::kMax, global_window(layer.input_shape));
  }
  std::unique_ptr<LayerOperation> operator()(const cnn::GlobalAveragePooling2D&) const {
    return pool(WindowPoolKind::kAverage, global_window(layer.input_shape));
  }
  template <typename Other>
  std::unique_ptr<LayerOperation> operator()(const Other&) const {
    return nullptr;
  }

 private:
  template <typename Pooling>
  [[nodiscard]] WindowGeometry windows(const Pooling& p) const {
    return sliding_window(layer.input_shape, layer.output_shape, p.pool_size, p.strides, p.padding);
  }
  [[nodiscard]] std::unique_ptr<LayerOperation> pool(WindowPoolKind kind,
                                                     const WindowGeometry& geometry) const {
    return std::make_unique<PoolingOperation>(kind, geometry, setup);
  }
};

}  // namespace

std::unique_ptr<LayerOperation> make_pooling_operation(const OperationSetup& setup) {
  const cnn::Layer& layer = setup.network.layer(setup.layer);
  return std::visit(Make{setup, layer}, layer.parameters);
}

}  // namespace akida::nn
