// Sound files by libsndfile, from memory.
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "base/error.h"
#include "data/sounds/sound_codecs.h"
#include "data/sounds/speech_features.h"

namespace akida::data {
namespace {

constexpr std::size_t kChunkFrames = 4096;  // a frame has one sample of each channel

struct MemoryFile {
  std::span<const std::byte> bytes;
  sf_count_t position = 0;
};

sf_count_t length_of(void* user) {
  return static_cast<sf_count_t>(static_cast<MemoryFile*>(user)->bytes.size());
}

sf_count_t seek(sf_count_t offset, int whence, void* user) {
  auto& file = *static_cast<MemoryFile*>(user);
  const sf_count_t base = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? file.position
                                               : length_of(user);
  if (offset < -base || offset > length_of(user) - base) return -1;
  return file.position = base + offset;
}

sf_count_t read(void* out, sf_count_t count, void* user) {
  auto& file = *static_cast<MemoryFile*>(user);
  const sf_count_t got = std::clamp<sf_count_t>(length_of(user) - file.position, 0, count);
  std::memcpy(out, file.bytes.data() + file.position, static_cast<std::size_t>(got));
  file.position += got;
  return got;
}

sf_count_t tell(void* user) { return static_cast<MemoryFile*>(user)->position; }

sf_count_t refuse_to_write(const void*, sf_count_t, void*) { return 0; }

using SoundFile = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

SoundFile open(MemoryFile& file, SF_INFO& info) {
  SF_VIRTUAL_IO access = {length_of, seek, read, refuse_to_write, tell};
  SoundFile sound(sf_open_virtual(&access, SFM_READ, &info, &file), sf_close);
  if (!sound)
    fail(ErrorKind::kFormat, "not a sound file libsndfile reads: {}", sf_strerror(nullptr));
  if (info.channels < 1 || info.channels > kMaxSoundChannels) {
    fail(ErrorKind::kFormat, "{} channels are outside 1..{}", info.channels, kMaxSoundChannels);
  }
  if (info.samplerate < static_cast<int>(kMinSoundRate) ||
      info.samplerate > static_cast<int>(kMaxSoundRate)) {
    fail(ErrorKind::kFormat, "rate {} is outside {}..{}", info.samplerate, kMinSoundRate,
         kMaxSoundRate);
  }
  return sound;
}

// Samples to read; one more than allowed where all are asked for, so that more are noticed.
std::size_t wanted_samples(double seconds, std::uint32_t rate) {
  if (seconds == 0) return kMaxSoundSamples + 1;
  return static_cast<std::size_t>(
      std::clamp(std::ceil(seconds * rate), 1.0, static_cast<double>(kMaxSoundSamples)));
}

}  // namespace

Sound decode_with_sndfile(std::span<const std::byte> bytes, double seconds) {
  MemoryFile file{bytes};
  SF_INFO info{};
  const SoundFile reader = open(file, info);
  const auto channels = static_cast<std::size_t>(info.channels);
  Sound sound{static_cast<std::uint32_t>(info.samplerate), {}};
  const std::size_t wanted = wanted_samples(seconds, sound.rate);
  std::vector<float> chunk(kChunkFrames * channels);
  while (sound.samples.size() < wanted) {
    const std::size_t ask = std::min(kChunkFrames, wanted - sound.samples.size());
    const sf_count_t got = sf_readf_float(reader.get(), chunk.data(), static_cast<sf_count_t>(ask));
    if (got <= 0) break;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
      double sum = 0;
      for (std::size_t c = 0; c < channels; ++c) sum += chunk[i * channels + c];
      if (!std::isfinite(sum)) {
        fail(ErrorKind::kFormat, "sample {} is not a finite number", sound.samples.size());
      }
      sound.samples.push_back(static_cast<float>(sum / info.channels));
    }
  }
  if (sound.samples.size() > kMaxSoundSamples) {
    fail(ErrorKind::kFormat, "more than {} samples, the limit", kMaxSoundSamples);
  }
  const sf_count_t stated = std::min(info.frames, static_cast<sf_count_t>(wanted));
  if (info.frames != SF_COUNT_MAX && static_cast<sf_count_t>(sound.samples.size()) < stated) {
    fail(ErrorKind::kFormat, "sample {}: file is truncated or damaged, it says it has {} samples",
         sound.samples.size(), info.frames);
  }
  return sound;
}

}  // namespace akida::data
