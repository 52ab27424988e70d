// Any bytes as a sample stream: an Error, or samples that the writer takes and that come back
// equal; never a crash. Also with their checksums made right, behind which a fuzzer would not get.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "io/batch.h"
#include "io/stream.h"
#include "stream_checksums.h"

namespace {

using namespace akida;

struct Samples {
  io::StreamHeader header;
  io::Batch batch;
  bool operator==(const Samples&) const = default;
};

Samples read(std::span<const std::byte> bytes) {
  const auto source = io::memory_source(bytes);
  io::StreamReader reader(*source);
  Samples samples{reader.header(), {}};
  io::Batch batch;
  while (reader.next(batch)) io::append(reader.header(), batch, 0, batch.size, samples.batch);
  return samples;
}

void check(std::span<const std::byte> bytes) {
  Samples samples;
  try {
    samples = read(bytes);
  } catch (const Error&) {
    return;
  }
  io::MemorySink sink;
  io::StreamWriter writer(sink, samples.header);
  if (samples.batch.size > 0) writer.write(samples.batch);
  writer.finish();
  const Samples again = read(sink.bytes());
  // Targets may be NaN, which differs from itself; arrays are compared as bytes.
  if (samples.header.targets == 0 && again != samples) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check(bytes);
  check(with_right_checksums({bytes.begin(), bytes.end()}));
  return 0;
}
