// In a build without LZ4.
#include "base/error.h"
#include "data/events/lz4_frame.h"

namespace akida::data {

struct Lz4Decoder::State {};

Lz4Decoder::Lz4Decoder() = default;
Lz4Decoder::~Lz4Decoder() = default;

std::span<const std::byte> Lz4Decoder::decompress(std::span<const std::byte>, std::uint64_t) {
  fail(ErrorKind::kUnsupported, "LZ4: this build cannot read it, liblz4 was missing");
}

}  // namespace akida::data
