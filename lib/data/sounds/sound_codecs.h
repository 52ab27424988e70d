// What the library behind sound.cpp does. Not installed.
#pragma once

#include "data/sounds/sound.h"

namespace akida::data {

// decode_sound by libsndfile, for bytes with a known magic.
[[nodiscard]] Sound decode_with_sndfile(std::span<const std::byte> bytes, double seconds);

}  // namespace akida::data
