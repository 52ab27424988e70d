#include <array>
#include <bit>
#include <cstring>

#include "base/checked.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "codec/model_limits.h"
#include "codec/model_parameters.h"
#include "codec/weight_packing.h"
#include "io/zstd.h"
#include "model_generated.h"

namespace akida::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "vectors are copied as they are");

std::uint32_t read_u32(std::span<const std::byte> bytes, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

const fbs::Model& verified_model(std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size(), kMaxModelDepth, kMaxModelTables);
  if (const std::uint32_t root = read_u32(bytes, 0); root >= bytes.size()) {
    fail(ErrorKind::kFormat, "offset 0: root offset {} is outside the {} bytes", root,
         bytes.size());
  }
  if (!fbs::VerifyModelBuffer(verifier)) {
    fail(ErrorKind::kFormat,
         "the FlatBuffer of {} bytes is damaged: an offset, a length or the alignment is wrong, or "
         "it has more than {} tables or {} levels",
         bytes.size(), kMaxModelTables, kMaxModelDepth);
  }
  return *fbs::GetModel(data);
}

// Copies one verified buffer into values. Offsets of a hostile buffer may share one string or
// vector many times, so everything copied is charged against the size of the buffer.
class ModelReader {
 public:
  explicit ModelReader(std::span<const std::byte> bytes)
      : model_(verified_model(bytes)), size_(bytes.size()), remaining_(bytes.size()) {}

