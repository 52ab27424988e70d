// The bytes of formats/stream.md, shared by reader and writer. Not installed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "io/sample.h"

namespace akida::io {

inline constexpr std::array<unsigned char, 8> kStreamMagic = {'A',  'K',  'S',  '1',
                                                              '\r', '\n', 0x1A, '\n'};
inline constexpr std::size_t kVersionByte = 3;  // of the magic: the digit

inline constexpr std::uint8_t kFrameSamples = 1;
inline constexpr std::uint8_t kFrameEnd = 2;
inline constexpr std::uint8_t kFlagZstd = 1;  // the payload is stored as one zstd frame
inline constexpr std::size_t kFrameHeaderBytes = 14;
inline constexpr std::size_t kEndPayloadBytes = 16;
inline constexpr std::size_t kTargetFrameBytes = std::size_t{1} << 20;

inline constexpr std::size_t kEventBytes = 13;
inline constexpr std::size_t kRawEventBytes = 21;
inline constexpr std::size_t kBoxBytes = 21;
inline constexpr std::size_t kBoxLabelBytes = 12;  // of a sample without boxes

// Bytes of one stored event.
[[nodiscard]] inline std::size_t event_bytes(StreamKind kind) {
  return kind == StreamKind::kRawEvents ? kRawEventBytes : kEventBytes;
}

// The header between its length and its checksum.
[[nodiscard]] std::vector<std::byte> encode_header(const StreamHeader& header);
[[nodiscard]] StreamHeader decode_header(std::span<const std::byte> bytes);

// The samples of one raw payload; `first` is the index of its first sample in the stream.
[[nodiscard]] Batch decode_samples(const StreamHeader& header, std::span<const std::byte> payload,
                                   std::uint64_t first);

}  // namespace akida::io
