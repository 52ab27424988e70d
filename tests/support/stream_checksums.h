// Damage behind the checksums: what a reader meets when a writer is wrong or hostile.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/crc32c.h"

// The stream with the checksum of its header and of every whole frame made right; the places are
// those of formats/stream.md.
inline std::vector<std::byte> with_right_checksums(std::vector<std::byte> stream) {
  constexpr std::size_t kHeader = 12, kFrameHeader = 14;
  const auto length_at = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, stream.data() + at, sizeof value);
    return std::size_t{value};
  };
  const auto set_checksum = [&](std::size_t at, std::span<const std::byte> bytes) {
    const std::uint32_t crc = akida::crc32c(bytes);
    std::memcpy(stream.data() + at, &crc, sizeof crc);
  };
  if (stream.size() < kHeader) return stream;
  std::size_t at = kHeader + length_at(8);
  if (stream.size() < at + 4) return stream;
  set_checksum(at, std::span(stream).first(at));
  for (at += 4; stream.size() >= at + kFrameHeader;) {
    const std::size_t length = length_at(at + 2);
    if (stream.size() < at + kFrameHeader + length) break;
    set_checksum(at + 10, std::span(stream).subspan(at + kFrameHeader, length));
    at += kFrameHeader + length;
  }
  return stream;
}
