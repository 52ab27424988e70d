#include "data/images/imagenet.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>

#include "base/error.h"
#include "base/random.h"
#include "base/utf8.h"
#include "data/gzip.h"
#include "data/images/decoded_images.h"
#include "data/images/image_preparation.h"
#include "data/images/imagenet_files.h"
#include "data/images/tf_example.h"
#include "data/images/tfrecord.h"
#include "data/sample_id.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

// Streams of random numbers: (seed, purpose, epoch or index low, index high).
enum Purpose : std::uint32_t { kFileOrder = 1, kBuffer = 2 };  // image_preparation.cpp has 3

constexpr std::int64_t kBackground = 0;  // stored label of no class; class 0 is stored as 1

// The only value of a feature, if any.
template <typename Value>
std::optional<Value> one_of(const std::vector<Value>& values, const char* feature) {
  if (values.size() > 1) {
    fail(ErrorKind::kInvalid, "feature '{}' has {} values, not 1", feature, values.size());
  }
  return values.empty() ? std::nullopt : std::optional(values.front());
}

std::vector<RelativeBox> boxes_of(const TfExample& example) {
  const auto x1 = example.floats_of("image/object/bbox/xmin");
  const auto y1 = example.floats_of("image/object/bbox/ymin");
  const auto x2 = example.floats_of("image/object/bbox/xmax");
  const auto y2 = example.floats_of("image/object/bbox/ymax");
  if (y1.size() != x1.size() || x2.size() != x1.size() || y2.size() != x1.size()) {
    fail(ErrorKind::kInvalid, "boxes have {} xmin, {} ymin, {} xmax, {} ymax", x1.size(), y1.size(),
         x2.size(), y2.size());
  }
  std::vector<RelativeBox> boxes;
  for (std::size_t i = 0; i < x1.size(); ++i) {
    // Also false for values that are no numbers.
    if (!(0 <= x1[i] && x1[i] <= x2[i] && x2[i] <= 1 && 0 <= y1[i] && y1[i] <= y2[i] &&
          y2[i] <= 1)) {
      fail(ErrorKind::kInvalid, "box {}: {}, {}, {}, {} (x1, y1, x2, y2) is no part of 0..1", i,
           x1[i], y1[i], x2[i], y2[i]);
    }
    boxes.push_back({.x1 = x1[i], .y1 = y1[i], .x2 = x2[i], .y2 = y2[i]});
  }
  return boxes;
}

EncodedImage parse_record(std::span<const std::byte> record, std::int32_t classes) {
  const TfExample example(record);
  EncodedImage image;
  const auto encoded = one_of(example.bytes_of("image/encoded"), "image/encoded");
  if (!encoded) fail(ErrorKind::kInvalid, "feature 'image/encoded' is missing");
  const auto bytes = std::as_bytes(std::span(*encoded));
  image.bytes.assign(bytes.begin(), bytes.end());
  const std::int64_t label =
      one_of(example.integers_of("image/class/label"), "image/class/label").value_or(kBackground);
  if (label < kBackground || label > classes) {
    fail(ErrorKind::kInvalid, "label {} is outside 0..{}", label, classes);
  }
  image.class_index = static_cast<std::int32_t>(label) - 1;
  const auto name = one_of(example.bytes_of("image/filename"), "image/filename");
  if (name) image.id = printable(std::string(*name));
  image.boxes = boxes_of(example);
  return image;
}

// Records of files, of which `interleave` are read in turn.
class RecordImages final : public EncodedImages {
 public:
  RecordImages(std::vector<std::string> files, std::size_t interleave, std::int32_t classes)
      : files_(std::move(files)), classes_(classes), slots_(interleave) {}

  [[nodiscard]] std::string name() const override { return name_of_files(files_); }

  // By files, half of each that is being read.
  [[nodiscard]] std::optional<double> share() const override {
    const std::size_t reading = slots_.size() - idle_;
    return (static_cast<double>(opened_) - static_cast<double>(reading) / 2) /
           static_cast<double>(files_.size());
  }

  bool next(EncodedImage& image) override {
    while (opened_ < files_.size() || idle_ < slots_.size()) {
      std::optional<TfRecordReader>& slot = slots_[turn_];
      turn_ = (turn_ + 1) % slots_.size();
      if (!slot && opened_ < files_.size()) {
        slot.emplace(open_uncompressed(files_[opened_++]));
        --idle_;
      }
      if (!slot) continue;
      if (slot->next(record_)) {
        fill(image, *slot);
        return true;
      }
      slot.reset();
      ++idle_;
    }
    return false;
  }

 private:
  void fill(EncodedImage& image, const TfRecordReader& reader) const {
    image = in_context(reader.record_name(), [&] { return parse_record(record_, classes_); });
    image.name = reader.record_name();
    if (image.id.empty()) {
      image.id = fmt::format("{}:{}", id_of_path(reader.name()), reader.records() - 1);
    }
  }

