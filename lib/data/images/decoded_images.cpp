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

struct Slot {
  DecodedImage sample;
  std::exception_ptr error;
};

class DecodedImages final : public SampleSource {
 public:
  DecodedImages(std::unique_ptr<EncodedImages> images, io::StreamHeader header,
                DecodingOptions options)
      : images_(std::move(images)), options_(std::move(options)) {
    header_ = std::move(header);
    if (options_.jobs <= 0) options_.jobs = default_jobs();
    while (ready_.empty() && decode_group(1)) {
    }
    if (ready_.empty()) {
      fail(ErrorKind::kInvalid, "{}: {}", images_->name(),
           options_.why_none ? options_.why_none() : "no images found");
    }
    io::validate(header_);
  }

  [[nodiscard]] std::string name() const override { return images_->name(); }
  [[nodiscard]] std::optional<double> share() const override { return images_->share(); }

  bool next(io::Batch& batch) override {
    const auto sample_bytes = static_cast<std::size_t>(header_.shape.size());
    const std::size_t wanted = std::max<std::size_t>(kBatchBytes / sample_bytes, 1);
    const std::size_t group =
        std::clamp<std::size_t>(static_cast<std::size_t>(options_.jobs) * kImagesPerJob, 1,
                                std::max<std::size_t>(kGroupBytes / sample_bytes, 1));
    while ((ready_.size() < wanted || whole() == 0) && decode_group(group)) {
    }
    batch = {};
    batch.size = std::min(whole(), wanted);
    if (batch.size == 0 && handed_out_ == 0) {
      fail(ErrorKind::kInvalid, "{}: {} images fill no batch of {} (--drop-remainder)",
           images_->name(), ready_.size(), options_.batch);
    }
    if (batch.size == 0) return false;
    batch.dense = Dense(DType::kU8, {static_cast<std::int64_t>(batch.size), header_.shape.height,
                                     header_.shape.width, header_.shape.channels});
    auto out = batch.dense.data<std::uint8_t>().begin();
    for (std::size_t i = 0; i < batch.size; ++i) {
      out = std::ranges::copy(ready_.front().image.pixels, out).out;
      add_label(ready_.front(), batch);
      ready_.pop_front();
    }
    handed_out_ += batch.size;
    return true;
  }

 private:
  // Samples that are ready and fill batches with those handed out before.
  [[nodiscard]] std::size_t whole() const {
    return (handed_out_ + ready_.size()) / options_.batch * options_.batch - handed_out_;
  }

  void add_label(DecodedImage& sample, io::Batch& batch) const {
    batch.ids.push_back(std::move(sample.from.id));
    if (header_.labels == io::LabelKind::kClass) batch.classes.push_back(sample.from.class_index);
    if (header_.labels == io::LabelKind::kTargets) batch.targets.push_back(sample.from.target);
    if (header_.labels == io::LabelKind::kBoxes) batch.boxes.push_back(std::move(sample.boxes));
  }

  // Appends up to `count` images to ready_; false where there are none left.
  bool decode_group(std::size_t count) {
    std::vector<Slot> group;
    std::size_t bytes = 0;
    for (Slot more; group.size() < count && bytes < kGroupBytes && images_->next(more.sample.from);
         more = {}) {
      bytes += more.sample.from.bytes.size();
      group.push_back(std::move(more));
    }
    parallel_for(group.size(), options_.jobs, [&](std::size_t i, int) {
      try {
        decode(group[i].sample, decoded_ + i);
      } catch (...) {
        group[i].error = std::current_exception();  // the first one in order is reported
      }
    });
    for (Slot& slot : group) {
      if (slot.error) std::rethrow_exception(slot.error);
      if (slot.sample.is_left_out) continue;
      check_shape(slot.sample);
      ready_.push_back(std::move(slot.sample));
    }
    decoded_ += group.size();
    return !group.empty();
  }

  void decode(DecodedImage& sample, std::uint64_t index) const {
    in_context(sample.from.name, [&] {
      sample.image = decode_image(sample.from.bytes);
      if (options_.upright) {
        sample.image = turn_upright(std::move(sample.image), exif_orientation(sample.from.bytes));
      }
      sample.from.bytes = {};
      if (options_.change) options_.change(sample, index);
    });
  }

  // The first sample says what shape all have.
  void check_shape(const DecodedImage& sample) {
    const Shape shape{sample.image.width, sample.image.height, sample.image.channels};
    if (!has_shape_) header_.shape = shape;
    has_shape_ = true;
    if (shape == header_.shape) return;
    const bool only_channels =
        shape.width == header_.shape.width && shape.height == header_.shape.height;
    fail(ErrorKind::kInvalid, "{}: image is {}, the first one {} (width, height, channels){}",
         sample.from.name, to_string(shape), to_string(header_.shape),
         only_channels ? "; --rgb or --grey makes them equal" : "");
  }

  std::unique_ptr<EncodedImages> images_;
  DecodingOptions options_;
  std::deque<DecodedImage> ready_;
  bool has_shape_ = false;
  std::uint64_t decoded_ = 0;     // images read so far
  std::uint64_t handed_out_ = 0;  // samples
};

}  // namespace

std::unique_ptr<SampleSource> decode_images(std::unique_ptr<EncodedImages> images,
                                            io::StreamHeader header, DecodingOptions options) {
  return std::make_unique<DecodedImages>(std::move(images), std::move(header), std::move(options));
}

}  // namespace akida::data
