#include "akida-quantize/quantize_options.h"

#include <fmt/ranges.h>

#include <array>
#include <charconv>

#include "base/error.h"
#include "common/shared_options.h"

namespace akida::quantize_tool {
namespace {

template <typename T>
struct Word {
  const char* word;
  T value;
};

constexpr std::array<Word<quant::WeightRange>, 7> kRanges = {{
    {"mse", quant::WeightRange::kLeastError},
    {"lsq", quant::WeightRange::kLsq},
    {"max", quant::WeightRange::kMax},
    {"max-tensor", quant::WeightRange::kMaxTensor},
    {"std", quant::WeightRange::kStd},
    {"std-tensor", quant::WeightRange::kStdTensor},
    {"trainable-std", quant::WeightRange::kTrainableStd},
}};

constexpr std::array<Word<quant::ActivationRange>, 3> kActivationRanges = {{
    {"discrete", quant::ActivationRange::kDiscrete},
    {"max", quant::ActivationRange::kMaximum},
    {"trained", quant::ActivationRange::kTrained},
}};

template <typename Words>
std::vector<std::string> names_of(const Words& words) {
  std::vector<std::string> names;
  for (const auto& word : words) names.emplace_back(word.word);
  return names;
}

template <typename T, std::size_t N>
std::optional<T> value_of(const std::array<Word<T>, N>& words, const std::string& text) {
  for (const Word<T>& word : words) {
    if (text == word.word) return word.value;
  }
  return std::nullopt;
}

void add_bits(cli::CommandLine& line, const std::string& name, std::optional<std::int32_t>& bits,
              const std::string& help) {
  line.add_option(name, bits, help).type_name("BITS");
}

}  // namespace

void add_options(cli::CommandLine& line, Options& options) {
  cli::add_model(line, options.model);
  cli::add_output(line, options.output);
  add_bits(line, "-w,--weights", options.weights,
           "Bits of all weights, 2..8; 0 keeps them float. Unset: as they are");
  add_bits(line, "-a,--activations", options.activations,
           "Bits of all ReLUs, 1..8; 0 keeps them float. Unset: as they are");
  add_bits(line, "-i,--input-weights", options.input_weights,
           "Bits of the first layer's weights; by default those of --weights");
  line.add_option("--layer", options.layers,
                  "Bits of one layer's weights, or of one activation; repeatable")
      .type_name("NAME=BITS")
      .repeatable();
  line.add_option("--range", options.range,
                  "Limits of weights; by default mse below 8 bits and max at 8, and quantized "
                  "layers keep theirs")
      .one_of(names_of(kRanges));
  line.add_option("--activation-range", options.activation_range,
                  "Ranges of activations; by default discrete, with --calibrate max, and quantized "
                  "ones keep theirs")
      .one_of(names_of(kActivationRanges));
  line.add_flag("--fold-bn", options.fold_bn, "Fold batch normalizations into weights first");
  line.add_flag("--normalize-separable", options.normalize_separable,
                "Give the channels of depthwise kernels equal ranges first");
  line.add_flag("--equalize", options.equalize,
                "Give channels equal ranges on both sides of unbounded ReLUs first");
  cli::Option calibrate =
      line.add_option("--calibrate", options.calibrate,
                      "Samples that ranges of activations are taken from; repeatable")
          .type_name("DATA")
          .repeatable();
  line.add_option("--samples", options.samples, "Use at most so many of them")
      .needs(calibrate)
      .show_default();
  line.add_flag("--correct-bias", options.correct_bias,
                "Take the mean error on these samples out of every layer's bias")
      .needs(calibrate);
  line.add_flag("--adaptive-rounding", options.adaptive_rounding,
                "Choose codes that keep the outputs on these samples, not the nearest ones")
      .needs(calibrate);
  line.add_flag("--round-weights", options.round_weights,
                "Replace weights by what their codes stand for last: a small file, the same codes");
  cli::add_json(line, options.json);
  cli::add_jobs(line, options.jobs);
  cli::add_progress(line, options.progress);
  cli::add_no_history(line, options.no_history);
}

quant::QuantizeOptions Options::quantization() const {
  quant::QuantizeOptions result{.weight_bits = weights,
                                .activation_bits = activations,
                                .input_weight_bits = input_weights,
                                .layer_bits = {},
                                .weight_range = value_of(kRanges, range),
                                .activation_range = value_of(kActivationRanges, activation_range),
                                .jobs = jobs};
  for (const std::string& text : layers) {
    const std::size_t equals = text.find('=');
    std::int32_t bits = -1;
    const char* end = text.data() + text.size();
    if (equals == std::string::npos || equals == 0 ||
        std::from_chars(text.data() + equals + 1, end, bits).ptr != end || bits < 0) {
      fail(ErrorKind::kUsage, "--layer '{}' is not NAME=BITS", text);
    }
    if (!result.layer_bits.emplace(text.substr(0, equals), bits).second) {
      fail(ErrorKind::kUsage, "--layer '{}': the layer was already given", text);
    }
  }
  return result;
}

std::vector<std::string> Options::history_words() const {
  std::vector<std::string> words;
  const auto add = [&](const char* name, const auto& value) {
    words.emplace_back(name);
    words.push_back(fmt::format("{}", value));
  };
  if (weights) add("--weights", *weights);
  if (activations) add("--activations", *activations);
  if (input_weights) add("--input-weights", *input_weights);
  for (const std::string& layer : layers) add("--layer", layer);
  if (!range.empty()) add("--range", range);
  if (!activation_range.empty()) add("--activation-range", activation_range);
  if (fold_bn) words.emplace_back("--fold-bn");
  if (normalize_separable) words.emplace_back("--normalize-separable");
  if (equalize) words.emplace_back("--equalize");
  for (const std::string& path : calibrate) add("--calibrate", cli::base_name(path));
  if (!calibrate.empty()) add("--samples", samples);
  if (adaptive_rounding) words.emplace_back("--adaptive-rounding");
  if (correct_bias) words.emplace_back("--correct-bias");
  if (round_weights) words.emplace_back("--round-weights");
  return words;
}

void check_options(const Options& options) {
  static_cast<void>(options.quantization());
  const bool changes = options.weights || options.activations || options.input_weights ||
                       !options.layers.empty() || !options.range.empty() ||
                       !options.activation_range.empty() || options.fold_bn ||
                       options.normalize_separable || options.equalize || options.round_weights;
  if (!changes) {
    fail(ErrorKind::kUsage,
         "nothing to do: give --weights, --activations, --layer, --range, --activation-range, "
         "--fold-bn, --normalize-separable, --equalize or --round-weights");
  }
  const bool only_ranges =
      !options.calibrate.empty() && !options.correct_bias && !options.adaptive_rounding;
  if (options.activation_range == "discrete" && only_ranges) {
    fail(ErrorKind::kUsage, "--activation-range discrete takes no range from --calibrate");
  }
  if (options.json && options.output == "-") {
    fail(ErrorKind::kUsage, "--json prints the report on standard output: give the model -o FILE");
  }
  cli::require_separate_outputs({options.output}, options.calibrate);
  std::vector<std::string> inputs = options.calibrate;
  inputs.push_back(options.model);
  cli::require_one_standard_input(inputs);
  cli::require_no_terminal(options.output);
}

}  // namespace akida::quantize_tool
