// Any bytes as a TFRecord file and as one of its records: an Error or values, never a crash.
#include <cstdint>

#include "base/error.h"
#include "data/images/tf_example.h"
#include "data/images/tfrecord.h"

namespace {

using namespace akida;

void parse(std::span<const std::byte> record) {
  try {
    const data::TfExample example(record);
    for (const char* feature : {"", "a", "image/encoded", "image/class/label",
                                "image/object/bbox/xmin", "image/filename"}) {
      try {
        (void)example.bytes_of(feature);
        (void)example.floats_of(feature);
      } catch (const Error&) {  // of another kind or damaged
      }
      (void)example.integers_of(feature);
    }
  } catch (const Error&) {
    return;
  }
}

// Frames are 8 bytes of length, 4 of checksum, the data, 4 of checksum.
std::vector<std::byte> with_right_checksums(std::vector<std::byte> bytes) {
  const auto store = [&](std::size_t at, std::uint32_t crc) {
    for (unsigned i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(crc >> (8 * i));
  };
  for (std::size_t at = 0; bytes.size() - at >= 16;) {
    std::uint64_t length = 0;
    for (std::size_t i = 8; i-- > 0;) length = length << 8 | std::uint64_t(bytes[at + i]);
    const auto all = std::span<const std::byte>(bytes);
    store(at + 8, data::masked_crc32c(all.subspan(at, 8)));
    if (length > bytes.size() - at - 16) break;
    store(at + 12 + length, data::masked_crc32c(all.subspan(at + 12, length)));
    at += 16 + length;
  }
  return bytes;
}

void read(std::span<const std::byte> bytes) {
  try {
    data::TfRecordReader reader(io::memory_source(bytes));
    for (std::vector<std::byte> record; reader.next(record);) parse(record);
  } catch (const Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  parse(bytes);
  read(bytes);
  read(with_right_checksums({bytes.begin(), bytes.end()}));
  return 0;
}
