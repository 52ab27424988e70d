#include "data/sounds/sound.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "data/sounds/sound_codecs.h"

namespace akida::data {
namespace {

std::uint64_t little_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

// libsndfile takes a WAV file for as long as its bytes, so a truncated one would pass.
void require_whole_wav(std::span<const std::byte> bytes) {
  constexpr std::uint64_t kUnknown = 0x7ffff000;  // from here on: written to a pipe by sox, ffmpeg
  const std::uint64_t stated = little_endian(bytes.subspan(4, 4));
  if (stated < kUnknown && stated + 8 > bytes.size()) {
    fail(ErrorKind::kFormat, "offset {}: file is truncated, it says it has {} bytes", bytes.size(),
         stated + 8);
  }
}

}  // namespace

std::string_view sound_format(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("RIFF") && text.substr(4).substr(0, 8).ends_with("WAVE")) return "WAV";
  if (text.starts_with("fLaC")) return "FLAC";
  if (text.starts_with("OggS")) return "Ogg";
  return "";
}

Sound decode_sound(std::span<const std::byte> bytes, double seconds) {
  const std::string_view format =
      sound_format(bytes.first(std::min(bytes.size(), kSoundMagicBytes)));
  if (format.empty()) fail(ErrorKind::kFormat, "offset 0: neither WAV nor FLAC nor Ogg");
  if (format == "WAV") require_whole_wav(bytes);
#ifdef AKIDA_HAVE_SNDFILE
  return decode_with_sndfile(bytes, seconds);
#else
  static_cast<void>(seconds);
  fail(ErrorKind::kUnsupported, "this program cannot read sounds: it was built without libsndfile");
#endif
}

}  // namespace akida::data
