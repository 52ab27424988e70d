// Any bytes as IDX and NumPy arrays, of samples and of labels: an Error, or batches of whole
// samples; never a crash.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "data/idx.h"
#include "data/npy_arrays.h"

namespace {

using namespace akida;

using Open = std::unique_ptr<data::SampleSource>(std::unique_ptr<io::ByteSource>,
                                                 std::unique_ptr<io::ByteSource>,
                                                 std::vector<std::string>);

// The same bytes may be both: a vector is one of labels, and of samples with one channel.
void check(std::span<const std::byte> bytes, bool labelled, Open* open) {
  try {
    const auto source =
        open(io::memory_source(bytes), labelled ? io::memory_source(bytes) : nullptr, {});
    std::size_t left = bytes.size();  // no element is smaller than a byte
    for (io::Batch batch; source->next(batch);) {
      if (batch.size == 0 || batch.size > left) std::abort();
      left -= batch.size;
    }
  } catch (const Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  for (const bool labelled : {false, true}) {
    check(bytes, labelled, akida::data::open_idx);
    check(bytes, labelled, akida::data::open_npy);
  }
  return 0;
}
