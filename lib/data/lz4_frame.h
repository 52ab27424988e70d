// LZ4 frames in memory: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akida::data {

// The content of exactly one frame. Throws kFormat when `frame` is damaged or truncated, is
// followed by other bytes, or holds more than `limit` bytes; kUnsupported in a build without LZ4.
// Memory grows with the content that was really decoded, never with the size the frame declares.
[[nodiscard]] std::vector<std::byte> lz4_decompress(std::span<const std::byte> frame,
                                                    std::uint64_t limit);

}  // namespace akida::data
