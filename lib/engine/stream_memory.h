// An event stream's arrays in a piece of scratch memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/aligned.h"
#include "kernels/event_stream.h"

namespace akida::engine {

struct StreamMemory {
  // Divides `scratch`, aligned to a cache line, of bytes(columns, rows, channels).
  StreamMemory(std::byte* scratch, std::int32_t columns, std::int32_t rows, std::int32_t channels) {
    const std::size_t entries = round_up(kernels::event_capacity(columns, rows, channels));
    stream.values = reinterpret_cast<std::uint8_t*>(scratch);
    stream.offsets = reinterpret_cast<std::uint32_t*>(scratch + entries);
    stream.pairs = stream.offsets + entries;
    stream.starts = stream.pairs + entries / 2;
  }

  [[nodiscard]] static std::size_t bytes(std::int32_t columns, std::int32_t rows,
                                         std::int32_t channels) {
    const std::size_t entries = round_up(kernels::event_capacity(columns, rows, channels));
    const std::size_t words = entries + entries / 2 + static_cast<std::size_t>(columns) + 1;
    return entries + words * sizeof(std::uint32_t);
  }

  kernels::EventStream stream{};

 private:
  static std::size_t round_up(std::size_t bytes) {
    return (bytes + kernels::kCacheLine - 1) / kernels::kCacheLine * kernels::kCacheLine;
  }
};

}  // namespace akida::engine
