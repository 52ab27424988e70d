#include "nn/layer_operation.h"

#include "base/error.h"
#include "nn/layer_factories.h"

namespace akida::nn {
namespace {

bool passes_through(const cnn::Layer& layer) {
  const auto* activation = std::get_if<cnn::Activation>(&layer.parameters);
  if (activation != nullptr) return activation->function == cnn::ActivationFunction::kLinear;
  return layer.type() == cnn::LayerType::kFlatten || layer.type() == cnn::LayerType::kReshape ||
         layer.type() == cnn::LayerType::kDropout;
}

}  // namespace

std::unique_ptr<LayerOperation> make_operation(const OperationSetup& setup) {
  for (const auto make : {make_weighted_operation, make_pooling_operation, make_normalization,
                          make_plain_operation, make_quantized_activation}) {
    if (auto operation = make(setup)) return operation;
  }
  const cnn::Layer& layer = setup.network.layer(setup.layer);
  if (!passes_through(layer)) {
    fail(ErrorKind::kUnsupported, "layer '{}': {} cannot be run", layer.name,
         cnn::name_of(layer.type()));
  }
  return nullptr;
}

}  // namespace akida::nn
