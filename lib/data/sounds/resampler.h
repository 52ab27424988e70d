// Changes of the rate of sounds, by a linear-phase low-pass filter.
//
// Sample n of the output is the sum over k of x[k] g(k - n * from / to), with
// g(u) = sinc(c u / d) w(u / (d kReach)): d = max(1, from / to), w the Kaiser window of
// kStopBandDb, and c = 1 a cut-off at the lower of both Nyquist frequencies; the weights of an
// output sample add up to 1. In shares of that frequency: up to kPassBand a tone keeps its level
// within 0.001 dB; at 1 it has half of it; from kStopBand on, what would alias or be a mirror image
// is at least kStopBandDb below it. Speech at 8 kHz reaches up to its Nyquist frequency, and so do
// the mel channels of keyword features. There is no delay, and silence before and after the sound.
//
// Sums are taken in double, in the order of k.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "data/sounds/sound.h"
#include "io/bytes.h"

namespace akida::data {

// A resampler for one rate of output; one per thread. It keeps the filter of the last rate of
// input.
class Resampler {
 public:
  static constexpr double kPassBand = 0.95;
  static constexpr double kStopBand = 1.05;
  static constexpr double kStopBandDb = 100;
  static constexpr int kReach = 66;  // periods of the lower rate that count, to either side
  static constexpr std::uint32_t kMaxRatio = 256;

  explicit Resampler(std::uint32_t rate) : rate_(rate) {}

  [[nodiscard]] std::uint32_t rate() const { return rate_; }

  // `sound` at rate(): ceil(size * to / from) samples, or the first `most` of them. The same
  // samples where the rates are equal. Throws kInvalid for rates of which one is more than
  // kMaxRatio times the other, and above kMaxSoundSamples.
  [[nodiscard]] std::vector<float> operator()(
      Sound sound, std::size_t most = std::numeric_limits<std::size_t>::max());

 private:
  [[nodiscard]] std::size_t taps() const { return 2 * reach_; }
  [[nodiscard]] bool keeps_all() const { return weights_.size() == up_ * taps(); }
  void make_filter(std::uint32_t from);
  void set_weights(std::uint64_t phase, std::size_t row);
  void spread(std::span<const float> samples, std::uint64_t count);
  void filter_every(std::uint64_t first, std::span<float> out);

  std::uint32_t rate_;
  std::uint32_t from_ = 0;  // rate of input that the filter is for; 0: none
  std::uint64_t up_ = 1;    // rate_ / from_ = up_ / down_, in lowest terms
  std::uint64_t down_ = 1;
  double step_ = 1;              // d above
  std::size_t reach_ = 0;        // samples of input to either side
  std::vector<double> weights_;  // [up_, taps()]; one row where all would be too many
  std::vector<double> curve_;    // the filter in small steps; empty where all weights are kept
  std::vector<double> columns_;  // [down_, width_]
  std::size_t width_ = 0;
};

// The first `samples` samples at the resampler's rate of the content of a sound file, zeros behind
// a shorter one. Throws as decode_sound and the resampler do.
[[nodiscard]] std::vector<float> decode_clip(std::span<const std::byte> bytes, Resampler& resampler,
                                             std::size_t samples);

// The same of what is in `source`; errors begin with its name.
[[nodiscard]] std::vector<float> read_clip(io::ByteSource& source, Resampler& resampler,
                                           std::size_t samples);

}  // namespace akida::data
