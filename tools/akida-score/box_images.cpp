#include "akida-score/box_images.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "data/images/image_drawing.h"

namespace akida::score {
namespace {

constexpr std::size_t kNameBytes = 160;       // of an id in a file's name
constexpr std::int32_t kPixelsPerLine = 128;  // of the shorter side, for a pixel of thickness

data::Image image_of(const Shape& shape, const io::Batch& batch, std::size_t index) {
  const auto size = static_cast<std::size_t>(shape.size());
  const auto pixels = std::as_const(batch.dense).data<std::uint8_t>().subspan(index * size, size);
  const data::Image image{.width = shape.width,
                          .height = shape.height,
                          .channels = shape.channels,
                          .pixels = {pixels.begin(), pixels.end()}};
  return data::with_channels(image, 3);
}

}  // namespace

BoxImages::BoxImages(const std::string& images, std::string folder, std::string form)
    : source_(io::open_source(images)),
      reader_(*source_),
      folder_(std::move(folder)),
      form_(std::move(form)) {
  const io::StreamHeader& header = reader_.header();
  const bool suits = header.kind == io::StreamKind::kDense && header.dtype == DType::kU8 &&
                     (header.shape.channels == 1 || header.shape.channels == 3);
  if (!suits) {
    fail(ErrorKind::kInvalid, "{}: only 8-bit images of 1 or 3 channels can be drawn into",
         source_->name());
  }
}

void BoxImages::draw(const std::string& id, const std::vector<metrics::Detection>& detections) {
  while (taken_ == batch_.size) {
    taken_ = 0;
    if (!reader_.next(batch_)) {
      fail(ErrorKind::kInvalid, "{}: has only {} images, there are more results", source_->name(),
           drawn_);
    }
  }
  if (batch_.ids[taken_] != id) {
    fail(ErrorKind::kInvalid, "{}: image {} has id '{}', its result '{}'", source_->name(), drawn_,
         batch_.ids[taken_], id);
  }
  const Shape& shape = reader_.header().shape;
  data::Image image = image_of(shape, batch_, taken_++);
  const std::int32_t thickness =
      std::max(std::min(shape.width, shape.height) / kPixelsPerLine, std::int32_t{1});
  for (const metrics::Detection& detection : detections) {
    const metrics::Box& box = detection.box;
    data::draw_box(
        image,
        {box.x1 * shape.width, box.y1 * shape.height, box.x2 * shape.width, box.y2 * shape.height},
        data::colour_of_class(detection.class_index), thickness);
  }
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) fail(ErrorKind::kIo, "{}: cannot create: {}", folder_, error.message());
  const auto sink = io::open_sink(path_of(id));
  ++drawn_;
  sink->write(form_ == "png" ? data::encode_png(image) : data::encode_pnm(image));
  sink->close();
}

std::string BoxImages::path_of(const std::string& id) const {
  std::string name = id.substr(0, kNameBytes);
  std::ranges::replace(name, '/', '_');
  return (std::filesystem::path(folder_) / fmt::format("{:06}_{}.{}", drawn_, name, form_))
      .string();
}

}  // namespace akida::score
