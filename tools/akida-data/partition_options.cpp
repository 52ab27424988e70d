#include "akida-data/partition_options.h"

namespace akida::data_tool {

void add_partition_shares(cli::CommandLine& line, data::PartitionShares& shares) {
  const auto add = [&](const char* name, double& share, const char* what) {
    line.add_option(name, share, what).range(0.0, 100.0).type_name("PERCENT").show_default();
  };
  add("--validation", shares.validation, "Share of the files that is for validation");
  add("--testing", shares.testing, "Share of the files that is for testing");
}

}  // namespace akida::data_tool
