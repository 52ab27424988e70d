#include "data/boxes/box_image.h"

#include "base/error.h"
#include "data/images/image_resize.h"
#include "io/batch.h"
#include "io/bytes.h"

namespace akida::data {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1ULL << 28;

class BoxImageSource final : public SampleSource {
 public:
  BoxImageSource(std::string name, std::function<std::optional<AnnotatedImage>()> next,
                 BoxImageOptions options)
      : name_(std::move(name)), next_(std::move(next)), options_(std::move(options)) {
    header_.shape = options_.shape;
    header_.labels = io::LabelKind::kBoxes;
    header_.class_names = options_.class_names;
    io::validate(header_);
  }

  [[nodiscard]] std::string name() const override { return name_; }

  bool next(io::Batch& batch) override {
    batch = {};
    const auto sample = static_cast<std::size_t>(header_.shape.size());
    const std::size_t most = std::max<std::size_t>(kBatchBytes / sample, 1);
    std::vector<std::uint8_t> pixels;
    while (batch.size < most) {
      const std::optional<AnnotatedImage> annotated = next_();
      if (!annotated) break;
      add(*annotated, batch, pixels);
    }
    if (batch.size == 0) return false;
    batch.dense = Dense::from<std::uint8_t>(
        pixels, {static_cast<std::int64_t>(batch.size), header_.shape.height, header_.shape.width,
                 header_.shape.channels});
    return true;
  }

 private:
  void add(const AnnotatedImage& annotated, io::Batch& batch, std::vector<std::uint8_t>& pixels) {
    if (annotated.boxes.empty() && !options_.keep_empty) return;
    const Image image = read(annotated.path);
    io::BoxLabel label{.original_width = static_cast<std::uint32_t>(image.width),
                       .original_height = static_cast<std::uint32_t>(image.height)};
    for (const io::Box& box : annotated.boxes) {
      const double share = area(box) / (static_cast<double>(image.width) * image.height);
      if (share >= options_.min_area) label.boxes.push_back(scaled(box, image));
    }
    if (label.boxes.empty() && !options_.keep_empty) return;
    const Image sample =
        resize_image(view_of(with_channels(image, header_.shape.channels)), header_.shape.width,
                     header_.shape.height, ResizeFilter::kLegacy);
    pixels.insert(pixels.end(), sample.pixels.begin(), sample.pixels.end());
    batch.ids.push_back(annotated.id);
    batch.boxes.push_back(std::move(label));
    ++batch.size;
  }

  static Image read(const std::string& path) {
    const auto source = io::open_source(path);
    const std::vector<std::byte> bytes = io::read_all(*source, kMaxFileBytes);
    return in_context(path, [&] { return decode_image(bytes); });
  }

  static double area(const io::Box& box) {
    return (double{box.x2} - double{box.x1}) * (double{box.y2} - double{box.y1});
  }

  [[nodiscard]] io::Box scaled(io::Box box, const Image& image) const {
    const double across = static_cast<double>(header_.shape.width) / image.width;
    const double down = static_cast<double>(header_.shape.height) / image.height;
    box.x1 = static_cast<float>(box.x1 * across);
    box.x2 = static_cast<float>(box.x2 * across);
    box.y1 = static_cast<float>(box.y1 * down);
    box.y2 = static_cast<float>(box.y2 * down);
    return box;
  }

  std::string name_;
  std::function<std::optional<AnnotatedImage>()> next_;
  BoxImageOptions options_;
};

}  // namespace

std::unique_ptr<SampleSource> open_box_images(std::string name,
                                              std::function<std::optional<AnnotatedImage>()> next,
                                              BoxImageOptions options) {
  return std::make_unique<BoxImageSource>(std::move(name), std::move(next), std::move(options));
}

}  // namespace akida::data
