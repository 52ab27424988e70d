#include "data/sounds/speech_features.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "data/sounds/power_spectra.h"
#include "data/vector_clones.h"
#include "io/stream.h"

namespace akida::data {
namespace {

constexpr double kMaxClipMs = 600000;
constexpr std::size_t kMaxWindow = std::size_t{1} << 16;
constexpr std::uint32_t kMaxMelChannels = 1024;
constexpr std::size_t kLanes = PowerSpectra::kLanes;

// Products that are whole numbers, as 16000 * 0.7 / 1000 * 1000, may come out a little smaller.
std::size_t samples_of(std::uint32_t rate, double milliseconds) {
  return static_cast<std::size_t>(rate * milliseconds / 1000 * (1 + 1e-12));
}

double mel_of(double frequency) { return 1127.0 * std::log1p(frequency / 700.0); }

template <typename Value>
void require_range(const char* what, Value value, Value least, Value most) {
  if (value >= least && value <= most) return;
  fail(ErrorKind::kUsage, "{} {} is outside {}..{}", what, value, least, most);
}

std::size_t fft_size_of(const FeatureSettings& settings) {
  return std::max<std::size_t>(std::bit_ceil(settings.window_samples()), 4);
}

void validate(const FeatureSettings& settings) {
  require_range("rate", settings.rate, kMinSoundRate, kMaxSoundRate);
  require_range("clip of milliseconds", settings.clip_ms, 0.0, kMaxClipMs);
  require_range("window of milliseconds", settings.window_ms, 0.0, kMaxClipMs);
  require_range("stride of milliseconds", settings.stride_ms, 0.0, kMaxClipMs);
  require_range("window of samples", settings.window_samples(), std::size_t{2}, kMaxWindow);
  require_range("stride of samples", settings.stride_samples(), std::size_t{1}, kMaxWindow);
  if (settings.clip_samples() < settings.window_samples()) {
    fail(ErrorKind::kUsage, "clip of {} samples is shorter than the window of {}",
         settings.clip_samples(), settings.window_samples());
  }
  if (settings.kind == FeatureKind::kSpectrogram) return;
  require_range("number of mel channels", settings.mel_channels, 1U, kMaxMelChannels);
  require_range("number of bins", settings.bins, 1U, settings.mel_channels);
  require_range("upper frequency", settings.upper, 0.0, settings.rate / 2.0);
  require_range("lower frequency", settings.lower, 0.0, settings.upper);
  if (settings.lower == settings.upper) {
    fail(ErrorKind::kUsage, "lower and upper frequency are both {} Hz", settings.lower);
  }
  if (!(settings.log_floor > 0) || !std::isfinite(settings.log_floor)) {
    fail(ErrorKind::kUsage, "floor of the logarithm {} is not a number above 0",
         settings.log_floor);
  }
}

AKIDA_VECTOR_CLONES
void take_roots(double* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) values[i] = std::sqrt(values[i]);
}

// Adds the magnitudes of each frequency to the channels in whose triangles it is.
AKIDA_VECTOR_CLONES
void add_to_mel(const double* __restrict magnitudes, std::span<const std::size_t> rising,
                const double* __restrict shares, double* __restrict mel) {
  for (std::size_t k = 0; k < rising.size(); ++k) {
    double* const channels = mel + rising[k] * kLanes;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const double magnitude = magnitudes[k * kLanes + lane];
      const double part = magnitude * shares[k];
      channels[lane] += magnitude - part;
      channels[kLanes + lane] += part;
    }
  }
}

// coefficients[j][lane] = sum over i of levels[i][lane] * cosines[j][i].
AKIDA_VECTOR_CLONES
void transform_levels(std::span<const double> levels, const double* __restrict cosines,
                      std::size_t bins, double* __restrict coefficients) {
  const std::size_t channels = levels.size() / kLanes;
  for (std::size_t j = 0; j < bins; ++j) {
    double even[kLanes] = {};  // two sums, so that one need not wait for the other
    double odd[kLanes] = {};
    for (std::size_t i = 0; i + 1 < channels; i += 2) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        even[lane] += levels[i * kLanes + lane] * cosines[j * channels + i];
        odd[lane] += levels[(i + 1) * kLanes + lane] * cosines[j * channels + i + 1];
      }
    }
    const std::size_t last = channels - 1;
    const double rest = channels % 2 != 0 ? cosines[j * channels + last] : 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      coefficients[j * kLanes + lane] =
          even[lane] + odd[lane] + levels[last * kLanes + lane] * rest;
    }
  }
}

}  // namespace

std::size_t FeatureSettings::clip_samples() const { return samples_of(rate, clip_ms); }
std::size_t FeatureSettings::window_samples() const { return samples_of(rate, window_ms); }
std::size_t FeatureSettings::stride_samples() const { return samples_of(rate, stride_ms); }

