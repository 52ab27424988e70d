#include "data/sounds/resampler.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "base/error.h"

using namespace akida;
using data::Resampler;

namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kAmplitude = 0.5;

double tone(double frequency, std::size_t i, std::uint32_t rate) {
  return kAmplitude * std::sin(kTurn * frequency * static_cast<double>(i) / rate + 0.3);
}

// A quarter of a second, at 1 / rate steps.
std::vector<float> tone_at(double frequency, std::uint32_t rate) {
  std::vector<float> samples(rate / 4);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(tone(frequency, i, rate));
  }
  return samples;
}

// The largest of |samples[i] - want(i)| where the filter meets no end of the sound, in dB below
// kAmplitude.
template <typename Want>
double error_db(const std::vector<float>& samples, const Want& want) {
  double worst = 0;
  for (std::size_t i = samples.size() / 3; i < samples.size() * 2 / 3; ++i) {
    worst = std::max(worst, std::abs(samples[i] - want(i)));
  }
  return 20 * std::log10(worst / kAmplitude + 1e-12);
}

}  // namespace

TEST_CASE("tones in the pass band come out as if sampled at the other rate") {
  for (const std::uint32_t from : {8000U, 11025U, 16000U, 22050U, 44100U, 48000U}) {
    for (const std::uint32_t to : {8000U, 16000U, 16001U, 44100U}) {
      if (from == to || (to == 16001 && from != 8000 && from != 44100)) continue;
      Resampler resampler(to);
      for (const double share : {0.01, 0.33, 0.7, 0.93, 0.95}) {
        const double frequency = share * std::min(from, to) / 2;
        INFO(from << " -> " << to << ", " << frequency << " Hz");
        const std::vector<float> samples = resampler({from, tone_at(frequency, from)});
        // Within 0.001 dB: 1.2e-4, -79 dB; most of it at the edge of the pass band.
        CHECK(error_db(samples, [&](std::size_t i) { return tone(frequency, i, to); }) <
              (share > 0.94 ? -79 : -94));
      }
    }
  }
}

TEST_CASE("tones a twentieth above the lower Nyquist frequency are 100 dB down") {
  for (const std::uint32_t from : {16000U, 44100U, 48000U}) {
    Resampler resampler(8000);
    for (double frequency = 4200; frequency < from / 2.0; frequency *= 1.013) {
      INFO(from << " -> 8000, " << frequency << " Hz");
      CHECK(error_db(resampler({from, tone_at(frequency, from)}), [](std::size_t) { return 0.0; }) <
            -100);
    }
  }
}

TEST_CASE("a constant stays what it is, up to the last bit") {
  Resampler resampler(16000);
  const std::vector<float> samples = resampler({44100, std::vector<float>(44100, 0.25F)});
  CHECK(samples.size() == 16000);
  CHECK(std::all_of(samples.begin() + 100, samples.end() - 100,
                    [](float sample) { return sample == 0.25F; }));
}

TEST_CASE("an impulse gives the filter, symmetric and in its place") {
  Resampler resampler(16000);
  std::vector<float> impulse(400);
  impulse[200] = 1;
  const std::vector<float> samples = resampler({8000, impulse});
  REQUIRE(samples.size() == 800);
  CHECK(*std::ranges::max_element(samples) == samples[400]);
  for (std::size_t i = 1; i < 200; ++i) {
    if (std::abs(samples[400 + i] - samples[400 - i]) > 1e-7F) FAIL("not symmetric at " << i);
  }
  CHECK(samples[400 + 2 * Resampler::kReach] == 0);
  CHECK(samples[400 + 2 * Resampler::kReach - 1] != 0);
}

TEST_CASE("the length follows the rates, and a beginning is the same as of the whole") {
  Resampler resampler(16000);
  CHECK(resampler({44100, std::vector<float>(441)}).size() == 160);
  CHECK(resampler({44100, std::vector<float>(442)}).size() == 161);
  CHECK(resampler({8000, {}}).empty());
  const std::vector<float> whole = resampler({8000, tone_at(500, 8000)});
  std::vector<float> part = resampler({8000, tone_at(500, 8000)}, 100);
  CHECK(part == std::vector<float>(whole.begin(), whole.begin() + 100));
  CHECK(resampler({16000, {0.5F, 0.25F}}) == std::vector<float>{0.5F, 0.25F});
  CHECK(resampler({16000, {0.5F, 0.25F}}, 1) == std::vector<float>{0.5F});
}

TEST_CASE("rates too far apart are refused") {
  Resampler resampler(2000);
  CHECK(resampler({512000, {0.5F}}).size() == 1);
  CHECK_THROWS_WITH(resampler({512001, {0.5F}}),
                    "rate 512001 cannot become 2000: more than 256 times higher or lower");
}
