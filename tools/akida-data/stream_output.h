// The stream a verb writes.
#pragma once

#include <memory>
#include <string>

#include "common/command_line.h"
#include "io/bytes.h"
#include "io/stream.h"

namespace akida::data_tool {

struct StreamOutputOptions {
  std::string path = "-";
  bool compress = false;
};

// -z, --compress.
void add_compress(cli::CommandLine& line, bool& compress);

// -o, --output and -z, --compress.
void add_stream_output(cli::CommandLine& line, StreamOutputOptions& options);

class StreamOutput {
 public:
  // Creates the file and writes the header. Refuses a terminal.
  StreamOutput(const StreamOutputOptions& options, const io::StreamHeader& header);

  void write(const io::Batch& batch) { writer_.write(batch); }

  // Whoever reads the other end of a pipe has all samples so far.
  void flush() { writer_.flush(); }

  // Writes the end and gives the file its name.
  void close();

 private:
  std::unique_ptr<io::ByteSink> sink_;
  io::StreamWriter writer_;
};

}  // namespace akida::data_tool
