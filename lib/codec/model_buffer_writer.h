// What writers of both kinds of model share: texts, numbers, variables and the model's info.
// Internal to codec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/model_info.h"
#include "model_generated.h"
#include "tensor/dense.h"

namespace akida::codec {

class BufferWriter {
 public:
  template <typename T>
  using Offset = flatbuffers::Offset<T>;
  template <typename T>
  using Vector = flatbuffers::Vector<T>;

  [[nodiscard]] flatbuffers::FlatBufferBuilder& builder() { return builder_; }

  // Empty texts and vectors are absent.
  [[nodiscard]] Offset<flatbuffers::String> text(const std::string& value);
  template <typename T>
  [[nodiscard]] Offset<Vector<T>> numbers(const std::vector<T>& values) {
    return values.empty() ? 0 : builder_.CreateVector(values);
  }

  // A variable with the type and shape of `values`, whose elements are `bytes` of `bits` each.
  [[nodiscard]] Offset<fbs::Variable> variable(std::string_view name, const Dense& values,
                                               std::int32_t bits,
                                               std::span<const std::uint8_t> bytes);
  // The same with the elements as they are.
  [[nodiscard]] Offset<fbs::Variable> variable(std::string_view name, const Dense& values);

  // The end: the whole buffer.
  [[nodiscard]] std::vector<std::byte> finish(std::uint32_t version, fbs::Kind kind,
                                              const ModelInfo& info, fbs::InputSource source,
                                              std::int32_t input_bits,
                                              const std::vector<Offset<fbs::Layer>>& layers);

 private:
  Offset<Vector<Offset<fbs::HistoryEntry>>> write_history(const ModelInfo& info);
  Offset<Vector<Offset<fbs::KeyValue>>> write_metadata(const ModelInfo& info);
  Offset<fbs::Input> write_input(const ModelInfo& info, fbs::InputSource source, std::int32_t bits);

  flatbuffers::FlatBufferBuilder builder_;
};

// Throws kInvalid where a layer's name or number of inbound layers exceeds its cap.
void require_layer_head(const std::string& name, std::size_t inbounds);

// FlatBuffers stops the process beyond 2 GiB, so the size is known before anything is built:
// throws kUnsupported above kMaxModelBytes.
void require_model_size(std::uint64_t bytes);

// Bytes that a layer takes besides its name, inbound layers and variables, generously.
inline constexpr std::uint64_t kLayerBytes = 2048;

}  // namespace akida::codec
