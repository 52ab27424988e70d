// akida-data scale - real values as bytes.
#include <charconv>
#include <memory>
#include <optional>
#include <string>

#include "akida-data/repeated_input.h"
#include "akida-data/stream_output.h"
#include "akida-data/verbs.h"
#include "base/error.h"
#include "base/log.h"
#include "common/report.h"
#include "common/sample_input.h"
#include "common/shared_options.h"
#include "data/byte_scaling.h"

namespace akida::data_tool {
namespace {

constexpr std::uint64_t kMaxScalingBytes = 1U << 20;

struct ScaleOptions {
  std::string input = "-";
  StreamOutputOptions output;
  std::string percentiles = "0.5,99.5";
  std::string range;  // LOW,HIGH, empty: from percentiles
  std::string from;   // file, empty: none
  std::string save;
  std::optional<bool> progress;
};

std::pair<double, double> parse_pair(const char* option, const std::string& text) {
  const std::size_t comma = text.find(',');
  const auto parse = [&](std::string_view part) {
    double value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error != std::errc() || end != part.data() + part.size()) {
      fail(ErrorKind::kUsage, "{} '{}' is not two numbers with a comma between", option, text);
    }
    return value;
  };
  if (comma == std::string::npos) static_cast<void>(parse(text + ","));
  const std::string_view view(text);
  return {parse(view.substr(0, comma)), parse(view.substr(comma + 1))};
}

// Likewise, the first below the second.
data::ByteScaling parse_range(const char* option, const std::string& text) {
  const auto [low, high] = parse_pair(option, text);
  const data::ByteScaling scaling{low, high};
  try {
    data::validate(scaling);
  } catch (const Error& error) {
    fail(ErrorKind::kUsage, "{}: {}", option, error.what());
  }
  return scaling;
}

data::ByteScaling find_range(const RepeatedInput& input, const std::string& percentiles) {
  const auto [low, high] = parse_pair("--percentiles", percentiles);
  data::PercentileFinder finder({low, high});
  // Errors of reading have the name already.
  const auto named = [&](const auto& work) { in_context(input.name(), work); };
  input.for_each_batch(
      [&](const io::Batch& batch) { named([&] { finder.count(batch.dense.data<float>()); }); });
  named([&] { finder.start_second_pass(); });
  input.for_each_batch([&](const io::Batch& batch) { finder.refine(batch.dense.data<float>()); });
  return {finder.percentile(0), finder.percentile(1)};
}

data::ByteScaling read_scaling(const std::string& path) {
  const auto source = io::open_source(path);
  const std::vector<std::byte> bytes = io::read_all(*source, kMaxScalingBytes);
  const auto json = nlohmann::json::parse(
      reinterpret_cast<const char*>(bytes.data()),
      reinterpret_cast<const char*>(bytes.data()) + bytes.size(), nullptr, false);
  if (json.is_discarded()) {
    fail(ErrorKind::kFormat, "{}: no JSON, or a number in it exceeds what float64 holds",
         source->name());
  }
  const auto number = [&](const char* key) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_number()) {
      fail(ErrorKind::kFormat, "{}: no JSON object with a number '{}'", source->name(), key);
    }
    return json[key].get<double>();
  };
  const data::ByteScaling scaling{number("low"), number("high")};
  in_context(source->name(), [&] { data::validate(scaling); });
  return scaling;
}

void save_scaling(const std::string& path, const data::ByteScaling& scaling) {
  nlohmann::ordered_json report = cli::make_report("scaling");
  const auto [a, b] = scaling.input_scaling();
  report["low"] = scaling.low;
  report["high"] = scaling.high;
  report["input_scaling"] = {a, b};
  const auto sink = io::open_sink(path);
  sink->write(cli::json_text(report, 2) + "\n");
  sink->close();
}

data::ByteScaling scaling_of(const ScaleOptions& options, const RepeatedInput& input) {
  if (!options.from.empty()) return read_scaling(options.from);
  if (!options.range.empty()) return parse_range("--range", options.range);
  const data::ByteScaling scaling = find_range(input, options.percentiles);
  in_context(input.name(), [&] { data::validate(scaling); });
  return scaling;
}

int run(const ScaleOptions& options) {
  cli::require_one_standard_input({options.input, options.from});
  cli::require_separate_outputs({options.output.path, options.save}, {options.input, options.from});
  if (options.range.empty()) static_cast<void>(parse_range("--percentiles", options.percentiles));
  if (!options.range.empty()) static_cast<void>(parse_range("--range", options.range));
  const RepeatedInput input(options.input, options.progress);
  io::StreamHeader header = input.header();
  if (header.kind != io::StreamKind::kDense || header.dtype != DType::kF32) {
    fail(ErrorKind::kInvalid, "{}: its samples are not f32", input.name());
  }
  const data::ByteScaling scaling = scaling_of(options, input);
  header.dtype = DType::kU8;
  header.scale = static_cast<float>(scaling.step());
  StreamOutput output(options.output, header);
  input.for_each_batch([&](const io::Batch& batch) {
    io::Batch bytes = batch;
    bytes.dense = Dense(DType::kU8, batch.dense.dims());
    scaling.apply(batch.dense.data<float>(), bytes.dense.data<std::uint8_t>());
    output.write(bytes);
  });
  if (!options.save.empty()) save_scaling(options.save, scaling);
  output.close();
  const auto [a, b] = scaling.input_scaling();
  log_info("0 is {:.9g}, 255 is {:.9g}: input scaling {:.9g},{:.9g}", scaling.low, scaling.high, a,
           b);
  return cli::kOk;
}

}  // namespace

cli::Command scale_verb() {
  const auto options = std::make_shared<ScaleOptions>();
  return {.name = "scale",
          .purpose = "Make bytes of real values, by a range that most of them are in.",
          .examples =
              "akida-data scale train_f32.aks --save range.json -o train.aks\n"
              "akida-data scale test_f32.aks --from range.json -o test.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input);
                add_stream_output(line, options->output);
                cli::Option percentiles =
                    line.add_option("--percentiles", options->percentiles,
                                    "Percentiles of all values that become 0 and 255")
                        .type_name("LOW,HIGH")
                        .show_default();
                cli::Option range = line.add_option("--range", options->range,
                                                    "Values that become 0 and 255 instead")
                                        .type_name("LOW,HIGH")
                                        .excludes(percentiles);
                line.add_option("--from", options->from, "Take the range from this file instead")
                    .type_name("FILE")
                    .excludes(percentiles)
                    .excludes(range);
                line.add_option("--save", options->save, "Write the range to this file")
                    .type_name("FILE");
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
