#include "akida-quantize/calibration.h"

#include <algorithm>

#include "base/error.h"
#include "cnn/layer_quantizers.h"
#include "common/sample_input.h"
#include "io/batch.h"

namespace akida::quantize_tool {
namespace {

// Appends samples of `input` until `samples` has `most`.
void append_some(cli::SampleInput& input, std::uint64_t most, nn::SampleSet& samples) {
  io::Batch batch;
  while (samples.size() < most && input.next(batch)) {
    const std::size_t room = static_cast<std::size_t>(most - samples.size());
    if (batch.size <= room) {
      samples.append(std::move(batch));
    } else {
      io::Batch head;
      io::append(input.header(), batch, 0, room, head);
      samples.append(std::move(head));
    }
    batch = {};
  }
}

void require_float(const cnn::Network& network, std::string_view option) {
  for (const cnn::Layer& layer : network.layers()) {
    if (cnn::is_quantized(layer)) {
      fail(ErrorKind::kInvalid,
           "layer '{}' is quantized already, but {} compares with the float network", layer.name,
           option);
    }
  }
}

}  // namespace

nn::SampleSet read_samples(const Options& options) {
  std::optional<nn::SampleSet> samples;
  for (const std::string& path : options.calibrate) {
    cli::SampleInput input(path, options.progress);
    if (!samples) samples.emplace(input.header());
    const io::StreamHeader &first = samples->header(), &other = input.header();
    if (other.kind != first.kind || other.dtype != first.dtype || !(other.shape == first.shape) ||
        other.labels != first.labels || other.targets != first.targets) {
      fail(ErrorKind::kInvalid, "{}: its samples are of another kind than those of {}", path,
           options.calibrate.front());
    }
    append_some(input, options.samples, *samples);
  }
  if (samples->size() == 0) {
    fail(ErrorKind::kInvalid, "{}: there are no samples", options.calibrate.front());
  }
  return std::move(*samples);
}

Calibration calibrate(const cnn::Network& original, const nn::SampleSet& samples,
                      const Options& options, cnn::Network& quantized) {
  Calibration result{.samples = samples.size(), .ranges = {}, .roundings = {}, .shifts = {}};
  if (options.adaptive_rounding) require_float(original, "--adaptive-rounding");
  if (options.correct_bias) require_float(original, "--correct-bias");
  if (options.activation_range != "discrete") {
    result.ranges = quant::activation_ranges(original, quantized, samples, options.jobs);
    quant::set_activation_ranges(quantized, result.ranges);
  }
  if (options.adaptive_rounding) {
    quantized =
        quant::round_adaptively(original, quantized, samples, options.jobs, &result.roundings);
  }
  if (options.correct_bias) {
    quantized = quant::correct_biases(original, quantized, samples, options.jobs, &result.shifts);
  }
  return result;
}

}  // namespace akida::quantize_tool
