#include "data/idx.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/checked.h"
#include "base/error.h"
#include "io/batch.h"
#include "io/stream.h"

namespace akida::data {
namespace {

constexpr std::uint8_t kUnsignedByte = 0x08;

std::uint32_t big_endian(std::span<const std::byte, 4> bytes) {
  std::uint32_t value = 0;
  for (const std::byte byte : bytes) value = value << 8 | static_cast<std::uint32_t>(byte);
  return value;
}

void read_exactly(io::ByteSource& source, std::span<std::byte> out, const char* what) {
  const std::uint64_t offset = source.offset();
  const std::size_t got = io::read_full(source, out);
  if (got < out.size()) {
    fail(ErrorKind::kFormat, "{}: offset {}: {} needs {} bytes, {} remain", source.name(), offset,
         what, out.size(), got);
  }
}

void check_end(io::ByteSource& source) {
  if (!source.peek(1).empty()) {
    fail(ErrorKind::kFormat, "{}: offset {}: bytes follow the last element", source.name(),
         source.offset());
  }
}

// The sizes of the dimensions, between `least` and `most` of them.
std::vector<std::uint32_t> read_dims(io::ByteSource& source, std::size_t least, std::size_t most) {
  std::array<std::byte, 4> word{};
  read_exactly(source, word, "magic");
  if (word[0] != std::byte{0} || word[1] != std::byte{0}) {
    fail(ErrorKind::kFormat, "{}: offset 0: no IDX file, it begins with {:#010x}", source.name(),
         big_endian(word));
  }
  const auto type = static_cast<std::uint8_t>(word[2]);
  const auto count = static_cast<std::size_t>(word[3]);
  if (type != kUnsignedByte) {
    fail(ErrorKind::kUnsupported,
         "{}: offset 2: element type {:#04x} is not unsigned byte, {:#04x}", source.name(), type,
         kUnsignedByte);
  }
  if (count < least || count > most) {
    fail(ErrorKind::kFormat, "{}: offset 3: {} dimensions are outside {}..{}", source.name(), count,
         least, most);
  }
  std::vector<std::uint32_t> dims;
  while (dims.size() < count) {
    read_exactly(source, word, "dimension");
    dims.push_back(big_endian(word));
  }
  return dims;
}

class IdxSource final : public SampleSource {
 public:
  IdxSource(std::unique_ptr<io::ByteSource> images, std::unique_ptr<io::ByteSource> labels,
            std::vector<std::string> class_names)
      : images_(std::move(images)), labels_(std::move(labels)) {
    const std::vector<std::uint32_t> dims = read_dims(*images_, 3, 4);
    left_ = total_ = dims[0];
    for (const std::uint32_t side : std::span(dims).subspan(1)) {
      if (side < 1 || side > io::kMaxSide) {
        fail(ErrorKind::kFormat, "{}: side of {} is outside 1..{}", images_->name(), side,
             io::kMaxSide);
      }
    }
    const auto side = [&](std::size_t i) { return static_cast<std::int32_t>(dims[i]); };
    header_.shape = {
        .width = side(2), .height = side(1), .channels = dims.size() > 3 ? side(3) : 1};
    header_.class_names = std::move(class_names);
    io::validate(header_);
    if (!labels_) return;
    header_.labels = io::LabelKind::kClass;
    const std::uint32_t count = read_dims(*labels_, 1, 1)[0];
    if (count != left_) {
      fail(ErrorKind::kFormat, "{}: {} labels for {} images of {}", labels_->name(), count, left_,
           images_->name());
    }
  }

  [[nodiscard]] std::string name() const override { return images_->name(); }

  [[nodiscard]] std::optional<double> share() const override {
    if (total_ == 0) return std::nullopt;
    return 1 - static_cast<double>(left_) / total_;
  }

  bool next(io::Batch& batch) override {
    batch = {};
    if (left_ == 0) {
      check_end(*images_);
      if (labels_) check_end(*labels_);
      return false;
    }
    const auto sample_bytes = static_cast<std::size_t>(header_.shape.size());
    batch.size = std::min<std::size_t>(left_, std::max<std::size_t>(kBatchBytes / sample_bytes, 1));
    batch.dense = Dense(DType::kU8, {static_cast<std::int64_t>(batch.size), header_.shape.height,
                                     header_.shape.width, header_.shape.channels});
    read_exactly(*images_, batch.dense.bytes(), "images");
    if (labels_) {
      std::vector<std::byte> labels(batch.size);
      read_exactly(*labels_, labels, "labels");
      for (const std::byte label : labels) batch.classes.push_back(static_cast<int>(label));
    }
    left_ -= static_cast<std::uint32_t>(batch.size);
    return true;
  }

 private:
  std::unique_ptr<io::ByteSource> images_;
  std::unique_ptr<io::ByteSource> labels_;  // may be null
  std::uint32_t total_ = 0;                 // samples
  std::uint32_t left_ = 0;                  // of them not read yet
};

}  // namespace

std::unique_ptr<SampleSource> open_idx(std::unique_ptr<io::ByteSource> images,
                                       std::unique_ptr<io::ByteSource> labels,
                                       std::vector<std::string> class_names) {
  return std::make_unique<IdxSource>(std::move(images), std::move(labels), std::move(class_names));
}

}  // namespace akida::data
