// WAV files of 16-bit samples, as their specification has them (RIFF, format 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

// Samples of all channels by turns.
inline std::string wav_bytes(const std::vector<std::int16_t>& samples, std::uint32_t rate,
                             std::uint32_t channels = 1) {
  std::string bytes;
  const auto number = [&](std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
  };
  bytes += "RIFF";
  number(36 + 2 * samples.size(), 4);
  bytes += "WAVEfmt ";
  number(16, 4);
  number(1, 2);
  number(channels, 2);
  number(rate, 4);
  number(std::uint64_t{rate} * channels * 2, 4);
  number(channels * 2, 2);
  number(16, 2);
  bytes += "data";
  number(2 * samples.size(), 4);
  for (const std::int16_t sample : samples) number(static_cast<std::uint16_t>(sample), 2);
  return bytes;
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}
