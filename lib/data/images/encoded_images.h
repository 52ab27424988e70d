// Images as they lie in files, archives and records, before they are decoded; and what changes
// their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "io/sample.h"

namespace akida::data {

// The most bytes one image file, archive entry or record may have.
inline constexpr std::uint64_t kMaxEncodedBytes = 1ULL << 28;

// In shares of the image's sides, 0..1, from the upper left corner.
struct RelativeBox {
  float x1 = 0, y1 = 0, x2 = 0, y2 = 0;

  bool operator==(const RelativeBox&) const = default;
};

struct EncodedImage {
  std::string name;                // what messages call it: "a.zip: cats/1.jpg"
  std::string id;                  // in the stream
  std::vector<std::byte> bytes;    // of the image file
  std::int32_t class_index = -1;   // where labels are classes
  float target = 0;                // where labels are targets
  std::vector<RelativeBox> boxes;  // where the objects are, if known
  std::vector<io::Box> truth;      // where labels are boxes: in pixels of the image
};

class EncodedImages {
 public:
  EncodedImages() = default;
  EncodedImages(const EncodedImages&) = delete;
  EncodedImages& operator=(const EncodedImages&) = delete;
  virtual ~EncodedImages() = default;

  // What messages call all of them.
  [[nodiscard]] virtual std::string name() const = 0;

  // Replaces `image` by the next one; false after the last. Throws Error with the file's name in
  // front.
  [[nodiscard]] virtual bool next(EncodedImage& image) = 0;

  // The share of the images handed out so far, 0..1; none where it is not known.
  [[nodiscard]] virtual std::optional<double> share() const { return std::nullopt; }
};

// Random order within a buffer: the first `size` images are held, each image handed out is a random
// one of those held, and the next takes its place. size 1 keeps the order.
[[nodiscard]] std::unique_ptr<EncodedImages> shuffle_in_buffer(
    std::unique_ptr<EncodedImages> images, std::size_t size, const Random& random);

}  // namespace akida::data
