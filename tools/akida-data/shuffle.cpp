// akida-data shuffle - the samples of a stream in random order.
#include <memory>
#include <numeric>

#include "akida-data/stored_stream.h"
#include "akida-data/stream_output.h"
#include "akida-data/verbs.h"
#include "base/checked.h"
#include "base/random.h"
#include "common/shared_options.h"

namespace akida::data_tool {
namespace {

struct ShuffleOptions {
  std::string input = "-";
  StreamOutputOptions output;
  std::uint64_t seed = 0;
  std::optional<bool> progress;
};

int run(const ShuffleOptions& options) {
  cli::SampleInput input(options.input, options.progress);
  const StoredStream stream(input);
  std::vector<std::uint32_t> order(checked_cast<std::uint32_t>(stream.size(), "samples"));
  std::iota(order.begin(), order.end(), 0U);
  Random random(options.seed);
  partial_shuffle(order, order.size(), random);
  StreamOutput output(options.output, stream.header());
  for (const std::uint32_t index : order) output.write(stream.sample(index));
  output.close();
  return cli::kOk;
}

}  // namespace

cli::Command shuffle_verb() {
  const auto options = std::make_shared<ShuffleOptions>();
  return {.name = "shuffle",
          .purpose = "Write the samples of a stream in random order.",
          .examples = "akida-data shuffle --seed 1 train.aks -o shuffled.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input);
                add_stream_output(line, options->output);
                cli::add_seed(line, options->seed);
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
