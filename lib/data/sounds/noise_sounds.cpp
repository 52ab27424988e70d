#include "data/sounds/noise_sounds.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "data/archive.h"

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

NoiseSounds NoiseSounds::of_folder(const std::string& folder, std::uint32_t rate,
                                   std::size_t clip_samples) {
  NoiseSounds noises(clip_samples);
  Resampler resampler(rate);
  for (const std::string& file : files_of(folder)) {
    noises.add(file, *io::open_source(file), resampler);
  }
  if (noises.sounds_.empty()) fail(ErrorKind::kInvalid, "{}: no sounds of noise found", folder);
  return noises;
}

std::optional<NoiseSounds> NoiseSounds::of_archive(const std::string& path, std::string_view folder,
                                                   std::uint32_t rate, std::size_t clip_samples) {
  NoiseSounds noises(clip_samples);
  Resampler resampler(rate);
  for (ArchiveReader reader(path); reader.next();) {
    if (fs::path(reader.entry()).parent_path().filename() != folder) continue;
    noises.add(reader.entry_name(), *reader.content(), resampler);
  }
  if (noises.sounds_.empty()) return std::nullopt;
  return noises;
}

void NoiseSounds::add(const std::string& name, io::ByteSource& source, Resampler& resampler) {
  if (sound_format(source.peek(kSoundMagicBytes)).empty()) return;
  const std::vector<std::byte> bytes = io::read_all(source, kMaxSoundFileBytes);
  sounds_.push_back(in_context(name, [&] { return resampler(decode_sound(bytes)); }));
  if (sounds_.back().size() <= clip_samples_) {
    fail(ErrorKind::kInvalid, "{}: noise has {} samples at rate {}, not more than the {} of a clip",
         name, sounds_.back().size(), resampler.rate(), clip_samples_);
  }
  total_ += sounds_.back().size();
  if (total_ > kMaxNoiseSamples) {
    fail(ErrorKind::kInvalid, "{}: noises have more than {} samples, the limit", name,
         kMaxNoiseSamples);
  }
}

std::span<const float> NoiseSounds::piece(std::size_t samples, Random& random) const {
  const auto below = [&](std::size_t limit) {
    return random.below(static_cast<std::uint32_t>(limit));
  };
  const std::vector<float>& sound = sounds_[below(sounds_.size())];
  return std::span(sound).subspan(below(sound.size() - samples), samples);
}

}  // namespace akida::data
