// Tools that are two programs. What needs a large library, which takes longer to load than the rest
// of the tool to start, is left to a second program: the same tool, with that library.
#pragma once

#include <string>
#include <string_view>

namespace akida::cli {

// A path relative to the folder of this program's file.
[[nodiscard]] std::string beside_program(std::string_view path);

// Becomes `program`, which starts over with this tool's command line; it lies beside this program,
// as in the build folder, or where it is installed. `purpose` is what it does, "runs CNNs". Throws
// kUnsupported where there is none, kIo where it cannot be started.
[[noreturn]] void hand_over(const char* program, const char* purpose);

}  // namespace akida::cli
