// Arguments of the zoo as command-line options.
#pragma once

#include <string>

#include "common/command_line.h"
#include "zoo/arguments.h"

namespace akida::build {

// "--input-shape" of input_shape.
[[nodiscard]] std::string option_of(const zoo::Argument& argument);

// Declares the option; what it is given goes to `values`.
void add_argument(cli::CommandLine& line, const zoo::Argument& argument,
                  zoo::ArgumentValues& values);

}  // namespace akida::build
