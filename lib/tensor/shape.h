// The size of one sample or of one layer's input or output.
#pragma once

#include <cstdint>
#include <string>

namespace akida {

// Named, so nobody has to remember an order: memory, streams and .npy are [height, width,
// channels]; people read and write (width, height, channels).
struct Shape {
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int32_t channels = 0;

  [[nodiscard]] std::int64_t size() const { return std::int64_t{width} * height * channels; }
  bool operator==(const Shape&) const = default;
};

// "[28, 28, 1]": width, height, channels.
[[nodiscard]] std::string to_string(const Shape& shape);

}  // namespace akida
