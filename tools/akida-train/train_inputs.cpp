#include "akida-train/train_inputs.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/error.h"
#include "cnn/initializers.h"
#include "codec/model_file.h"
#include "common/class_names.h"
#include "common/sample_input.h"
#include "metrics/yolo_decoding.h"
#include "nn/regularization.h"

namespace akida::train {
namespace {

nn::SampleSet read_samples(const std::string& path, const std::optional<bool>& progress) {
  cli::SampleInput input(path, progress);
  if (input.header().kind == io::StreamKind::kRawEvents) {
    fail(ErrorKind::kInvalid, "{}: raw events are no samples: cut them into packets first",
         input.name());
  }
  nn::SampleSet set(input.header(), input.name());
  io::Batch batch;
  while (input.next(batch)) {
    set.append(std::move(batch));
    batch = {};
  }
  if (set.size() == 0) fail(ErrorKind::kInvalid, "{}: the stream has no samples", input.name());
  return set;
}

bool is_zero(const cnn::Variable& variable) {
  const std::span<const float> values = variable.value.data<float>();
  return std::ranges::all_of(values, [](float value) { return value == 0; });
}

std::size_t count_zero_kernels(const cnn::Network& network) {
  std::size_t count = 0;
  for (const cnn::Layer& layer : network.layers()) {
    for (const cnn::Variable& variable : layer.variables) {
      count += variable.name.ends_with("kernel") && is_zero(variable) ? 1 : 0;
    }
  }
  return count;
}

std::string describe(const nn::SampleSet& samples) {
  return fmt::format("{} samples, checksum {:#010x}", samples.size(), samples.fingerprint());
}

}  // namespace

TrainData::TrainData(const TrainOptions& options)
    : training_set_(read_samples(options.data, options.progress)) {
  training_ = nn::all_of(training_set_);
  if (!options.validation.empty()) {
    validation_set_ = read_samples(options.validation, options.progress);
    cli::require_same_names(validation_set_->header().class_names, options.validation,
                            training_set_.header().class_names, options.data);
    validation_ = nn::all_of(*validation_set_);
  } else if (options.validation_share > 0) {
    nn::Split split = nn::split_samples(training_, options.validation_share, options.training.seed);
    training_ = std::move(split.training);
    validation_ = std::move(split.validation);
  }
}

std::string TrainData::fingerprint() const {
  return describe(training_set_) +
         (validation_set_ ? "; validation: " + describe(*validation_set_) : "");
}

cnn::Network load_student(const TrainOptions& options) {
  cnn::Network network = codec::load_network(options.model);
  if (const std::size_t zero = count_zero_kernels(network); zero > 0) {
    spdlog::info("{}: initialising {} kernels that are zero with seed {}", options.model, zero,
                 options.training.seed);
    cnn::initialize_zero_kernels(network, options.training.seed);
  }
  if (options.min_gamma) {
    const auto limit = static_cast<float>(*options.min_gamma);
    if (const std::size_t count = nn::add_gamma_constraint(network, limit); count > 0) {
      spdlog::warn("{}: {} layers had another min_gamma, which {} replaces", options.model, count,
                   *options.min_gamma);
    }
  }
  return network;
}

void adopt_class_names(cnn::Network& network, const TrainOptions& options,
                       const io::StreamHeader& header) {
  if (network.output_shape().empty()) return;
  const std::int32_t outputs = network.output_shape().back();
  const bool detects = header.labels == io::LabelKind::kBoxes && !network.info.anchors.empty();
  const std::int32_t classes =
      detects ? metrics::yolo_classes(outputs, network.info.anchors) : outputs;
  std::vector<std::string>& names = network.info.class_names;
  if (names.size() == static_cast<std::size_t>(classes)) {
    cli::require_same_names(header.class_names, options.data, names, options.model);
  } else if (header.class_names.size() == static_cast<std::size_t>(classes)) {
    names = header.class_names;
  }
}

}  // namespace akida::train
