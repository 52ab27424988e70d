// Any bytes as a file of CIFAR records: an Error, or whole images with classes below 100; never a
// crash.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "data/images/cifar.h"

namespace {

using namespace akida;

// A file in memory that has a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::byte> bytes) : descriptor_(memfd_create("fuzz", 0)) {
    if (descriptor_ < 0) std::abort();
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written != static_cast<ssize_t>(bytes.size())) std::abort();
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(std::as_bytes(std::span(data, size)));
  for (const auto kind :
       {data::CifarKind::k10, data::CifarKind::k100Fine, data::CifarKind::k100Coarse}) {
    try {
      const auto source = data::open_cifar({file.path()}, {.kind = kind, .class_names = {}});
      for (io::Batch batch; source->next(batch);) {
        for (const std::int32_t label : batch.classes) {
          if (label < 0 || label >= 100) std::abort();
        }
      }
    } catch (const Error&) {
      continue;
    }
  }
  return 0;
}
