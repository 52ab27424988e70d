#include "data/sounds/sound.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <string>

#include "base/error.h"
#include "data/sounds/resampler.h"
#include "io/bytes.h"
#include "wav_bytes.h"

using namespace akida;
using Catch::Matchers::Contains;

namespace {

std::vector<std::byte> file_of(const std::string& name) {
  return io::read_all(*io::open_source(std::string(AKIDA_TESTDATA) + "/sounds/" + name), 1 << 20);
}

// Sample i of the tone in testdata/sounds.
double tone(std::size_t i) {
  return std::nearbyint(12000 * std::sin(2 * std::numbers::pi * static_cast<double>(i) / 16));
}

void check_tone(const data::Sound& sound, double factor, double tolerance) {
  REQUIRE(sound.samples.size() == 400);
  CHECK(sound.rate == 8000);
  for (std::size_t i = 0; i < 400; ++i) {
    const double want = factor * tone(i) / 32768;
    if (std::abs(sound.samples[i] - want) > tolerance) {
      FAIL("sample " << i << " is " << sound.samples[i] << ", not " << want);
    }
  }
}

std::string refusal(std::span<const std::byte> bytes) {
  try {
    static_cast<void>(data::decode_sound(bytes));
    return "accepted";
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kFormat);
    return error.what();
  }
}

std::string refusal(const std::string& bytes) { return refusal(std::as_bytes(std::span(bytes))); }

}  // namespace

TEST_CASE("sounds give their samples in every format") {
  check_tone(data::decode_sound(file_of("tone.wav")), 1, 0);
  check_tone(data::decode_sound(file_of("tone.flac")), 1, 0);
  check_tone(data::decode_sound(file_of("float.wav")), 1, 0);
  check_tone(data::decode_sound(file_of("bytes.wav")), 1, 1.0 / 128);
  check_tone(data::decode_sound(file_of("tone.ogg")), 1, 0.05);  // lossy
}

TEST_CASE("channels become their mean") {
  check_tone(data::decode_sound(file_of("stereo24.wav")), -0.25, 1e-7);
}

TEST_CASE("formats are recognised by content") {
  const auto format_of = [](const std::string& name) {
    const std::vector<std::byte> bytes = file_of(name);
    return data::sound_format(std::span(bytes).first(data::kSoundMagicBytes));
  };
  CHECK(format_of("tone.wav") == "WAV");
  CHECK(format_of("tone.flac") == "FLAC");
  CHECK(format_of("tone.ogg") == "Ogg");
  CHECK(format_of("README.md").empty());
  CHECK(data::sound_format({}).empty());
}

TEST_CASE("only the beginning is decoded where that is enough") {
  const data::Sound sound = data::decode_sound(file_of("tone.flac"), 0.01);
  REQUIRE(sound.samples.size() == 80);
  CHECK(sound.samples[79] == static_cast<float>(tone(79) / 32768));
  CHECK(data::decode_sound(file_of("tone.wav"), 100).samples.size() == 400);
}

TEST_CASE("damaged and truncated sounds are refused with the place") {
  CHECK(refusal(file_of("truncated.wav")) ==
        "offset 500: file is truncated, it says it has 844 bytes");
  CHECK_THAT(refusal(file_of("truncated.flac")), Contains("truncated or damaged"));
  CHECK(refusal(file_of("nan.wav")) == "sample 1 is not a finite number");
  CHECK(refusal(std::string("PNG")) == "offset 0: neither WAV nor FLAC nor Ogg");
  CHECK(refusal(wav_bytes({1, 2}, 500)) == "rate 500 is outside 1000..768000");
  CHECK(refusal(wav_bytes({1, 2}, 1000000)) == "rate 1000000 is outside 1000..768000");
  CHECK(refusal(wav_bytes(std::vector<std::int16_t>(65), 8000, 65)) ==
        "65 channels are outside 1..64");
  CHECK_THAT(refusal(std::string("RIFF\x10\0\0\0WAVEfmt\0", 16)), Contains("truncated"));
}

TEST_CASE("a WAV file from a pipe does not know its length") {
  std::string bytes = wav_bytes({100, 200, 300}, 8000);
  for (const std::size_t at : {std::size_t{4}, std::size_t{40}}) bytes.replace(at, 4, 4, '\xff');
  CHECK(data::decode_sound(std::as_bytes(std::span(bytes))).samples.size() == 3);
}

TEST_CASE("a clip is cut or filled with zeros, and cutting does not change it") {
  const auto clip_of = [](const std::string& bytes, std::uint32_t rate, std::size_t samples) {
    data::Resampler resampler(rate);
    return data::decode_clip(std::as_bytes(std::span(bytes)), resampler, samples);
  };
  std::vector<std::int16_t> samples;
  for (std::size_t i = 0; i < 8000; ++i) samples.push_back(static_cast<std::int16_t>(tone(i)));
  const std::string bytes = wav_bytes(samples, 8000);
  CHECK(clip_of(bytes, 8000, 3) == std::vector<float>{0, static_cast<float>(tone(1) / 32768),
                                                      static_cast<float>(tone(2) / 32768)});
  CHECK(clip_of(bytes, 8000, 9000)[8000] == 0);
  CHECK(clip_of(bytes, 8000, 9000).size() == 9000);
  for (const std::uint32_t rate : {2000U, 16000U}) {
    std::vector<float> all = clip_of(bytes, rate, rate);
    all.resize(rate / 10);
    CHECK(clip_of(bytes, rate, rate / 10) == all);
  }
}
