// Options of sets that names choose, for the verbs that know them.
#pragma once

#include "common/command_line.h"
#include "data/sounds/set_partition.h"

namespace akida::data_tool {

// --validation and --testing, in percent.
void add_partition_shares(cli::CommandLine& line, data::PartitionShares& shares);

}  // namespace akida::data_tool
