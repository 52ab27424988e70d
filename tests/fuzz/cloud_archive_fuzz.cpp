// Any bytes as an archive, as the dictionary of a cache of point clouds, and as both: an Error or
// entries of bounded size and names that a stream can hold.
#include <cstdint>

#include "base/error.h"
#include "data/archive.h"
#include "data/class_map.h"
#include "io/npy.h"

namespace {

using namespace akida;

constexpr std::uint64_t kMaxEntryBytes = 1 << 16;

template <typename Work>
void run(const Work& work) {
  try {
    work();
  } catch (const Error&) {
  }
}

void read_entries(std::span<const std::byte> bytes) {
  for (data::ArchiveReader entries(io::memory_source(bytes)); entries.next();) {
    const auto content = io::read_all(*entries.content(), kMaxEntryBytes);
    run([&] { (void)data::decode_class_map(content); });
    run([&] {
      const auto source = io::memory_source(content);
      (void)io::read_npy(*source);
    });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  run([&] { (void)data::decode_class_map(bytes); });
  run([&] { read_entries(bytes); });
  return 0;
}
