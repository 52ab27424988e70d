// What the libraries behind sound.cpp do. Not installed.
#pragma once

#include "data/sounds/sound.h"

namespace akida::data {

// decode_sound by libsndfile, for bytes with a known magic.
[[nodiscard]] Sound decode_with_sndfile(std::span<const std::byte> bytes, double seconds);

// resample by libsamplerate, for another rate than the sound's.
[[nodiscard]] std::vector<float> resample_with_samplerate(const Sound& sound, std::uint32_t rate);

}  // namespace akida::data
