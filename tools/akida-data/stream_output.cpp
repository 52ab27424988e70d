#include "akida-data/stream_output.h"

#include "common/shared_options.h"

namespace akida::data_tool {
namespace {

std::unique_ptr<io::ByteSink> open_binary(const std::string& path) {
  cli::require_no_terminal(path);
  return io::open_sink(path);
}

}  // namespace

void add_compress(cli::CommandLine& line, bool& compress) {
  line.add_flag("-z,--compress", compress, "Compress the frames with zstd");
}

void add_stream_output(cli::CommandLine& line, StreamOutputOptions& options) {
  cli::add_output(line, options.path);
  add_compress(line, options.compress);
}

StreamOutput::StreamOutput(const StreamOutputOptions& options, const io::StreamHeader& header)
    : sink_(open_binary(options.path)), writer_(*sink_, header, {.compress = options.compress}) {}

void StreamOutput::close() {
  writer_.finish();
  sink_->close();
}

}  // namespace akida::data_tool