Shape FeatureSettings::shape() const {
  validate(*this);
  const std::size_t rows = 1 + (clip_samples() - window_samples()) / stride_samples();
  const std::size_t columns = kind == FeatureKind::kMfcc ? bins : fft_size_of(*this) / 2 + 1;
  require_range("number of rows", rows, std::size_t{1}, std::size_t{io::kMaxSide});
  require_range("number of features", rows * columns, std::size_t{1},
                std::size_t{io::kMaxSampleElements});
  return {.width = static_cast<std::int32_t>(columns),
          .height = static_cast<std::int32_t>(rows),
          .channels = 1};
}

FeatureExtractor::FeatureExtractor(const FeatureSettings& settings)
    : settings_(settings),
      shape_(settings.shape()),
      window_(settings.window_samples()),
      spectra_(std::make_unique<PowerSpectra>(fft_size_of(settings))) {
  for (std::size_t i = 0; i < window_.size(); ++i) {
    const double turn = static_cast<double>(i) / static_cast<double>(window_.size());
    window_[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * turn);
  }
  end_ = fft_size_of(settings) / 2 + 1;
  if (settings_.kind == FeatureKind::kMfcc) {
    add_mel_channels();
    add_cosines();
  }
  power_.resize(end_ * kLanes);
}

FeatureExtractor::~FeatureExtractor() = default;

void FeatureExtractor::add_mel_channels() {
  const auto size = static_cast<double>(fft_size_of(settings_));
  const double spacing = settings_.rate / size;
  first_ = static_cast<std::size_t>(1.5 + settings_.lower / spacing);
  end_ = std::min(static_cast<std::size_t>(settings_.upper / spacing) + 1, end_);
  if (first_ >= end_) {
    fail(ErrorKind::kUsage, "a window of {} ms has no frequencies between {} and {} Hz",
         settings_.window_ms, settings_.lower, settings_.upper);
  }
  const double lowest = mel_of(settings_.lower);
  const double distance = (mel_of(settings_.upper) - lowest) / (settings_.mel_channels + 1);
  for (std::size_t k = first_; k < end_; ++k) {
    // Between corner c and the next one the triangle of channel c rises from 0 to 1 while the one
    // of the channel before falls.
    const double place = (mel_of(static_cast<double>(k) * spacing) - lowest) / distance;
    const double corner =
        std::clamp(std::floor(place), 0.0, static_cast<double>(settings_.mel_channels));
    rising_.push_back(static_cast<std::size_t>(corner));
    shares_.push_back(place - corner);
  }
  mel_.resize((settings_.mel_channels + 2) * kLanes);
  coefficients_.resize(settings_.bins * kLanes);
}

void FeatureExtractor::add_cosines() {
  const double channels = settings_.mel_channels;
  for (std::uint32_t j = 0; j < settings_.bins; ++j) {
    for (std::uint32_t i = 0; i < settings_.mel_channels; ++i) {
      cosines_.push_back(std::sqrt(2 / channels) *
                         std::cos(std::numbers::pi * j * (i + 0.5) / channels));
    }
  }
}

void FeatureExtractor::compute(std::span<const float> clip, std::span<double> features) {
  const auto rows = static_cast<std::size_t>(shape_.height);
  for (std::size_t row = 0; row < rows; row += kLanes) compute_rows(clip, row, features);
}

// Rows first to first + kLanes, as far as there are so many.
void FeatureExtractor::compute_rows(std::span<const float> clip, std::size_t first,
                                    std::span<double> features) {
  const auto columns = static_cast<std::size_t>(shape_.width);
  const std::size_t rows = std::min(static_cast<std::size_t>(shape_.height) - first, kLanes);
  std::array<const float*, kLanes> frames;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {  // where rows end, the last one again
    const std::size_t row = first + std::min(lane, rows - 1);
    frames[lane] = clip.subspan(row * settings_.stride_samples(), window_.size()).data();
  }
  spectra_->compute(frames, window_, power_);
  const std::span<double> out = features.subspan(first * columns, rows * columns);
  if (settings_.kind == FeatureKind::kMfcc) {
    compute_coefficients(rows, out);
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = power_[i % columns * kLanes + i / columns];
}

void FeatureExtractor::compute_coefficients(std::size_t rows, std::span<double> features) {
  take_roots(&power_[first_ * kLanes], (end_ - first_) * kLanes);
  std::ranges::fill(mel_, 0.0);
  add_to_mel(&power_[first_ * kLanes], rising_, shares_.data(), mel_.data());
  // The first and the last stand for no channel.
  const std::span<double> levels = std::span(mel_).subspan(kLanes, settings_.mel_channels * kLanes);
  for (double& level : levels) level = std::log(std::max(level, settings_.log_floor));
  transform_levels(levels, cosines_.data(), settings_.bins, coefficients_.data());
  for (std::size_t lane = 0; lane < rows; ++lane) {
    for (std::size_t j = 0; j < settings_.bins; ++j) {
      features[lane * settings_.bins + j] = coefficients_[j * kLanes + lane];
    }
  }
}

}  // namespace akida::data
