#include <bit>

#include "codec/model_buffer_reader.h"
#include "codec/model_kinds.h"
#include "codec/model_limits.h"
#include "codec/model_parameters.h"
#include "codec/weight_packing.h"

namespace akida::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "vectors are copied as they are");

class SnnReader {
 public:
  SnnReader(const fbs::Model& model, std::uint64_t size) : model_(model), buffer_(size) {}

  snn::Model read() {
    snn::Model model;
    model.info = buffer_.info(model_);
    const auto* layers = model_.layers();
    const std::uint32_t count = layers == nullptr ? 0 : layers->size();
    if (count == 0 || count > static_cast<std::uint32_t>(snn::kMaxLayers)) {
      fail(ErrorKind::kFormat, "layer count {} is outside 1..{}", count, snn::kMaxLayers);
    }
    for (std::uint32_t i = 0; i < count; ++i) model.add(read_layer(i, *layers->Get(i)));
    check_input(model.layer(0));
    return model;
  }

 private:
  // The header repeats what the first layer says, for readers that do not look at layers.
  void check_input(const snn::Layer& first) const {
    const InputKind wanted = input_kind(first);
    const auto source = wanted.is_image ? fbs::InputSource::Image : fbs::InputSource::Events;
    const fbs::Input& input = *model_.input();
    if (input.source() != source) {
      fail(ErrorKind::kFormat, "input source {} contradicts layer '{}', which takes {} ({})",
           static_cast<int>(input.source()), first.name, static_cast<int>(source),
           wanted.is_image ? "images" : "events");
    }
    if (input.bits() != wanted.bits) {
      fail(ErrorKind::kFormat, "input bits {} contradict layer '{}', which takes {}", input.bits(),
           first.name, wanted.bits);
    }
  }

  snn::Layer read_layer(std::uint32_t index, const fbs::Layer& source) {
    return buffer_.layer(index, source, [&](BufferReader::LayerHead head) {
      snn::Layer layer;
      layer.name = std::move(head.name);
      layer.inbounds = std::move(head.inbounds);
      layer.parameters = read_parameters(source);
      read_variables(source, layer);
      if (source.learning() != nullptr) layer.learning = read_learning(*source.learning());
      return layer;
    });
  }

  // All variables of the layer's type must be there: none is filled with a default whose size
  // the file does not pay for.
  void read_variables(const fbs::Layer& source, snn::Layer& layer) {
    const auto expected = stored_variables(layer.type());
    const std::uint32_t given = source.variables() == nullptr ? 0 : source.variables()->size();
    if (given != expected.size()) {
      fail(ErrorKind::kFormat, "{} variables, but {} has {}", given, snn::name_of(layer.type()),
           expected.size());
    }
    for (std::uint32_t i = 0; i < given; ++i) {
      const fbs::Variable& variable = *source.variables()->Get(i);
      const std::string name = buffer_.text(variable.name(), "variable name");
      if (name != expected[i]) {
        fail(ErrorKind::kFormat, "variable {} is '{}', not '{}'", i, name, expected[i]);
      }
      in_context(fmt::format("variable '{}'", name), [&] { read_variable(variable, name, layer); });
    }
  }

  void read_variable(const fbs::Variable& source, std::string_view name, snn::Layer& layer) {
    snn::Variables& variables = layer.variables;
    const std::int32_t bits = storage_bits(snn::weights_bits(layer));
    if (name == "weights") {
      variables.weights = read_weights(source, bits);
    } else if (name == "weights_pw") {
      variables.weights_pw = read_weights(source, bits);
    } else if (name == "threshold_fire") {
      variables.threshold_fire = read_vector<std::int32_t>(source, fbs::DType::I32);
    } else if (name == "threshold_fire_step") {
      variables.threshold_fire_step = read_vector<float>(source, fbs::DType::F32);
    } else if (name == "shift") {
      variables.shift = read_vector<double>(source, fbs::DType::F64);
    } else {
      variables.scale = read_vector<double>(source, fbs::DType::F64);
    }
  }

  Dense read_weights(const fbs::Variable& source, std::int32_t bits) {
    Dense weights(DType::kI8, buffer_.dims(source, fbs::DType::I8, bits, 4, 4));
    unpack_weights({source.bytes()->Data(), source.bytes()->size()}, bits,
                   weights.data<std::int8_t>());
    return weights;
  }

  template <typename T>
  std::vector<T> read_vector(const fbs::Variable& source, fbs::DType type) {
    const auto dims = buffer_.dims(source, type, static_cast<std::int32_t>(8 * sizeof(T)), 1, 1);
    std::vector<T> values(static_cast<std::size_t>(dims[0]));
    std::memcpy(values.data(), source.bytes()->Data(), source.bytes()->size());
    return values;
  }

  snn::Learning read_learning(const fbs::Learning& source) {
    return {
        .rule =
            known_enum<snn::LearningRule>(source.rule(), fbs::LearningRule::MAX, "learning rule"),
        .seed = source.seed(),
        .num_weights = source.num_weights(),
        .num_classes = source.num_classes(),
        .initial_plasticity = source.initial_plasticity(),
        .learning_competition = source.learning_competition(),
        .min_plasticity = source.min_plasticity(),
        .plasticity_decay = source.plasticity_decay(),
        .plasticity = buffer_.numbers(source.plasticity(), "plasticity"),
        .threshold_learning = buffer_.numbers(source.threshold_learning(), "threshold_learning"),
        .learning_events = buffer_.numbers(source.learning_events(), "learning_events"),
        .learning_count = buffer_.numbers(source.learning_count(), "learning_count")};
  }

  const fbs::Model& model_;
  BufferReader buffer_;
};

}  // namespace

snn::Model read_snn(const fbs::Model& model, std::uint64_t size) {
  return SnnReader(model, size).read();
}

}  // namespace akida::codec
