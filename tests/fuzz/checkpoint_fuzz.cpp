// Any bytes as a checkpoint: an Error, or a checkpoint that survives another round trip;
// never a crash. Also with the checksum made right, behind which a fuzzer would not get.
#include <cstdint>
#include <cstdlib>

#include "base/crc32c.h"
#include "base/error.h"
#include "io/byte_fields.h"
#include "nn/checkpoint.h"

namespace {

using namespace akida;

void check(std::span<const std::byte> bytes) {
  nn::Checkpoint checkpoint;
  try {
    checkpoint = nn::decode_checkpoint(bytes);
  } catch (const Error&) {
    return;
  }
  // Models inside may have been written otherwise; what we write is read and written alike.
  const auto written = nn::encode_checkpoint(checkpoint);
  if (nn::encode_checkpoint(nn::decode_checkpoint(written)) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check(bytes);
  if (size < 4) return 0;
  std::vector<std::byte> right(bytes.begin(), bytes.end() - 4);
  io::put(right, crc32c(right));
  check(right);
  return 0;
}
