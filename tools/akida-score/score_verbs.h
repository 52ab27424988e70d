// The verbs of akida-score; each is in a file of its own.
#pragma once

#include "common/command.h"

namespace akida::score {

[[nodiscard]] cli::Command labels_verb();
[[nodiscard]] cli::Command verification_verb();
[[nodiscard]] cli::Command yolo_verb();
[[nodiscard]] cli::Command map_verb();
[[nodiscard]] cli::Command anchors_verb();

}  // namespace akida::score
