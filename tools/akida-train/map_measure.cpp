#include "akida-train/map_measure.h"

#include <algorithm>

#include "base/error.h"
#include "metrics/average_precision.h"
#include "metrics/yolo_decoding.h"
#include "nn/batch_loader.h"
#include "nn/network_executor.h"

namespace akida::train {
namespace {

constexpr std::size_t kChunk = 32;  // samples of one call of the executor

// Boxes of the labels, in shares of the image.
std::vector<metrics::TrueBox> truth_of(const nn::SampleSet& samples, std::size_t index) {
  const Shape& shape = samples.header().shape;
  std::vector<metrics::TrueBox> truth;
  for (const io::Box& box : samples.label_of(index).boxes) {
    truth.push_back({{double{box.x1} / shape.width, double{box.y1} / shape.height,
                      double{box.x2} / shape.width, double{box.y2} / shape.height},
                     box.class_index,
                     box.difficult});
  }
  return truth;
}

// The choices of a measurement.
struct Choices {
  metrics::YoloThresholds thresholds;
  std::uint32_t max_boxes = 0;
  int jobs = 0;
};

nn::Measured mean_precision(const cnn::Network& network, const nn::SampleSubset& subset,
                            const Choices& choices) {
  const cnn::Dims& output = network.output_shape();
  metrics::YoloMap map{
      .rows = output[0], .columns = output[1], .anchors = network.info.anchors, .classes = 0};
  map.classes = metrics::yolo_classes(output[2], map.anchors);
  nn::NetworkExecutor executor(network, {.batch = kChunk, .jobs = choices.jobs});
  metrics::AveragePrecision precision({.max_boxes = choices.max_boxes});
  const std::span<const std::uint32_t> indices = subset.indices;
  for (std::size_t first = 0; first < indices.size(); first += kChunk) {
    const auto part = indices.subspan(first, std::min(kChunk, indices.size() - first));
    const std::span<const float> outputs =
        executor.forward(nn::load_batch(*subset.samples, part, choices.jobs).values);
    const std::size_t size = outputs.size() / part.size();
    for (std::size_t i = 0; i < part.size(); ++i) {
      precision.add(truth_of(*subset.samples, part[i]),
                    metrics::decode_yolo(map, outputs.subspan(i * size, size), choices.thresholds));
    }
  }
  const auto classes = static_cast<std::size_t>(map.classes);
  nn::Measured measured{.mean = metrics::mean_average_precision(precision.classes(), classes),
                        .per_class = std::vector<double>(classes, 0.0)};
  for (const auto& [index, of_class] : precision.classes()) {
    const auto place = static_cast<std::size_t>(index);
    if (index >= 0 && place < classes) measured.per_class[place] = of_class.average;
  }
  return measured;
}

}  // namespace

nn::ValidationMeasure map_measure(const TrainOptions& options, const nn::SampleSubset& validation) {
  const nn::SampleSet& samples = *validation.samples;
  if (samples.header().labels != io::LabelKind::kBoxes) {
    fail(ErrorKind::kInvalid, "{}: --map-every needs boxes as labels", samples.name());
  }
  const Choices choices{
      .thresholds = {.objectness = options.map_threshold, .overlap = options.map_nms_threshold},
      .max_boxes = options.map_max_boxes,
      .jobs = options.training.jobs};
  return {.every = options.map_every,
          .measure = [choices](const cnn::Network& network, const nn::SampleSubset& subset) {
            return mean_precision(network, subset, choices);
          }};
}

}  // namespace akida::train
