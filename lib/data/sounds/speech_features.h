// Features of speech: spectrograms and mel-frequency cepstral coefficients (MFCC), in double.
//
// A clip of `clip_samples()` samples is cut into frames of `window_samples()`, one every
// `stride_samples()`, only whole ones. A frame is weighted with the periodic Hann window
// 0.5 - 0.5 cos(2 pi i / window), extended with zeros to the next power of 2, and its power
// spectrum taken. That is a row of the spectrogram.
//
// MFCC: the square roots of the power are added up in `mel_channels` triangles, whose corners are
// equally far apart on the mel scale, mel(f) = 1127 ln(1 + f / 700), from `lower` to `upper`;
// frequencies k * rate / size outside int(1.5 + lower * size / rate) <= k <= int(upper * size /
// rate) do not count. The coefficients are those of a cosine transform (DCT-II) of the logarithms:
// c[j] = sqrt(2 / n) sum over i of ln(max(mel[i], log_floor)) cos(pi j (i + 0.5) / n), n channels.
// These are the operations of TensorFlow's speech recognition tutorial, whose floor is 1e-12.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tensor/shape.h"

namespace akida::data {

inline constexpr std::uint32_t kMinSoundRate = 1000;
inline constexpr std::uint32_t kMaxSoundRate = 768000;

class PowerSpectra;

enum class FeatureKind : std::uint8_t { kMfcc, kSpectrogram };

// The defaults give 49 rows of 10.
struct FeatureSettings {
  FeatureKind kind = FeatureKind::kMfcc;
  std::uint32_t rate = 16000;  // samples a second, kMinSoundRate..kMaxSoundRate
  double clip_ms = 1000;       // at most 600,000
  double window_ms = 30;       // at most 65,536 samples
  double stride_ms = 20;
  std::uint32_t bins = 10;          // MFCC: coefficients, at most mel_channels
  std::uint32_t mel_channels = 40;  // at most 1024
  double lower = 20;                // Hz
  double upper = 4000;              // Hz, at most half the rate
  double log_floor = 1e-12;         // above 0

  // Numbers of samples: int(rate * ms / 1000).
  [[nodiscard]] std::size_t clip_samples() const;
  [[nodiscard]] std::size_t window_samples() const;
  [[nodiscard]] std::size_t stride_samples() const;

  // Of the features: height is rows (time), width is bins or frequencies, one channel. Throws
  // kUsage for settings outside their range and for clips shorter than a window.
  [[nodiscard]] Shape shape() const;
};

// Computes features; one per thread.
class FeatureExtractor {
 public:
  explicit FeatureExtractor(const FeatureSettings& settings);
  ~FeatureExtractor();

  // Of a clip of clip_samples() values in -1..1 into shape().size() features, row by row.
  void compute(std::span<const float> clip, std::span<double> features);

 private:
  void add_mel_channels();
  void add_cosines();
  void compute_rows(std::span<const float> clip, std::size_t first, std::span<double> features);
  void compute_coefficients(std::size_t rows, std::span<double> features);

  FeatureSettings settings_;
  Shape shape_;
  std::size_t first_ = 0;  // frequencies first_ to end_ count
  std::size_t end_ = 0;
  // The share of every one of them that counts for channel rising_; the rest is for the one before.
  std::vector<std::size_t> rising_;
  std::vector<double> shares_;
  std::vector<double> cosines_;  // [bins, mel_channels]
  std::vector<double> window_;
  std::unique_ptr<PowerSpectra> spectra_;
  // Of several rows at once, side by side, as power_spectra.h says.
  std::vector<double> power_;
  std::vector<double> mel_;  // mel_channels + 2: one more before the first and after the last
  std::vector<double> coefficients_;
};

}  // namespace akida::data
