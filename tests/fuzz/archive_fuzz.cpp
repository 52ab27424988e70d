// Any bytes as an archive: an Error or entries whose content ends, never a crash or much memory.
#include <cstdint>

#include "base/error.h"
#include "data/archive.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace akida;
  std::vector<std::byte> buffer(1U << 14);
  try {
    data::ArchiveReader reader(io::memory_source(std::as_bytes(std::span(data, size))));
    while (reader.next()) {
      const auto content = reader.content();
      while (content->read(buffer) > 0) {
      }
    }
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
