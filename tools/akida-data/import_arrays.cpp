// akida-data import idx|npy SAMPLES [LABELS] - arrays of samples and of labels.
#include <memory>
#include <string>
#include <vector>

#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "common/shared_options.h"
#include "data/gzip.h"
#include "data/idx.h"
#include "data/npy_arrays.h"

namespace akida::data_tool {
namespace {

// SAMPLES [LABELS], both of which may be gzipped.
struct PairOptions {
  ImportOptions common;
  std::string samples;
  std::string labels;  // empty: none
};

using OpenPair = std::unique_ptr<data::SampleSource> (*)(std::unique_ptr<io::ByteSource> samples,
                                                         std::unique_ptr<io::ByteSource> labels,
                                                         std::vector<std::string> class_names);

cli::Command pair_verb(const std::string& name, const std::string& purpose,
                       const std::string& examples, OpenPair open) {
  const auto options = std::make_shared<PairOptions>();
  return {.name = name,
          .purpose = purpose,
          .examples = examples,
          .add_options =
              [options](cli::CommandLine& line) {
                line.add_option("SAMPLES", options->samples, "Samples; '-' is standard input")
                    .required();
                line.add_option("LABELS", options->labels, "Their labels");
                add_import_options(line, options->common);
              },
          .run =
              [options, open] {
                cli::require_one_standard_input({options->samples, options->labels});
                std::unique_ptr<io::ByteSource> labels;
                if (!options->labels.empty()) labels = data::open_uncompressed(options->labels);
                const auto source = open(data::open_uncompressed(options->samples),
                                         std::move(labels), class_names_of(options->common));
                return write_stream(options->common, *source);
              }};
}

}  // namespace

cli::Command import_idx_verb() {
  return pair_verb("idx", "Import IDX images and labels (MNIST), gzipped or not.",
                   "akida-data import idx train-images-idx3-ubyte.gz "
                   "train-labels-idx1-ubyte.gz -o train.aks\n",
                   data::open_idx);
}

cli::Command import_npy_verb() {
  return pair_verb("npy", "Import NumPy arrays of samples and labels.",
                   "akida-data import npy x.npy y.npy -o samples.aks\n", data::open_npy);
}

}  // namespace akida::data_tool
