// akida-quantize - give a CNN integer weights and activations, or other bits.
//
// Reads one CNN, writes one CNN; see man/akida-quantize.1.scd. The work is in lib/quant.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "akida-quantize/calibration.h"
#include "akida-quantize/quantize_options.h"
#include "akida-quantize/quantize_report.h"
#include "base/error.h"
#include "cnn/layer_quantizers.h"
#include "codec/model_file.h"
#include "common/command.h"
#include "common/history.h"
#include "lower/lowered_network.h"
#include "quant/channel_ranges.h"
#include "quant/equalize_layers.h"
#include "quant/fold_batchnorm.h"
#include "quant/round_weights.h"

namespace {

using namespace akida;
using quantize_tool::Calibration;
using quantize_tool::Options;

bool has_relu(const cnn::Network& network) {
  return std::any_of(network.layers().begin(), network.layers().end(),
                     [](const auto& layer) { return layer.type() == cnn::LayerType::kReLU; });
}

bool is_float(const cnn::Network& network) {
  return std::none_of(network.layers().begin(), network.layers().end(), cnn::is_quantized);
}

// Exact rewrites of the float network that were asked for.
cnn::Network prepared(cnn::Network network, const Options& options) {
  quant::require_usable_gammas(network);
  if (options.fold_bn) network = quant::fold_batchnorm(network);
  if (options.equalize && quant::equalize_layers(network) == 0) {
    spdlog::warn(
        "{}: no two layers can be equalized: ReLUs have a maximum, or normalizations "
        "stand between",
        options.model);
  }
  if (options.normalize_separable) quant::normalize_separable_layers(network);
  return network;
}

// What of its structure will keep the quantized network from becoming an SNN: training it would
// be in vain.
void warn_of_structure(const cnn::Network& network, const std::string& model) {
  if (!is_float(network)) return;
  for (const lower::Incompatibility& fault : lower::incompatibilities(network)) {
    spdlog::warn("{}: layer '{}' cannot be converted: {}", model, fault.layer, fault.reason);
  }
}

using Samples = std::optional<nn::SampleSet>;

cnn::Network quantized(const cnn::Network& network, const Samples& samples, const Options& options,
                       Calibration& calibration) {
  quant::QuantizeOptions quantization = options.quantization();
  if (samples && !quantization.activation_range && has_relu(network)) {
    quantization.activation_range = quant::ActivationRange::kMaximum;
  }
  cnn::Network result = quant::quantize(network, quantization);
  if (samples) calibration = quantize_tool::calibrate(network, *samples, options, result);
  return options.round_weights ? quant::round_weights(result) : result;
}

int run(const Options& options) {
  quantize_tool::check_options(options);
  cnn::Network network = codec::load_network(options.model);
  network = in_context(options.model, [&] { return prepared(std::move(network), options); });
  warn_of_structure(network, options.model);
  Samples samples;
  if (!options.calibrate.empty()) samples = quantize_tool::read_samples(options);
  Calibration calibration;
  network =
      in_context(options.model, [&] { return quantized(network, samples, options, calibration); });
  cli::record_history(network.info, {.options = options.history_words(), .inputs = {}},
                      options.no_history);
  codec::save_model(network, options.output);
  const quant::QuantizationReport report = quant::quantization_report(network);
  if (options.json) {
    quantize_tool::print_json(options.model, report, calibration);
  } else if (cli::invocation().verbosity > 0) {
    spdlog::info("{}\n{}", options.model, quantize_tool::report_text(report));
  }
  return cli::kOk;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return cli::tool_main(
      {.name = "akida-quantize",
       .purpose = "Give a CNN integer weights and activations, or other bits.",
       .examples = "akida-quantize -w 4 -a 4 -i 8 -o qcnn.fbz cnn.fbz\n"
                   "akida-quantize -w 4 -a 4 --calibrate train.aks --correct-bias -v "
                   "-o qcnn.fbz cnn.fbz\n"
                   "akida-quantize -w 2 -a 2 -o q2.fbz qcnn.fbz\n",
       .add_options = [&](cli::CommandLine& line) { quantize_tool::add_options(line, options); },
       .run = [&] { return run(options); },
       .verbs = {}},
      argc, argv);
}
