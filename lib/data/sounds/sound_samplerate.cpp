// Changes of rate by libsamplerate.
#include <samplerate.h>

#include <cmath>

#include "base/error.h"
#include "data/sounds/sound_codecs.h"

namespace akida::data {

std::vector<float> resample_with_samplerate(const Sound& sound, std::uint32_t rate) {
  const double ratio = static_cast<double>(rate) / sound.rate;
  if (src_is_valid_ratio(ratio) == 0) {
    fail(ErrorKind::kInvalid, "rate {} cannot become {}: more than 256 times higher or lower",
         sound.rate, rate);
  }
  const double length = std::ceil(static_cast<double>(sound.samples.size()) * ratio);
  if (length > static_cast<double>(kMaxSoundSamples)) {
    fail(ErrorKind::kInvalid, "{} samples at rate {} exceed the limit of {}", length, rate,
         kMaxSoundSamples);
  }
  std::vector<float> samples(static_cast<std::size_t>(length));
  SRC_DATA data{};
  data.data_in = sound.samples.data();
  data.input_frames = static_cast<long>(sound.samples.size());
  data.data_out = samples.data();
  data.output_frames = static_cast<long>(samples.size());
  data.src_ratio = ratio;
  const int status = src_simple(&data, SRC_SINC_BEST_QUALITY, 1);
  if (status != 0) fail(ErrorKind::kInvalid, "change of rate: {}", src_strerror(status));
  samples.resize(static_cast<std::size_t>(data.output_frames_gen));
  return samples;
}

}  // namespace akida::data
