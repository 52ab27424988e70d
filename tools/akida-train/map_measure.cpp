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
constexpr std::size_t kMaxBoxes = 10;

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

double mean_precision(const cnn::Network& network, const nn::SampleSubset& subset,
                      const metrics::YoloThresholds& thresholds, int jobs) {
  const cnn::Dims& output = network.output_shape();
  metrics::YoloMap map{
      .rows = output[0], .columns = output[1], .anchors = network.info.anchors, .classes = 0};
  map.classes = metrics::yolo_classes(output[2], map.anchors);
  nn::NetworkExecutor executor(network, {.batch = kChunk, .jobs = jobs});
  metrics::AveragePrecision precision({.max_boxes = kMaxBoxes});
  const std::span<const std::uint32_t> indices = subset.indices;
  for (std::size_t first = 0; first < indices.size(); first += kChunk) {
    const auto part = indices.subspan(first, std::min(kChunk, indices.size() - first));
    const std::span<const float> outputs =
        executor.forward(nn::load_batch(*subset.samples, part, jobs).values);
    const std::size_t size = outputs.size() / part.size();
    for (std::size_t i = 0; i < part.size(); ++i) {
      precision.add(truth_of(*subset.samples, part[i]),
                    metrics::decode_yolo(map, outputs.subspan(i * size, size), thresholds));
    }
  }
  return metrics::mean_average_precision(precision.classes());
}

}  // namespace

nn::ValidationMeasure map_measure(const TrainOptions& options, const nn::SampleSubset& validation) {
  const nn::SampleSet& samples = *validation.samples;
  if (samples.header().labels != io::LabelKind::kBoxes) {
    fail(ErrorKind::kInvalid, "{}: --map-every needs boxes as labels", samples.name());
  }
  const metrics::YoloThresholds thresholds{.objectness = options.map_threshold};
  const int jobs = options.training.jobs;
  return {
      .every = options.map_every,
      .measure = [thresholds, jobs](const cnn::Network& network, const nn::SampleSubset& subset) {
        return mean_precision(network, subset, thresholds, jobs);
      }};
}

}  // namespace akida::train
