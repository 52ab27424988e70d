#include "data/sounds/resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/error.h"
#include "data/sounds/speech_features.h"
#include "data/vector_clones.h"

namespace akida::data {
namespace {

constexpr std::size_t kLanes = 16;                         // sums at once
constexpr std::size_t kMaxWeights = std::size_t{1} << 22;  // that are kept, 32 MiB
constexpr std::size_t kSteps = 1024;  // points of curve_ per period: linear between them, -129 dB
constexpr double kCutOff = (Resampler::kPassBand + Resampler::kStopBand) / 2;
constexpr double kBeta = 0.1102 * (Resampler::kStopBandDb - 8.7);  // Kaiser 1974

// The modified Bessel function of order 0 by its series, of positive terms.
double bessel_i0(double x) {
  const double square = x * x / 4;
  double sum = 1;
  double term = 1;
  for (int k = 1; term > sum * 1e-17; ++k) {
    term *= square / (k * k);
    sum += term;
  }
  return sum;
}

// sinc(c t) w(t / reach), without the factors that are equal for all t.
double weight_at(double t) {
  const double share = t / Resampler::kReach;
  if (std::abs(share) >= 1) return 0;
  const double angle = std::numbers::pi * kCutOff * t;
  const double sinc = std::abs(angle) < 1e-9 ? 1 : std::sin(angle) / angle;
  return sinc * bessel_i0(kBeta * std::sqrt(1 - share * share));
}

// The same between points at every 1 / kSteps.
double weight_on(std::span<const double> curve, double t) {
  const double place = std::min(std::abs(t), double{Resampler::kReach}) * kSteps;
  const auto index = static_cast<std::size_t>(place);
  const double share = place - static_cast<double>(index);
  return curve[index] + share * (curve[index + 1] - curve[index]);
}

// Weighted sums of kLanes neighbouring columns of `rows` rows: sums[lane] of weights[k] and what
// stands `lane` behind place k, where the places go down the rows from `place` on and, after the
// last row, on with the first one a column further.
AKIDA_VECTOR_CLONES
void add_up(std::span<const double> weights, const double* __restrict values, std::size_t rows,
            std::size_t columns, std::size_t place, double* __restrict sums) {
  double lanes[kLanes] = {};
  std::size_t row = place % rows;
  const double* at = values + row * columns + place / rows;
  for (const double weight : weights) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += weight * at[lane];
    at += columns;
    if (++row < rows) continue;
    row = 0;
    at -= rows * columns - 1;
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] = lanes[lane];
}

}  // namespace

void Resampler::make_filter(std::uint32_t from) {
  const auto [low, high] = std::minmax(from, rate_);
  if (high > std::uint64_t{kMaxRatio} * low) {
    fail(ErrorKind::kInvalid, "rate {} cannot become {}: more than {} times higher or lower", from,
         rate_, kMaxRatio);
  }
  const std::uint32_t common = std::gcd(from, rate_);
  up_ = rate_ / common;
  down_ = from / common;
  step_ = std::max(1.0, static_cast<double>(down_) / static_cast<double>(up_));
  reach_ = static_cast<std::size_t>(std::ceil(kReach * step_));
  const std::size_t rows = up_ <= kMaxWeights / taps() ? up_ : 1;
  weights_.assign(rows * taps(), 0);
  if (!keeps_all() && curve_.empty()) {
    for (std::size_t i = 0; i < kReach * kSteps + 2; ++i) {
      curve_.push_back(weight_at(static_cast<double>(i) / kSteps));
    }
  }
  for (std::uint64_t phase = 0; keeps_all() && phase < up_; ++phase) set_weights(phase, phase);
  from_ = from;
}

// Row `row` of weights_: of the samples from reach_ - 1 before to reach_ behind the one at or
// before an output sample that lies phase / up_ behind that.
void Resampler::set_weights(std::uint64_t phase, std::size_t row) {
  const double place =
      static_cast<double>(reach_ - 1) + static_cast<double>(phase) / static_cast<double>(up_);
  const std::span<double> weights = std::span(weights_).subspan(row * taps(), taps());
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double t = (static_cast<double>(i) - place) / step_;
    weights[i] = keeps_all() ? weight_at(t) : weight_on(curve_, t);
    sum += weights[i];
  }
  for (double& weight : weights) weight /= sum;
}

std::vector<float> Resampler::operator()(Sound sound, std::size_t most) {
  if (sound.rate == rate_ || sound.samples.empty()) {
    if (sound.samples.size() > most) sound.samples.resize(most);
    return std::move(sound.samples);
  }
  if (sound.rate != from_) make_filter(sound.rate);
  const std::uint64_t length = (sound.samples.size() * up_ + down_ - 1) / down_;
  const std::uint64_t count = std::min<std::uint64_t>(length, most);
  if (count > kMaxSoundSamples) {
    fail(ErrorKind::kInvalid, "{} samples at rate {} exceed the limit of {}", count, rate_,
         kMaxSoundSamples);
  }
  spread(sound.samples, count);
  std::vector<float> samples(count);
  for (std::uint64_t first = 0; first < std::min(up_, count); ++first) filter_every(first, samples);
  return samples;
}

// The input into columns_, where those samples stand side by side that equal weights are for.
void Resampler::spread(std::span<const float> samples, std::uint64_t count) {
  const std::size_t outputs = (count / up_ + 1 + kLanes) / kLanes * kLanes;
  width_ = outputs + taps() / down_ + 2;
  columns_.assign(down_ * width_, 0);
  std::size_t row = (reach_ - 1) % down_;
  std::size_t column = (reach_ - 1) / down_;
  for (const float sample : samples) {
    if (column == width_) break;
    columns_[row * width_ + column] = static_cast<double>(sample);
    if (++row < down_) continue;
    row = 0;
    ++column;
  }
}

// Every up_-th sample of the output from `first` on: they have the same weights.
void Resampler::filter_every(std::uint64_t first, std::span<float> out) {
  const std::uint64_t phase = first * down_ % up_;
  if (!keeps_all()) set_weights(phase, 0);
  const auto weights = std::span(weights_).subspan(keeps_all() ? phase * taps() : 0, taps());
  const std::size_t place = first * down_ / up_;
  std::array<double, kLanes> sums;
  for (std::uint64_t n = first, column = 0; n < out.size(); column += kLanes) {
    add_up(weights, columns_.data() + column, down_, width_, place, sums.data());
    for (std::size_t lane = 0; lane < kLanes && n < out.size(); ++lane, n += up_) {
      out[n] = static_cast<float>(sums[lane]);
    }
  }
}

std::vector<float> decode_clip(std::span<const std::byte> bytes, Resampler& resampler,
                               std::size_t samples) {
  // What the filter looks ahead, at the lowest rate that there is, and a little more.
  constexpr double kAhead = 1.2 * Resampler::kReach / kMinSoundRate;
  const double seconds = static_cast<double>(samples) / resampler.rate() + kAhead;
  std::vector<float> clip = resampler(decode_sound(bytes, seconds), samples);
  clip.resize(samples);
  return clip;
}

std::vector<float> read_clip(io::ByteSource& source, Resampler& resampler, std::size_t samples) {
  const std::vector<std::byte> bytes = io::read_all(source, kMaxSoundFileBytes);
  return in_context(source.name(), [&] { return decode_clip(bytes, resampler, samples); });
}

}  // namespace akida::data
