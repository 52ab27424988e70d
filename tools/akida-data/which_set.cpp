// akida-data which-set - the set that a file's name puts it in.
#include <memory>
#include <string>
#include <vector>

#include "akida-data/partition_options.h"
#include "akida-data/verbs.h"
#include "common/shared_options.h"
#include "data/lines.h"

namespace akida::data_tool {
namespace {

struct WhichSetOptions {
  std::vector<std::string> names;
  data::PartitionShares shares;
};

void print_set(std::string_view name, const data::PartitionShares& shares) {
  cli::print(fmt::format("{}\t{}\n", name, data::name_of(data::which_set(name, shares))));
}

int run(const WhichSetOptions& options) {
  data::validate(options.shares);
  for (const std::string& name : options.names) {
    if (name != "-") {
      print_set(name, options.shares);
      continue;
    }
    data::LineReader lines(io::open_source(name));
    for (std::string_view line; lines.next(line);) print_set(line, options.shares);
  }
  return cli::kOk;
}

}  // namespace

cli::Command which_set_verb() {
  const auto options = std::make_shared<WhichSetOptions>();
  return {.name = "which-set",
          .purpose = "Print the set that each file's name puts it in.",
          .examples =
              "akida-data which-set --validation 10 --testing 10 yes/0a7c2a8d_nohash_0.wav\n"
              "ls yes | akida-data which-set --testing 20 - | grep testing\n",
          .add_options =
              [options](cli::CommandLine& line) {
                line.add_option("NAME", options->names,
                                "Names of files, which need not exist; '-' for standard input, one "
                                "a line")
                    .required()
                    .type_name("");
                add_partition_shares(line, options->shares);
              },
          .run =
              [options] {
                cli::require_one_standard_input(options->names);
                return run(*options);
              }};
}

}  // namespace akida::data_tool
