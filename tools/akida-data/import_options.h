// What the import of every format shares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "akida-data/stream_output.h"
#include "common/command_line.h"
#include "data/sample_source.h"

namespace akida::data_tool {

struct ImportOptions {
  StreamOutputOptions output;
  std::string class_names;  // path, empty: none
  std::optional<bool> progress;
  bool flush = false;  // hand on every batch at once
};

// --class-names, --output, --compress and --progress.
void add_import_options(cli::CommandLine& line, ImportOptions& options);

// --label CLASS, of all samples.
void add_label(cli::CommandLine& line, std::optional<std::int32_t>& label);

// The lines of the file named by --class-names; none without it.
[[nodiscard]] std::vector<std::string> class_names_of(const ImportOptions& options);

// Likewise, no two of them equal: for names that samples are found by.
[[nodiscard]] std::vector<std::string> distinct_class_names_of(const ImportOptions& options);

// Writes all samples of `source`; returns the exit status. Throws kUsage
// for class names of samples without labels.
[[nodiscard]] int write_stream(const ImportOptions& options, data::SampleSource& source);

}  // namespace akida::data_tool
