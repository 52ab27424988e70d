#include "data/sounds/speech_features.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <string>

#include "base/error.h"

using namespace akida;
using Catch::Matchers::Contains;

namespace {

// Two tones in 16 bits at 16 kHz.
std::vector<float> tones(std::size_t size) {
  std::vector<float> samples;
  for (std::size_t i = 0; i < size; ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i) / 16000;
    samples.push_back(static_cast<float>(
        std::nearbyint(8000 * std::sin(440 * turn) + 4000 * std::sin(1500 * turn + 1)) / 32768));
  }
  return samples;
}

std::vector<double> features_of(const data::FeatureSettings& settings,
                                const std::vector<float>& clip) {
  std::vector<double> features(static_cast<std::size_t>(settings.shape().size()));
  data::FeatureExtractor(settings).compute(clip, features);
  return features;
}

void check_row(const std::vector<double>& features, std::size_t row,
               const std::vector<double>& want) {
  for (std::size_t i = 0; i < want.size(); ++i) {
    INFO("row " << row << " column " << i);
    CHECK(features[row * want.size() + i] == Approx(want[i]).epsilon(1e-7).margin(1e-7));
  }
}

std::string refusal(const data::FeatureSettings& settings) {
  try {
    data::FeatureExtractor{settings};
    return "accepted";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

// The expected values of these tests are tests/acceptance/numpy_speech.py's.
TEST_CASE("coefficients of two tones are numpy's") {
  const data::FeatureSettings settings;
  CHECK(settings.shape() == Shape{10, 49, 1});
  const std::vector<double> features = features_of(settings, tones(16000));
  check_row(features, 0,
            {-34.6178758, 10.5019739, -6.22511819, 0.904952420, -5.96036101, -11.7539999,
             1.43660828, 6.40219825, -0.566556301, 0.0162754463});
  check_row(features, 48,
            {-34.57959303, 10.80886287, -6.75216624, 0.74536646, -5.52444647, -11.80946057,
             1.24815521, 6.26309279, -0.52528611, 0.24122816});
}

TEST_CASE("every setting counts") {
  const data::FeatureSettings settings{.rate = 8000,
                                       .window_ms = 40,
                                       .bins = 13,
                                       .mel_channels = 20,
                                       .lower = 100,
                                       .upper = 3500,
                                       .log_floor = 1e-3};
  CHECK(settings.shape() == Shape{13, 49, 1});
  check_row(features_of(settings, tones(8000)), 5,
            {-21.45439149, 14.01025695, 2.59445042, -2.34961052, 2.17363516, 5.51394514, 4.53621734,
             -0.19188283, -2.88649126, -3.06978861, -0.74679462, 0.70994668, 0.6316787});
}

TEST_CASE("silence is the floor of the logarithm") {
  // sqrt(2 / 40) * 40 * ln(1e-12), and cosines that cancel.
  check_row(features_of({}, std::vector<float>(16000)), 3,
            {-247.139366, 0, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("a spectrogram has the power of every frequency") {
  data::FeatureSettings settings;
  settings.kind = data::FeatureKind::kSpectrogram;
  CHECK(settings.shape() == Shape{257, 49, 1});
  const std::vector<double> power = features_of(settings, tones(16000));
  const auto at = [&](std::size_t k) { return power[2 * 257 + k]; };
  CHECK(at(0) == Approx(2.19132985e-05).epsilon(1e-6));
  CHECK(at(13) == Approx(206.628824));
  CHECK(at(14) == Approx(852.080385));
  CHECK(at(15) == Approx(312.442283));
  CHECK(at(48) == Approx(214.571398));
  CHECK(at(256) == Approx(3.39935677e-09).epsilon(1e-5));
}

TEST_CASE("windows of 30 and 40 ms give 49 rows of a second") {
  for (const double window : {30.0, 40.0}) {
    CHECK(data::FeatureSettings{.window_ms = window}.shape() == Shape{10, 49, 1});
  }
  CHECK(data::FeatureSettings{.clip_ms = 30}.shape() == Shape{10, 1, 1});
}

TEST_CASE("settings outside their range are refused with the limit") {
  CHECK(refusal({.clip_ms = 29}) == "clip of 464 samples is shorter than the window of 480");
  CHECK(refusal({.rate = 999}) == "rate 999 is outside 1000..768000");
  CHECK(refusal({.stride_ms = 0.01}) == "stride of samples 0 is outside 1..65536");
  CHECK(refusal({.bins = 41}) == "number of bins 41 is outside 1..40");
  CHECK(refusal({.rate = 4000}) == "upper frequency 4000 is outside 0..2000");
  CHECK(refusal({.lower = 4000}) == "lower and upper frequency are both 4000 Hz");
  CHECK_THAT(refusal({.log_floor = 0}), Contains("0 is not a number above 0"));
  CHECK_THAT(refusal({.clip_ms = std::nan("")}), Contains("is outside 0..600000"));
  CHECK_THAT(refusal({.window_ms = 1, .lower = 3990}),
             Contains("no frequencies between 3990 and 4000 Hz"));
}