  snn::Model read() {
    check_version();
    snn::Model model;
    model.info = read_info();
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
  void check_version() const {
    const std::uint32_t version = model_.format_version();
    if (version == 0) fail(ErrorKind::kFormat, "format version 0 does not exist");
    if (version > kModelFormatVersion) {
      fail(ErrorKind::kUnsupported, "format version {} is newer than {}, the newest known here",
           version, kModelFormatVersion);
    }
    if (model_.kind() == fbs::Kind::Cnn) {
      fail(ErrorKind::kUnsupported, "models of kind cnn are not supported by this version");
    }
    if (model_.kind() != fbs::Kind::Snn) {
      fail(ErrorKind::kFormat, "kind {} is unknown: 1 is snn, 2 is cnn",
           static_cast<int>(model_.kind()));
    }
  }

  void charge(std::uint64_t bytes, std::string_view what) {
    if (bytes > remaining_) {
      fail(ErrorKind::kFormat, "{}: more content than the {} bytes of the buffer", what, size_);
    }
    remaining_ -= bytes;
  }

  std::string text(const flatbuffers::String* value, std::string_view what) {
    if (value == nullptr) return {};
    charge(value->size(), what);
    require_text(what, value->string_view());
    return value->str();
  }

  // Alignment is not guaranteed: the verifier looks at the length field only.
  template <typename T>
  std::vector<T> numbers(const flatbuffers::Vector<T>* values, std::string_view what) {
    if (values == nullptr || values->size() == 0) return {};
    const std::uint64_t bytes = std::uint64_t{values->size()} * sizeof(T);
    charge(bytes, what);
    std::vector<T> copy(values->size());
    std::memcpy(copy.data(), values->Data(), bytes);
    return copy;
  }

  // Number of entries of an optional vector, within its cap.
  static std::uint32_t count(const auto* entries, std::uint32_t limit, std::string_view what) {
    const std::uint32_t size = entries == nullptr ? 0 : entries->size();
    if (size > limit) fail(ErrorKind::kFormat, "{}: {} entries exceed limit {}", what, size, limit);
    return size;
  }

  ModelInfo read_info() {
    ModelInfo info;
    info.name = text(model_.name(), "name");
    info.producer = text(model_.producer(), "producer");
    for (std::uint32_t i = 0; i < count(model_.history(), kMaxModelEntries, "history"); ++i) {
      const fbs::HistoryEntry& entry = *model_.history()->Get(i);
      info.history.push_back({.tool = text(entry.tool(), "history: tool"),
                              .version = text(entry.version(), "history: version"),
                              .subcommand = text(entry.subcommand(), "history: subcommand"),
                              .options = text(entry.options(), "history: options")});
    }
    for (std::uint32_t i = 0; i < count(model_.metadata(), kMaxModelEntries, "metadata"); ++i) {
      const fbs::KeyValue& pair = *model_.metadata()->Get(i);
      std::string key = text(pair.key(), "metadata: key");
      if (!info.metadata.empty() && key <= info.metadata.rbegin()->first) {
        fail(ErrorKind::kFormat, "metadata: key '{}' does not follow '{}' in ascending order", key,
             info.metadata.rbegin()->first);
      }
      info.metadata.emplace(std::move(key), text(pair.value(), "metadata: value"));
    }
    if (model_.input() == nullptr) fail(ErrorKind::kFormat, "input is missing");
    read_input(*model_.input(), info);
    require_info(info);
    return info;
  }

  void read_input(const fbs::Input& input, ModelInfo& info) {
    info.scaling_a = input.scaling_a();
    info.scaling_b = input.scaling_b();
    for (std::uint32_t i = 0; i < count(input.class_names(), kMaxModelEntries, "class_names");
         ++i) {
      info.class_names.push_back(text(input.class_names()->Get(i), "class_names"));
    }
    static_cast<void>(count(input.anchors(), kMaxModelEntries, "anchors"));
    info.anchors = numbers(input.anchors(), "anchors");
  }

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
    snn::Layer layer;
    std::string place = fmt::format("layer {}", index);
    try {
      layer.name = text(source.name(), "name");
      require_name("name", layer.name);
      place = fmt::format("layer {} '{}'", index, layer.name);
      static_cast<void>(count(source.inbounds(), kMaxInbounds, "inbounds"));
      layer.inbounds = numbers(source.inbounds(), "inbounds");
      layer.parameters = read_parameters(source);
      read_variables(source, layer);
      if (source.learning() != nullptr) layer.learning = read_learning(*source.learning());
    } catch (const Error& error) {
      throw error.with_context(place);
    }
    return layer;
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
      const std::string name = text(variable.name(), "variable name");
      if (name != expected[i]) {
        fail(ErrorKind::kFormat, "variable {} is '{}', not '{}'", i, name, expected[i]);
      }
      try {
        read_variable(variable, name, layer);
      } catch (const Error& error) {
        throw error.with_context(fmt::format("variable '{}'", name));
      }
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

  // Checks type and bits, and that the bytes hold exactly the shape's elements; returns its
  // dimensions.
  std::vector<std::int64_t> read_shape(const fbs::Variable& source, fbs::DType type,
                                       std::int32_t bits, std::uint32_t dimensions) {
    if (source.dtype() != type) {
      fail(ErrorKind::kFormat, "type {} is not {} ({})", static_cast<int>(source.dtype()),
           static_cast<int>(type), fbs::EnumNameDType(type));
    }
    if (source.bits() != bits) {
      fail(ErrorKind::kFormat, "{} bits per element, not {}", source.bits(), bits);
    }
    const std::uint32_t given = source.shape() == nullptr ? 0 : source.shape()->size();
    if (given != dimensions) {
      fail(ErrorKind::kFormat, "{} dimensions, not {}", given, dimensions);
    }
    std::vector<std::int64_t> dims = numbers(source.shape(), "shape");
    std::uint64_t elements = 1;
    for (std::int64_t dim : dims) {
      if (dim < 1 || dim > snn::kMaxWeights) {
        fail(ErrorKind::kFormat, "dimension {} is outside 1..{}", dim, snn::kMaxWeights);
      }
      elements = checked_mul(elements, static_cast<std::uint64_t>(dim), "elements");
    }
    const std::uint64_t wanted =
        bits < 8 ? packed_size(elements, bits)
                 : checked_mul(elements, static_cast<std::uint64_t>(bits / 8), "bytes");
    const std::uint64_t stored = source.bytes() == nullptr ? 0 : source.bytes()->size();
    if (stored != wanted) {
      fail(ErrorKind::kFormat, "{} bytes do not hold {} elements of {} bits", stored, elements,
           bits);
    }
    charge(stored, "bytes");
    return dims;
  }

  Dense read_weights(const fbs::Variable& source, std::int32_t bits) {
    Dense weights(DType::kI8, read_shape(source, fbs::DType::I8, bits, 4));
    unpack_weights({source.bytes()->Data(), source.bytes()->size()}, bits,
                   weights.data<std::int8_t>());
    return weights;
  }

  template <typename T>
  std::vector<T> read_vector(const fbs::Variable& source, fbs::DType type) {
    const auto dims = read_shape(source, type, static_cast<std::int32_t>(8 * sizeof(T)), 1);
    std::vector<T> values(static_cast<std::size_t>(dims[0]));
    std::memcpy(values.data(), source.bytes()->Data(), source.bytes()->size());
    return values;
  }

  snn::Learning read_learning(const fbs::Learning& source) {
    return {.rule = known_enum<snn::LearningRule>(source.rule(), fbs::LearningRule::MAX,
                                                  "learning rule"),
            .seed = source.seed(),
            .num_weights = source.num_weights(),
            .num_classes = source.num_classes(),
            .initial_plasticity = source.initial_plasticity(),
            .learning_competition = source.learning_competition(),
            .min_plasticity = source.min_plasticity(),
            .plasticity_decay = source.plasticity_decay(),
            .plasticity = numbers(source.plasticity(), "plasticity"),
            .threshold_learning = numbers(source.threshold_learning(), "threshold_learning"),
            .learning_events = numbers(source.learning_events(), "learning_events"),
            .learning_count = numbers(source.learning_count(), "learning_count")};
  }

  const fbs::Model& model_;
  std::uint64_t size_;
  std::uint64_t remaining_;
};

snn::Model decode_plain(std::span<const std::byte> bytes) {
  if (bytes.size() > kMaxModelBytes) {
    fail(ErrorKind::kFormat, "{} bytes exceed limit {}", bytes.size(), kMaxModelBytes);
  }
  // Scalars are read in place, so the buffer needs the alignment of the widest.
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) != 0) {
    const std::vector<std::byte> aligned(bytes.begin(), bytes.end());
    return ModelReader(aligned).read();
  }
  return ModelReader(bytes).read();
}

