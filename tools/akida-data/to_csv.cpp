// akida-data to-csv - the events of a stream as text.
#include <memory>

#include "akida-data/verbs.h"
#include "base/error.h"
#include "common/sample_input.h"
#include "common/shared_options.h"

namespace akida::data_tool {
namespace {

struct ToCsvOptions {
  std::string input = "-";
  std::string output = "-";
  bool flush = false;
  std::optional<bool> progress;
};

int run(const ToCsvOptions& options) {
  cli::SampleInput input(options.input, options.progress);
  if (input.header().kind == io::StreamKind::kDense) {
    fail(ErrorKind::kInvalid, "{}: its samples are dense, not events", input.name());
  }
  const bool timed = input.header().kind == io::StreamKind::kRawEvents;
  const auto sink = io::open_sink(options.output);
  sink->write(timed ? "sample,x,y,polarity,value,time\n" : "sample,x,y,polarity,value\n");
  if (options.flush) sink->flush();
  std::uint64_t sample = 0;
  for (io::Batch batch; input.next(batch);) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < batch.size; ++i, ++sample) {
      for (std::uint32_t e = 0; e < batch.event_counts[i]; ++e) {
        const io::Event& event = batch.events[next++];
        std::string line =
            fmt::format("{},{},{},{},{}", sample, event.x, event.y, event.c, event.value);
        if (timed) line += fmt::format(",{}", event.time);
        sink->write(line + "\n");
      }
    }
    if (options.flush) sink->flush();
  }
  sink->close();
  return cli::kOk;
}

}  // namespace

cli::Command to_csv_verb() {
  const auto options = std::make_shared<ToCsvOptions>();
  return {.name = "to-csv",
          .purpose = "Write the events of a stream as text, one per line.",
          .examples = "akida-data to-csv spikes.aks | head\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input);
                cli::add_output(line, options->output);
                line.add_flag("--flush", options->flush,
                              "Write every sample as soon as it arrives");
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
