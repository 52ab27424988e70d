#include "data/sounds/noise_sounds.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "data/sounds/resampler.h"
#include "io/bytes.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> files_of(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; it != end && !error; it.increment(error)) {
    std::error_code unknown;
    if (it->is_regular_file(unknown)) files.push_back(it->path().string());
  }
  if (error) fail(ErrorKind::kIo, "{}: cannot read: {}", folder, error.message());
  std::ranges::sort(files);
  return files;
}

}  // namespace

NoiseSounds::NoiseSounds(const std::string& folder, std::uint32_t rate, std::size_t clip_samples) {
  Resampler resampler(rate);
  std::size_t total = 0;
  for (const std::string& file : files_of(folder)) {
    const auto source = io::open_source(file);
    if (sound_format(source->peek(kSoundMagicBytes)).empty()) continue;
    const std::vector<std::byte> bytes = io::read_all(*source, kMaxSoundFileBytes);
    sounds_.push_back(in_context(file, [&] { return resampler(decode_sound(bytes)); }));
    if (sounds_.back().size() <= clip_samples) {
      fail(ErrorKind::kInvalid,
           "{}: noise has {} samples at rate {}, not more than the {} of a clip", file,
           sounds_.back().size(), rate, clip_samples);
    }
    total += sounds_.back().size();
    if (total > kMaxNoiseSamples) {
      fail(ErrorKind::kInvalid, "{}: noises have more than {} samples, the limit", file,
           kMaxNoiseSamples);
    }
  }
  if (sounds_.empty()) fail(ErrorKind::kInvalid, "{}: no sounds of noise found", folder);
}

std::span<const float> NoiseSounds::piece(std::size_t samples, Random& random) const {
  const auto below = [&](std::size_t limit) {
    return random.below(static_cast<std::uint32_t>(limit));
  };
  const std::vector<float>& sound = sounds_[below(sounds_.size())];
  return std::span(sound).subspan(below(sound.size() - samples), samples);
}

}  // namespace akida::data
