// One zstd frame (RFC 8878) in memory, with content size and content checksum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akida::io {

inline constexpr std::uint32_t kZstdMagic = 0xFD2FB528;  // first four bytes, little-endian

// No frame holds more bytes of content per byte of its own: a block has a header of 3 bytes, one
// byte more at least where it has content, and at most 128 KiB of it (RFC 8878, 3.1.1.2).
inline constexpr std::uint64_t kMaxZstdRatio = 1U << 15;

// One frame that carries its content size and checksum. Equal input gives equal bytes (with one
// version of the zstd library).
[[nodiscard]] std::vector<std::byte> zstd_compress(std::span<const std::byte> bytes);

// Our own formats require the content checksum; files of others may lack it.
enum class ZstdChecksum : std::uint8_t { kRequired, kOptional };

// The content of exactly one frame. Throws kFormat when `frame` is damaged or truncated, lacks
// the content checksum where it is required, is followed by other bytes, or holds more than `limit`
// bytes or declares more than kMaxZstdRatio allows. Memory grows with the content that was really
// decoded, never with the size the frame declares.
[[nodiscard]] std::vector<std::byte> zstd_decompress(
    std::span<const std::byte> frame, std::uint64_t limit,
    ZstdChecksum checksum = ZstdChecksum::kRequired);

}  // namespace akida::io
