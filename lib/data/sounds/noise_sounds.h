// Recordings of noise to mix into others. Not installed: keyword_source.cpp uses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "data/sounds/resampler.h"
#include "io/bytes.h"

namespace akida::data {

inline constexpr std::size_t kMaxNoiseSamples = std::size_t{1} << 27;  // of all sounds together

class NoiseSounds {
 public:
  // The sound files of `folder`, at `rate`. Throws kInvalid where there are none, where one has no
  // more than `clip_samples` samples, and above kMaxNoiseSamples.
  [[nodiscard]] static NoiseSounds of_folder(const std::string& folder, std::uint32_t rate,
                                             std::size_t clip_samples);

  // Likewise those in folders called `folder` in the archive in the file `path`; nothing where
  // there are none.
  [[nodiscard]] static std::optional<NoiseSounds> of_archive(const std::string& path,
                                                             std::string_view folder,
                                                             std::uint32_t rate,
                                                             std::size_t clip_samples);

  // A piece of `samples` samples (clip_samples at most) of one of the sounds.
  [[nodiscard]] std::span<const float> piece(std::size_t samples, Random& random) const;

 private:
  explicit NoiseSounds(std::size_t clip_samples) : clip_samples_(clip_samples) {}

  // What is no sound is passed over.
  void add(const std::string& name, io::ByteSource& source, Resampler& resampler);

  std::size_t clip_samples_;
  std::size_t total_ = 0;  // samples of all sounds
  std::vector<std::vector<float>> sounds_;
};

}  // namespace akida::data
