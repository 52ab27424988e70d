// akida-data features - the features of one sound.
#include <algorithm>
#include <memory>
#include <vector>

#include "akida-data/feature_options.h"
#include "akida-data/stream_output.h"
#include "akida-data/verbs.h"
#include "common/shared_options.h"
#include "data/sample_id.h"
#include "data/sounds/resampler.h"
#include "io/npy.h"

namespace akida::data_tool {
namespace {

struct FeaturesOptions {
  std::string input = "-";
  std::string output = "-";
  std::string format = "text";
  data::FeatureSettings features;
};

// One line per row, numbers as short as float32 allows.
void write_text(const std::string& path, std::span<const float> values, std::size_t columns) {
  const auto sink = io::open_sink(path);
  for (std::size_t row = 0; row < values.size(); row += columns) {
    const auto cells = values.subspan(row, columns);
    sink->write(fmt::format("{}\n", fmt::join(cells.begin(), cells.end(), " ")));
  }
  sink->close();
}

void write_npy(const std::string& path, std::span<const float> values, const Shape& shape) {
  cli::require_no_terminal(path);
  const auto sink = io::open_sink(path);
  io::write_npy(*sink, Dense::from(values, {shape.height, shape.width, shape.channels}));
  sink->close();
}

void write_stream_of_one(const FeaturesOptions& options, std::span<const float> values,
                         const Shape& shape) {
  StreamOutput output({.path = options.output}, {.dtype = DType::kF32, .shape = shape});
  io::Batch batch;
  batch.size = 1;
  batch.ids.push_back(data::id_of_path(options.input));
  batch.dense = Dense::from(values, {1, shape.height, shape.width, shape.channels});
  output.write(batch);
  output.close();
}

int run(const FeaturesOptions& options) {
  require_use(options.features);
  data::FeatureExtractor extractor(options.features);
  const Shape shape = options.features.shape();
  const auto source = io::open_source(options.input);
  data::Resampler resampler(options.features.rate);
  const std::vector<float> clip =
      data::read_clip(*source, resampler, options.features.clip_samples());
  std::vector<double> features(static_cast<std::size_t>(shape.size()));
  extractor.compute(clip, features);
  std::vector<float> values(features.size());
  std::ranges::transform(features, values.begin(),
                         [](double value) { return static_cast<float>(value); });
  if (options.format == "npy") {
    write_npy(options.output, values, shape);
  } else if (options.format == "aks") {
    write_stream_of_one(options, values, shape);
  } else {
    write_text(options.output, values, static_cast<std::size_t>(shape.width));
  }
  return cli::kOk;
}

}  // namespace

cli::Command features_verb() {
  const auto options = std::make_shared<FeaturesOptions>();
  return {.name = "features",
          .purpose = "Write the features of one sound: MFCC or a spectrogram.",
          .examples =
              "akida-data features yes.wav\n"
              "akida-data features --window 40 --format npy -o yes.npy - <yes.flac\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input, "SOUND");
                cli::add_output(line, options->output);
                line.add_option("--format", options->format, "Form of the output")
                    .one_of({"text", "npy", "aks"})
                    .show_default();
                add_feature_options(line, options->features);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
