#include "data/images/decoded_images.h"

#include <algorithm>
#include <deque>
#include <exception>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "data/images/image_orientation.h"
#include "io/batch.h"

namespace akida::data {
namespace {

// Images are read and decoded in groups, whose threads wait for each other at the end: a group has
// several images per thread, but not more memory than this for encoded or for decoded images.
constexpr std::size_t kImagesPerJob = 16;
constexpr std::size_t kGroupBytes = std::size_t{1} << 26;

struct Decoded {
  EncodedImage from;  // without its bytes
  Image image;
  std::exception_ptr error;
};

class DecodedImages final : public SampleSource {
 public:
  DecodedImages(std::unique_ptr<EncodedImages> images, io::StreamHeader header,
                DecodingOptions options)
      : images_(std::move(images)), options_(std::move(options)) {
    header_ = std::move(header);
    if (options_.jobs <= 0) options_.jobs = default_jobs();
    if (!decode_group(1)) fail(ErrorKind::kInvalid, "{}: no images found", images_->name());
    const Image& first = ready_.front().image;
    header_.shape = {first.width, first.height, first.channels};
    io::validate(header_);
  }

  [[nodiscard]] std::string name() const override { return images_->name(); }

  bool next(io::Batch& batch) override {
    const auto sample_bytes = static_cast<std::size_t>(header_.shape.size());
    const std::size_t wanted = std::max<std::size_t>(kBatchBytes / sample_bytes, 1);
    const std::size_t group =
        std::clamp<std::size_t>(static_cast<std::size_t>(options_.jobs) * kImagesPerJob, 1,
                                std::max<std::size_t>(kGroupBytes / sample_bytes, 1));
    while (ready_.size() < wanted && decode_group(group)) {
    }
    batch = {};
    batch.size = std::min(ready_.size(), wanted);
    if (batch.size == 0) return false;
    batch.dense = Dense(DType::kU8, {static_cast<std::int64_t>(batch.size), header_.shape.height,
                                     header_.shape.width, header_.shape.channels});
    auto out = batch.dense.data<std::uint8_t>().begin();
    for (std::size_t i = 0; i < batch.size; ++i) {
      Decoded& sample = ready_.front();
      out = std::ranges::copy(sample.image.pixels, out).out;
      batch.ids.push_back(std::move(sample.from.id));
      if (header_.labels == io::LabelKind::kClass) batch.classes.push_back(sample.from.class_index);
      if (header_.labels == io::LabelKind::kTargets) batch.targets.push_back(sample.from.target);
      ready_.pop_front();
    }
    return true;
  }

 private:
  // Appends up to `count` images to ready_; false where there are none left.
  bool decode_group(std::size_t count) {
    std::vector<Decoded> group;
    std::size_t bytes = 0;
    for (Decoded more; group.size() < count && bytes < kGroupBytes && images_->next(more.from);) {
      bytes += more.from.bytes.size();
      group.push_back(std::move(more));
    }
    parallel_for(group.size(), options_.jobs, [&](std::size_t i, int) {
      try {
        decode(group[i], decoded_ + i);
      } catch (...) {
        group[i].error = std::current_exception();  // the first one in order is reported
      }
    });
    for (Decoded& sample : group) {
      if (sample.error) std::rethrow_exception(sample.error);
      check_shape(sample);
      ready_.push_back(std::move(sample));
    }
    decoded_ += group.size();
    return !group.empty();
  }

  void decode(Decoded& sample, std::uint64_t index) const {
    in_context(sample.from.name, [&] {
      sample.image = decode_image(sample.from.bytes);
      if (options_.upright) {
        sample.image = turn_upright(std::move(sample.image), exif_orientation(sample.from.bytes));
      }
      sample.from.bytes = {};
      if (options_.channels != 0 && sample.image.channels != options_.channels) {
        sample.image = with_channels(sample.image, options_.channels);
      }
      if (options_.change) sample.image = options_.change(sample.image, sample.from, index);
    });
  }

  void check_shape(const Decoded& sample) const {
    const Shape shape{sample.image.width, sample.image.height, sample.image.channels};
    if (decoded_ > 0 && shape != header_.shape) {
      fail(ErrorKind::kInvalid, "{}: image is {}, the first one {} (width, height, channels)",
           sample.from.name, to_string(shape), to_string(header_.shape));
    }
  }

  std::unique_ptr<EncodedImages> images_;
  DecodingOptions options_;
  std::deque<Decoded> ready_;
  std::uint64_t decoded_ = 0;  // images up to the end of ready_
};

}  // namespace

std::unique_ptr<SampleSource> decode_images(std::unique_ptr<EncodedImages> images,
                                            io::StreamHeader header, DecodingOptions options) {
  return std::make_unique<DecodedImages>(std::move(images), std::move(header), std::move(options));
}

}  // namespace akida::data
