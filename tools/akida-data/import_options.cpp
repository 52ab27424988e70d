#include "akida-data/import_options.h"

#include "base/error.h"
#include "common/command.h"
#include "common/progress.h"
#include "common/shared_options.h"
#include "data/gzip.h"
#include "data/lines.h"
#include "io/batch.h"

namespace akida::data_tool {

void add_import_options(cli::CommandLine& line, ImportOptions& options) {
  line.add_option("--class-names", options.class_names,
                  "File with the name of one class per line, from class 0");
  add_stream_output(line, options.output);
  cli::add_progress(line, options.progress);
}

void add_label(cli::CommandLine& line, std::optional<std::int32_t>& label) {
  line.add_option("--label", label, "Class of all samples").range(0, 65535);
}

std::vector<std::string> class_names_of(const ImportOptions& options) {
  if (options.class_names.empty()) return {};
  std::vector<std::string> names =
      data::read_class_names(data::open_uncompressed(options.class_names));
  if (names.empty()) fail(ErrorKind::kInvalid, "{}: no class names in it", options.class_names);
  return names;
}

std::vector<std::string> distinct_class_names_of(const ImportOptions& options) {
  std::vector<std::string> names = class_names_of(options);
  in_context(options.class_names, [&] { data::require_distinct(names); });
  return names;
}

int write_stream(const ImportOptions& options, data::SampleSource& source) {
  if (!options.class_names.empty() && source.header().labels == io::LabelKind::kNone) {
    fail(ErrorKind::kUsage, "--class-names: the samples have no labels");
  }
  StreamOutput output(options.output, source.header());
  if (options.flush) output.flush();
  cli::Progress progress(options.progress, "samples");
  std::uint64_t samples = 0;
  for (io::Batch batch; source.next(batch);) {
    io::with_name_of(source, [&] { output.write(batch); });
    if (options.flush) output.flush();
    samples += batch.size;
    progress.update(samples, source.share());
  }
  output.close();
  return cli::kOk;
}

}  // namespace akida::data_tool
