// akida-data resize - the images of a stream at another size.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "akida-data/image_options.h"
#include "akida-data/stream_output.h"
#include "akida-data/verbs.h"
#include "base/error.h"
#include "base/parallel.h"
#include "common/sample_input.h"
#include "common/shared_options.h"

namespace akida::data_tool {
namespace {

struct ResizeOptions {
  std::string input = "-";
  StreamOutputOptions output;
  PreparationOptions preparation;
  int jobs = 0;
  std::optional<bool> progress;
};

bool moves_boxes(const data::ImagePreparation& preparation) {
  return preparation.training ||
         (preparation.fit && preparation.fit->mode != data::FitMode::kStretch);
}

io::StreamHeader resized_header(const io::StreamHeader& header, const std::string& name,
                                const data::ImagePreparation& preparation) {
  const std::int32_t channels = header.shape.channels;
  if (header.kind != io::StreamKind::kDense || header.dtype != DType::kU8 ||
      (channels != 1 && channels != 3)) {
    fail(ErrorKind::kInvalid, "{}: its samples are no images (u8, 1 or 3 channels)", name);
  }
  if (header.labels == io::LabelKind::kBoxes && moves_boxes(preparation)) {
    fail(ErrorKind::kInvalid, "{}: its boxes can only be stretched with their images", name);
  }
  io::StreamHeader resized = header;
  if (preparation.fit) {
    resized.shape.width = preparation.fit->width;
    resized.shape.height = preparation.fit->height;
  }
  if (preparation.channels != 0) resized.shape.channels = preparation.channels;
  return resized;
}

data::Image image_of(const io::Batch& batch, std::size_t index, const Shape& shape) {
  const auto size = static_cast<std::size_t>(shape.size());
  const auto pixels = batch.dense.data<std::uint8_t>().subspan(index * size, size);
  return {.width = shape.width,
          .height = shape.height,
          .channels = shape.channels,
          .pixels = {pixels.begin(), pixels.end()}};
}

void scale_boxes(const Shape& from, const Shape& to, std::vector<io::BoxLabel>& labels) {
  const float across = static_cast<float>(to.width) / static_cast<float>(from.width);
  const float down = static_cast<float>(to.height) / static_cast<float>(from.height);
  for (io::BoxLabel& label : labels) {
    for (io::Box& box : label.boxes) {
      box.x1 *= across;
      box.x2 *= across;
      box.y1 *= down;
      box.y2 *= down;
    }
  }
}

// `batch` begins with sample `first`.
void resize(io::Batch& batch, std::uint64_t first, const Shape& from, const Shape& to,
            const data::ImagePreparation& preparation, int jobs) {
  Dense images(DType::kU8,
               {static_cast<std::int64_t>(batch.size), to.height, to.width, to.channels});
  const auto out = images.data<std::uint8_t>();
  parallel_for(batch.size, jobs, [&](std::size_t i, int /*worker*/) {
    const data::Image image =
        data::prepare_image(image_of(batch, i, from), preparation, {}, first + i);
    std::ranges::copy(image.pixels, out.begin() + static_cast<std::ptrdiff_t>(i) * to.size());
  });
  batch.dense = std::move(images);
  scale_boxes(from, to, batch.boxes);
}

int run(const ResizeOptions& options) {
  const data::ImagePreparation preparation = preparation_of(options.preparation);
  if (!preparation.fit && preparation.channels == 0) {
    fail(ErrorKind::kUsage, "needs --size, --grey or --rgb");
  }
  data::validate(preparation);
  cli::SampleInput input(options.input, options.progress);
  const io::StreamHeader header = resized_header(input.header(), input.name(), preparation);
  input.bound_batches(static_cast<std::uint64_t>(header.shape.size()));
  StreamOutput output(options.output, header);
  std::uint64_t first = 0;
  for (io::Batch batch; input.next(batch);) {
    resize(batch, first, input.header().shape, header.shape, preparation, options.jobs);
    output.write(batch);
    first += batch.size;
  }
  output.close();
  return cli::kOk;
}

}  // namespace

cli::Command resize_verb() {
  const auto options = std::make_shared<ResizeOptions>();
  return {.name = "resize",
          .purpose = "Give the images of a stream another size.",
          .examples =
              "akida-data import npy photos.npy | akida-data resize --size 224 --fit imagenet\n"
              "akida-data resize --size 32 --training --seed 1 train.aks -o epoch1.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input);
                add_preparation(line, options->preparation);
                cli::add_jobs(line, options->jobs);
                add_stream_output(line, options->output);
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
