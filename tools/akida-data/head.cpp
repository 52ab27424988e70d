// akida-data head - the first samples of a stream.
#include <algorithm>
#include <memory>

#include "akida-data/stream_output.h"
#include "akida-data/verbs.h"
#include "common/sample_input.h"
#include "common/shared_options.h"
#include "io/batch.h"

namespace akida::data_tool {
namespace {

struct HeadOptions {
  std::string input = "-";
  StreamOutputOptions output;
  std::size_t samples = 10;
};

int run(const HeadOptions& options) {
  cli::SampleInput input(options.input, false);
  StreamOutput output(options.output, input.header());
  std::size_t left = options.samples;
  for (io::Batch batch; left > 0 && input.next(batch);) {
    const std::size_t count = std::min(left, batch.size);
    io::Batch part;
    io::append(input.header(), batch, 0, count, part);
    output.write(part);
    left -= count;
  }
  output.close();
  return cli::kOk;
}

}  // namespace

cli::Command head_verb() {
  const auto options = std::make_shared<HeadOptions>();
  return {.name = "head",
          .purpose = "Write the first samples of a stream.",
          .examples = "akida-data head -n 100 train.aks -o first.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                line.add_option("-n,--samples", options->samples, "Samples to write")
                    .type_name("N")
                    .show_default();
                cli::add_input(line, options->input);
                add_stream_output(line, options->output);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
