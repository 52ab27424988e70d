// Any bytes as a sound: an Error, or samples that are numbers; never a crash.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "data/sounds/resampler.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace akida;
  try {
    const data::Sound sound = data::decode_sound(std::as_bytes(std::span(data, size)), 1);
    for (const float sample : sound.samples) {
      if (!std::isfinite(sample)) std::abort();
    }
    static_cast<void>(data::Resampler(16000)(sound));
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