// "41 4b 53 31": the first bytes of a file in a message.
std::string first_bytes(std::span<const std::byte> bytes) {
  std::string hex;
  for (std::byte byte : bytes.first(std::min<std::size_t>(bytes.size(), 8))) {
    hex += fmt::format("{}{:02x}", hex.empty() ? "" : " ", static_cast<unsigned>(byte));
  }
  return hex;
}

// `alternative` names what else `bytes` could have been.
void require_identifier(std::span<const std::byte> bytes, std::string_view alternative) {
  if (bytes.size() < 8 || std::memcmp(bytes.data() + 4, fbs::ModelIdentifier(), 4) != 0) {
    fail(ErrorKind::kFormat,
         "no model: the {} bytes begin with '{}', {}a FlatBuffer with identifier AKMD at offset 4",
         bytes.size(), first_bytes(bytes), alternative);
  }
}

}  // namespace

snn::Model decode_model(std::span<const std::byte> bytes) {
  if (bytes.size() >= 4 && read_u32(bytes, 0) == io::kZstdMagic) {
    const std::vector<std::byte> content = io::zstd_decompress(bytes, kMaxModelBytes);
    require_identifier(content, "not ");
    return decode_plain(content);
  }
  require_identifier(bytes, "neither a zstd frame nor ");
  return decode_plain(bytes);
}

}  // namespace akida::codec
