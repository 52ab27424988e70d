// LZ4 frames in memory: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace akida::data {

// Decompresses frame after frame into the same memory.
class Lz4Decoder {
 public:
  Lz4Decoder();
  ~Lz4Decoder();

  // The content of exactly one frame, valid until the next call. Throws kFormat when `frame` is
  // damaged or truncated, is followed by other bytes, or holds more than `limit` bytes;
  // kUnsupported in a build without LZ4. Memory grows with the content that was really decoded,
  // never with the size the frame declares.
  [[nodiscard]] std::span<const std::byte> decompress(std::span<const std::byte> frame,
                                                      std::uint64_t limit);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akida::data
