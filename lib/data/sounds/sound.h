// Sound files: WAV, FLAC and Ogg (Vorbis, Opus), recognised by their first bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace akida::data {

inline constexpr std::uint64_t kMaxSoundFileBytes = 1ULL << 28;
inline constexpr std::size_t kMaxSoundSamples = std::size_t{1} << 26;  // per channel
inline constexpr int kMaxSoundChannels = 64;
inline constexpr std::size_t kSoundMagicBytes = 12;

// One channel of samples, -1..1 (files of floats may exceed that).
struct Sound {
  std::uint32_t rate = 0;  // samples a second
  std::vector<float> samples;
};

// "WAV", "FLAC", "Ogg", or "" when `bytes`, the first kSoundMagicBytes of a file, begin like none.
[[nodiscard]] std::string_view sound_format(std::span<const std::byte> bytes);

// The first `seconds` of a sound file, all of it for 0. Several channels become their mean; 16-bit
// samples are divided by 32768. Throws kFormat for files that are damaged or truncated as far as
// they are read, for rates outside kMinSoundRate..kMaxSoundRate, more than kMaxSoundChannels or,
// for 0, more than kMaxSoundSamples; kUnsupported where this program was built without libsndfile.
[[nodiscard]] Sound decode_sound(std::span<const std::byte> bytes, double seconds = 0);

}  // namespace akida::data