  std::vector<std::string> files_;
  std::int32_t classes_;
  std::vector<std::optional<TfRecordReader>> slots_;  // being read
  std::size_t idle_ = slots_.size();                  // slots that read no file
  std::size_t opened_ = 0;                            // files
  std::size_t turn_ = 0;                              // the next slot
  std::vector<std::byte> record_;
};

// Every epoch in an order of its own, one after the other.
class TrainingImages final : public EncodedImages {
 public:
  TrainingImages(std::vector<std::string> files, const ImagenetOptions& options)
      : files_(std::move(files)), options_(options) {}

  [[nodiscard]] std::string name() const override { return name_of_files(files_); }

  [[nodiscard]] std::optional<double> share() const override {
    if (!epoch_) return 0;
    return (epochs_ - 1 + epoch_->share().value_or(0)) / options_.epochs;
  }

  bool next(EncodedImage& image) override {
    while (!epoch_ || !epoch_->next(image)) {
      if (epochs_ == options_.epochs) return false;
      epoch_ = open_epoch(static_cast<std::uint32_t>(epochs_++));
    }
    return true;
  }

 private:
  [[nodiscard]] std::unique_ptr<EncodedImages> open_epoch(std::uint32_t epoch) const {
    std::vector<std::uint32_t> order(files_.size());
    std::iota(order.begin(), order.end(), 0U);
    Random random(options_.seed, kFileOrder, epoch);
    partial_shuffle(order, order.size(), random);
    std::vector<std::string> files;
    for (const std::uint32_t index : order) files.push_back(files_[index]);
    return shuffle_in_buffer(
        std::make_unique<RecordImages>(std::move(files), options_.interleave,
                                       static_cast<std::int32_t>(options_.class_names.size())),
        options_.shuffle_buffer, Random(options_.seed, kBuffer, epoch));
  }

  std::vector<std::string> files_;
  const ImagenetOptions options_;
  std::unique_ptr<EncodedImages> epoch_;
  std::int32_t epochs_ = 0;  // begun so far
};

ImagePreparation preparation_of(const ImagenetOptions& options) {
  ImagePreparation preparation{.channels = options.channels, .seed = options.seed};
  if (options.training) {
    preparation.training = TrainingImage{.width = options.width,
                                         .height = options.height,
                                         .filter = options.filter,
                                         .colours = options.colours};
  } else {
    preparation.fit = ImageFit{.width = options.width,
                               .height = options.height,
                               .mode = FitMode::kImagenet,
                               .filter = options.filter};
  }
  validate(preparation);
  return preparation;
}

std::vector<std::string> files_of(const std::vector<std::string>& paths, bool training) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code unknown;
    if (path == "-" || !fs::is_directory(path, unknown)) {
      files.push_back(path);
    } else {
      std::ranges::move(shards_of(path, training ? "train" : "validation"),
                        std::back_inserter(files));
    }
  }
  return files;
}

std::vector<std::string> shard_of(const std::vector<std::string>& files,
                                  const ImagenetOptions& options) {
  std::vector<std::string> taken;
  for (std::size_t i = options.shard; i < files.size(); i += options.shards) {
    taken.push_back(files[i]);
  }
  if (taken.empty()) {
    fail(ErrorKind::kInvalid, "{}: {} files have no number {} (--shard)", name_of_files(files),
         files.size(), options.shard);
  }
  return taken;
}

}  // namespace

std::unique_ptr<SampleSource> open_imagenet(const std::vector<std::string>& paths,
                                            ImagenetOptions options) {
  if (options.class_names.empty()) {
    for (std::int32_t i = 0; i < kImagenetClasses; ++i) {
      options.class_names.emplace_back(imagenet_label(i));
    }
  }
  io::StreamHeader header;
  header.labels = io::LabelKind::kClass;
  header.class_names = options.class_names;
  DecodingOptions decoding{
      .change =
          [preparation = preparation_of(options)](DecodedImage& sample, std::uint64_t index) {
            sample.image = prepare_image(sample.image, preparation, sample.from.boxes, index);
          },
      .batch = options.batch,
      .jobs = options.jobs};
  std::vector<std::string> files = shard_of(files_of(paths, options.training), options);
  std::unique_ptr<EncodedImages> images;
  if (options.training) {
    images = std::make_unique<TrainingImages>(std::move(files), options);
  } else {
    images = std::make_unique<RecordImages>(std::move(files), options.interleave,
                                            static_cast<std::int32_t>(options.class_names.size()));
  }
  return decode_images(std::move(images), std::move(header), std::move(decoding));
}

}  // namespace akida::data
