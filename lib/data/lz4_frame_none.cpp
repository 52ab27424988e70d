// In a build without LZ4.
#include "base/error.h"
#include "data/lz4_frame.h"

namespace akida::data {

std::vector<std::byte> lz4_decompress(std::span<const std::byte>, std::uint64_t) {
  fail(ErrorKind::kUnsupported, "LZ4: this build cannot read it, liblz4 was missing");
}

}  // namespace akida::data
