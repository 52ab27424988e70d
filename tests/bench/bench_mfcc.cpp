// bench-mfcc - times the coefficients of clips of a second.
//
// usage: bench-mfcc
//
// For every line of stdin, a number of clips, it computes so many on one thread and prints the
// milliseconds of processor time that they took. peer_numpy.py asks it and numpy in turn.
#include <ctime>
#include <iostream>
#include <vector>

#include "base/random.h"
#include "data/sounds/speech_features.h"

namespace {

double processor_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

}  // namespace

int main() {
  using namespace akida;
  const data::FeatureSettings settings;
  data::FeatureExtractor extractor(settings);
  std::vector<float> clip(settings.clip_samples());
  Random random(1);
  for (float& sample : clip) sample = static_cast<float>(0.1 * random.normal());
  std::vector<double> features(static_cast<std::size_t>(settings.shape().size()));
  for (int clips = 0; std::cin >> clips;) {
    const double start = processor_ms();
    for (int i = 0; i < clips; ++i) extractor.compute(clip, features);
    std::cout << processor_ms() - start << std::endl;
  }
}
