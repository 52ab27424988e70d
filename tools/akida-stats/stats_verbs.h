// The verbs of akida-stats.
#pragma once

#include "common/command.h"

namespace akida::stats {

[[nodiscard]] cli::Command summary_command();
[[nodiscard]] cli::Command statistics_command();
[[nodiscard]] cli::Command histogram_command();
[[nodiscard]] cli::Command layer_command();
[[nodiscard]] cli::Command variables_command();
[[nodiscard]] cli::Command backends_command();

}  // namespace akida::stats
