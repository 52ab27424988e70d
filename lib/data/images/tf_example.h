// tf.Example messages: named lists of bytes, floats or integers, in protocol buffer encoding.
//
//   Example  { Features features = 1; }      Features  { map<string, Feature> feature = 1; }
//   Feature  { oneof { BytesList bytes_list = 1; FloatList float_list = 2; Int64List int64_list =
//   3; } } BytesList { repeated bytes value = 1; }  FloatList { repeated float value = 1 [packed];
//   } Int64List { repeated int64 value = 1 [packed]; }
//
// Numbers are also accepted unpacked, and unknown fields are passed over, as protocol buffers ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace akida::data {

inline constexpr std::size_t kMaxFeatures = 4096;          // of one example
inline constexpr std::size_t kMaxFeatureValues = 1 << 16;  // that are asked for

class TfExample {
 public:
  // Views of `message`, which must outlive this. Throws kFormat naming the offset where it is no
  // Example; lists are looked at when they are asked for.
  explicit TfExample(std::span<const std::byte> message);

  // The values of a feature, none where it is absent or its list is empty. Throws kFormat for
  // damaged lists and more than kMaxFeatureValues values, kInvalid for values of another kind.
  [[nodiscard]] std::vector<std::string_view> bytes_of(std::string_view feature) const;
  [[nodiscard]] std::vector<float> floats_of(std::string_view feature) const;
  [[nodiscard]] std::vector<std::int64_t> integers_of(std::string_view feature) const;

 private:
  struct Feature {
    std::string_view name;
    std::string_view value;  // a Feature message
  };

  [[nodiscard]] std::string_view list_of(std::string_view feature, std::uint32_t kind) const;

  std::string_view message_;
  std::vector<Feature> features_;
};

}  // namespace akida::data
