#include "akida-stats/network_layer_report.h"

#include <optional>
#include <variant>

#include "codec/architecture_cnn_fields.h"
#include "common/sample_json.h"

namespace akida::stats {
namespace {

using nlohmann::ordered_json;

ordered_json value_json(std::int32_t value) { return value; }
ordered_json value_json(bool value) { return value; }
ordered_json value_json(float value) { return cli::float_json(value); }
ordered_json value_json(const cnn::Dims& dims) { return dims; }
ordered_json value_json(const cnn::Extent& extent) { return {extent.height, extent.width}; }

ordered_json value_json(const std::optional<float>& value) {
  return value ? cli::float_json(*value) : ordered_json(nullptr);
}

ordered_json value_json(const cnn::Regularizer& regularizer) {
  return {{"l1", cli::float_json(regularizer.l1)}, {"l2", cli::float_json(regularizer.l2)}};
}

ordered_json value_json(const std::optional<cnn::WeightQuantizer>& quantizer) {
  if (!quantizer) return nullptr;
  return {{"kind", cnn::name_of(quantizer->kind)},
          {"bits", quantizer->bits},
          {"threshold", cli::float_json(quantizer->threshold)}};
}

template <codec::HasWords T>
ordered_json value_json(T value) {
  return codec::word_of(value);
}

}  // namespace

ordered_json arguments_json(const cnn::Layer& layer) {
  ordered_json parameters = ordered_json::object();
  std::visit(
      [&](const auto& alternative) {
        codec::visit_arguments(alternative,
                               [&](const char* key, const auto& value, codec::Presence) {
                                 parameters[key] = value_json(value);
                               });
      },
      layer.parameters);
  return parameters;
}

}  // namespace akida::stats
