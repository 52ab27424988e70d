// akida-convert - turn a quantized CNN into a spiking network of integers.
//
// Reads a quantized CNN, writes an SNN or says why there is none; see man/akida-convert.1.scd.
// The arithmetic is in lib/lower, the layouts in lib/convert/snn_from_cnn.cpp.
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <string>

#include "akida-convert/check_report.h"
#include "akida-convert/conversion.h"
#include "akida-convert/verify.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "common/command.h"
#include "common/history.h"
#include "common/shared_options.h"

namespace {

using namespace akida;
using convert_tool::Conversion;
using convert_tool::Options;

void add_options(cli::CommandLine& line, Options& options) {
  cli::add_model(line, options.model);
  cli::Option output = cli::add_output(line, options.output);
  line.add_option("--input-scaling", options.input_scaling,
                  "Samples u mean x = (u - B) / A, for a model that does not say it itself")
      .type_name("A,B")
      .separated_by_comma(2);
  line.add_option("--input", options.input,
                  "What the samples are: image (1 or 3 channels) or events (values 0..15); by "
                  "default images where the channels allow it")
      .one_of({"image", "events"});
  line.add_flag("--documented", options.documented,
                "Round thresholds and steps as the documented converter does");
  cli::Option check = line.add_flag("--check", options.check,
                                    "Only say whether the model can be converted, and why not");
  cli::Option verify =
      line.add_option("--verify", options.verify,
                      "Run both networks on the samples of this stream, compare every layer's "
                      "values and write the SNN only where all are equal")
          .type_name("DATA")
          .excludes(check);
  cli::add_json(line, options.json);
  cli::add_jobs(line, options.jobs).needs(verify);
  cli::add_progress(line, options.progress);
  cli::add_no_history(line, options.no_history).excludes(check);
  output.excludes(check);
}

void save(snn::Model& model, const Options& options) {
  cli::HistoryWords words;
  if (!options.input_scaling.empty()) {
    words.options = {"--input-scaling", fmt::format("{}", fmt::join(options.input_scaling, ","))};
  }
  if (!options.input.empty()) words.options.insert(words.options.end(), {"--input", options.input});
  if (options.documented) words.options.emplace_back("--documented");
  cli::record_history(model.info, words, options.no_history);
  codec::save_model(model, options.output);
}

int convert(const cnn::Network& network, const Options& options) {
  Conversion result = in_context(options.model, [&] { return convert_cnn(network, options); });
  for (const lower::Finding& finding : result.findings) {
    const std::string text =
        fmt::format("{}: layer '{}': {}", options.model, finding.layer, finding.text);
    if (finding.is_error) throw Error(ErrorKind::kInvalid, text);
    spdlog::warn("{}", text);
  }
  const bool verifies = !options.verify.empty();
  if (verifies && !convert_tool::verify(network, result, options)) return cli::kNo;
  if (!verifies || options.output != "-") save(*result.model, options);
  return cli::kOk;
}

int run(const Options& options) {
  convert_tool::check_options(options);
  const cnn::Network network = convert_tool::load_cnn(options);
  return options.check ? convert_tool::check(network, options) : convert(network, options);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return cli::tool_main({.name = "akida-convert",
                         .purpose = "Turn a quantized CNN into a spiking network of integers.",
                         .examples = "akida-convert -o snn.fbz qcnn.fbz\n"
                                     "akida-convert --verify test.aks -o snn.fbz qcnn.fbz\n"
                                     "akida-convert --check --json qcnn.fbz\n",
                         .add_options = [&](cli::CommandLine& line) { add_options(line, options); },
                         .run = [&] { return run(options); },
                         .verbs = {}},
                        argc, argv);
}
