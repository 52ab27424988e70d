// The verbs of akida-run.
#pragma once

#include "common/command.h"

namespace akida::run {

[[nodiscard]] cli::Command forward_command();
[[nodiscard]] cli::Command evaluate_command();
[[nodiscard]] cli::Command predict_command();
[[nodiscard]] cli::Command fit_command();

}  // namespace akida::run
