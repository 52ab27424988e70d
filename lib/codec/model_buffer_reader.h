// What readers of both kinds of model share: texts, numbers, variables and the model's info, each
// within its cap. Internal to codec.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/model_info.h"
#include "model_generated.h"

namespace akida::codec {

// FlatBuffers keeps enumeration values of newer files as they are: check them against the last
// one that this version knows.
template <typename To, typename From>
To known_enum(From value, From last, std::string_view what) {
  if (value > last) {
    fail(ErrorKind::kFormat, "{} {} is unknown, the last is {}", what, static_cast<int>(value),
         static_cast<int>(last));
  }
  return static_cast<To>(value);
}

// Copies parts of one verified buffer into values. Offsets of a hostile buffer may share one
// string or vector many times, so everything copied is charged against the size of the buffer.
// Throws kFormat, or kInvalid for texts, naming what was wrong.
class BufferReader {
 public:
  explicit BufferReader(std::uint64_t size) : size_(size), remaining_(size) {}

  void charge(std::uint64_t bytes, std::string_view what);

  [[nodiscard]] std::string text(const flatbuffers::String* value, std::string_view what);

  // Alignment is not guaranteed: the verifier looks at the length field only.
  template <typename T>
  [[nodiscard]] std::vector<T> numbers(const flatbuffers::Vector<T>* values,
                                       std::string_view what) {
    if (values == nullptr || values->size() == 0) return {};
    const std::uint64_t bytes = std::uint64_t{values->size()} * sizeof(T);
    charge(bytes, what);
    std::vector<T> copy(values->size());
    std::memcpy(copy.data(), values->Data(), bytes);
    return copy;
  }

  // Number of entries of an optional vector, within its cap.
  [[nodiscard]] static std::uint32_t count(const auto* entries, std::uint32_t limit,
                                           std::string_view what) {
    const std::uint32_t size = entries == nullptr ? 0 : entries->size();
    if (size > limit) fail(ErrorKind::kFormat, "{}: {} entries exceed limit {}", what, size, limit);
    return size;
  }

  // Name, history, metadata and input of the model, checked by require_info.
  [[nodiscard]] ModelInfo info(const fbs::Model& model);

  // Dimensions of a variable of `type` with `bits` per element; at least `least` and at most
  // `most` of them. Its bytes, which are charged, hold exactly these elements.
  [[nodiscard]] std::vector<std::int64_t> dims(const fbs::Variable& source, fbs::DType type,
                                               std::int32_t bits, std::uint32_t least,
                                               std::uint32_t most);

  // What every layer has, whatever its kind.
  struct LayerHead {
    std::string name;
    std::vector<std::uint32_t> inbounds;
  };

  // What `read(head)` makes of the layer at `index`; errors start with "layer 2 'conv'".
  template <typename Read>
  auto layer(std::uint32_t index, const fbs::Layer& source, const Read& read) {
    LayerHead head;
    const std::string place = fmt::format("layer {}", index);
    head.name = in_context(place, [&] { return layer_name(source); });
    return in_context(fmt::format("{} '{}'", place, head.name), [&] {
      head.inbounds = inbounds(source);
      return read(std::move(head));
    });
  }

 private:
  std::string layer_name(const fbs::Layer& source);
  std::vector<std::uint32_t> inbounds(const fbs::Layer& source);
  void read_input(const fbs::Input& input, ModelInfo& info);

  std::uint64_t size_;
  std::uint64_t remaining_;
};

}  // namespace akida::codec
