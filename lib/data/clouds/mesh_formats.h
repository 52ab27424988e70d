// The readers behind decode_mesh, one per format; each takes a whole file.
#pragma once

#include <string_view>

#include "data/clouds/mesh.h"

namespace akida::data {

[[nodiscard]] Mesh decode_off(std::string_view text);
[[nodiscard]] Mesh decode_obj(std::string_view text);
[[nodiscard]] Mesh decode_ply(std::string_view file);

// Whether a file that begins with `start` says to be OFF; it has no other mark than this word,
// after blanks and comments, with letters for further values in front.
[[nodiscard]] bool begins_as_off(std::string_view start);

// Whether the first line of `start` that is no comment begins with a word of OBJ.
[[nodiscard]] bool begins_as_obj(std::string_view start);

}  // namespace akida::data
