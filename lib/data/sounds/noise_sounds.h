// Recordings of noise to mix into others. Not installed: keyword_source.cpp uses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"

namespace akida::data {

inline constexpr std::size_t kMaxNoiseSamples = std::size_t{1} << 27;  // of all sounds together

class NoiseSounds {
 public:
  // The sound files of `folder`, at `rate`. Throws kInvalid where there are none, where one has no
  // more than `clip_samples` samples, and above kMaxNoiseSamples.
  NoiseSounds(const std::string& folder, std::uint32_t rate, std::size_t clip_samples);

  // A piece of `samples` samples (clip_samples at most) of one of the sounds.
  [[nodiscard]] std::span<const float> piece(std::size_t samples, Random& random) const;

 private:
  std::vector<std::vector<float>> sounds_;
};

}  // namespace akida::data
