#include "data/boxes/box_image.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>

#include "base/error.h"
#include "base/log.h"
#include "data/images/decoded_images.h"
#include "data/images/image_resize.h"
#include "io/batch.h"
#include "io/bytes.h"

namespace akida::data {
namespace {

// What became of the images and boxes, counted on several threads.
struct Tally {
  std::atomic<std::uint64_t> images = 0;
  std::atomic<std::uint64_t> fitted = 0;     // images decoded and seen to
  std::atomic<std::uint64_t> unwanted = 0;   // boxes of other classes
  std::atomic<std::uint64_t> difficult = 0;  // boxes
  std::atomic<std::uint64_t> small = 0;      // boxes
  std::atomic<std::uint64_t> outside = 0;    // boxes left out
  std::atomic<std::uint64_t> cut = 0;        // boxes that lost a part

  // Why no image is left.
  [[nodiscard]] std::string why_none() const {
    if (images == 0) return "no images in it";
    std::vector<std::string> reasons;
    const auto add = [&](std::uint64_t count, const char* what) {
      if (count > 0) reasons.push_back(fmt::format("{} objects {}", count, what));
    };
    add(unwanted, "are of no wanted class (--class-names)");
    add(difficult, "are difficult (--difficult)");
    add(small, "cover too little (--min-area)");
    add(outside, "lie outside their images");
    if (reasons.empty()) reasons.emplace_back("there are no objects in them");
    return fmt::format("none of {} images is left: {}; --keep-empty takes images without objects",
                       images.load(), fmt::join(reasons, ", "));
  }
};

class AnnotatedFiles final : public EncodedImages {
 public:
  AnnotatedFiles(AnnotatedImages images, bool keep_empty, std::shared_ptr<Tally> tally)
      : images_(std::move(images)), keep_empty_(keep_empty), tally_(std::move(tally)) {}

  [[nodiscard]] std::string name() const override { return images_.name; }

  [[nodiscard]] std::optional<double> share() const override {
    return images_.share ? images_.share() : std::nullopt;
  }

  bool next(EncodedImage& image) override {
    while (std::optional<AnnotatedImage> annotated = images_.next()) {
      ++tally_->images;
      tally_->unwanted += annotated->unwanted;
      tally_->difficult += annotated->difficult;
      if (annotated->boxes.empty() && !keep_empty_) continue;
      image = {.name = annotated->path,
               .id = std::move(annotated->id),
               .bytes = std::move(annotated->bytes),
               .truth = std::move(annotated->boxes)};
      if (image.bytes.empty()) {
        image.bytes = io::read_all(*io::open_source(image.name), kMaxEncodedBytes);
      }
      ++handed_out_;
      return true;
    }
    if (tally_->fitted == handed_out_ && !is_told_) tell();
    return false;
  }

 private:
  void tell() {
    is_told_ = true;
    if (tally_->cut + tally_->outside == 0) return;
    log_warning("{}: boxes that reach beyond their images: {} cut, {} left out", images_.name,
                tally_->cut.load(), tally_->outside.load());
  }

  AnnotatedImages images_;
  std::uint64_t handed_out_ = 0;
  bool is_told_ = false;
  bool keep_empty_;
  std::shared_ptr<Tally> tally_;
};

double area(const io::Box& box) {
  return (double{box.x2} - double{box.x1}) * (double{box.y2} - double{box.y1});
}

// The part of a box that lies in its image; false where there is none.
bool cut(io::Box& box, const Image& image) {
  const auto width = static_cast<float>(image.width);
  const auto height = static_cast<float>(image.height);
  const auto misses = [](float from, float to, float side) {
    return from >= side || (from < 0 && to <= 0);
  };
  if (misses(box.x1, box.x2, width) || misses(box.y1, box.y2, height)) return false;
  box = {std::max(box.x1, 0.0F),   std::max(box.y1, 0.0F), std::min(box.x2, width),
         std::min(box.y2, height), box.class_index,        box.difficult};
  return true;
}

// Of one image after another, on several threads.
class BoxFitting {
 public:
  BoxFitting(const BoxImageOptions& options, std::shared_ptr<Tally> tally)
      : shape_(options.shape),
        min_area_(options.min_area),
        keep_empty_(options.keep_empty),
        tally_(std::move(tally)) {}

  void operator()(DecodedImage& sample, std::uint64_t /*index*/) const {
    const Image& image = sample.image;
    sample.boxes = {.original_width = static_cast<std::uint32_t>(image.width),
                    .original_height = static_cast<std::uint32_t>(image.height)};
    for (const io::Box& box : sample.from.truth) add(box, image, sample.boxes.boxes);
    ++tally_->fitted;
    sample.is_left_out = sample.boxes.boxes.empty() && !keep_empty_;
    if (sample.is_left_out) return;
    sample.image = resize_image(view_of(with_channels(image, shape_.channels)), shape_.width,
                                shape_.height, ResizeFilter::kLegacy);
  }

 private:
  void add(io::Box box, const Image& image, std::vector<io::Box>& boxes) const {
    const io::Box whole = box;
    if (!cut(box, image)) {
      ++tally_->outside;
      return;
    }
    if (!(box == whole)) ++tally_->cut;
    if (area(box) / (static_cast<double>(image.width) * image.height) < min_area_) {
      ++tally_->small;
      return;
    }
    boxes.push_back(scaled(box, image));
  }

  [[nodiscard]] io::Box scaled(io::Box box, const Image& image) const {
    const double across = static_cast<double>(shape_.width) / image.width;
    const double down = static_cast<double>(shape_.height) / image.height;
    box.x1 = static_cast<float>(box.x1 * across);
    box.x2 = static_cast<float>(box.x2 * across);
    box.y1 = static_cast<float>(box.y1 * down);
    box.y2 = static_cast<float>(box.y2 * down);
    return box;
  }

  Shape shape_;
  double min_area_;
  bool keep_empty_;
  std::shared_ptr<Tally> tally_;
};

}  // namespace

std::unique_ptr<SampleSource> open_box_images(AnnotatedImages images, BoxImageOptions options) {
  io::StreamHeader header;
  header.shape = options.shape;
  header.labels = io::LabelKind::kBoxes;
  header.class_names = options.class_names;
  io::validate(header);
  const auto tally = std::make_shared<Tally>();
  DecodingOptions decoding{.change = BoxFitting(options, tally),
                           .batch = options.batch,
                           .jobs = options.jobs,
                           .why_none = [tally] { return tally->why_none(); }};
  auto files = std::make_unique<AnnotatedFiles>(std::move(images), options.keep_empty, tally);
  return decode_images(std::move(files), std::move(header), std::move(decoding));
}

}  // namespace akida::data
