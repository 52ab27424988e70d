#include "akida-data/partition_options.h"

namespace akida::data_tool {

void add_partition_shares(CLI::App& app, data::PartitionShares& shares) {
  const auto add = [&](const char* name, double& share, const char* what) {
    app.add_option(name, share, what)
        ->check(CLI::Range(0.0, 100.0))
        ->type_name("PERCENT")
        ->capture_default_str();
  };
  add("--validation", shares.validation, "Share of the files that is for validation");
  add("--testing", shares.testing, "Share of the files that is for testing");
}

}  // namespace akida::data_tool
