// Power spectra of several real signals at once, in double. Not installed: speech_features.cpp uses
// it.
//
// Signals lie side by side, [values][kLanes], so that every step of the transform is a loop over
// neighbours, which compilers turn into vector instructions. That, and not the arithmetic, is what
// makes it several times faster than a transform of one signal after the other.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace akida::data {

class PowerSpectra {
 public:
  static constexpr std::size_t kLanes = 4;  // signals at once

  // For transforms of `size` values, a power of 2 of at least 4.
  explicit PowerSpectra(std::size_t size);
  ~PowerSpectra();

  // power[k][lane] = |X[k]|^2 for k below power.size() / kLanes, at most size / 2 + 1, where X is
  // the discrete Fourier transform of window[i] * signals[lane][i], i below window.size() (at most
  // size), and zeros behind. One thread at a time.
  void compute(const std::array<const float*, kLanes>& signals, std::span<const double> window,
               std::span<double> power);

 private:
  struct Complex {  // apart, as the loops need them
    std::vector<double> real;
    std::vector<double> imag;
  };

  struct TurnsOfPasses;

  void transform();

  std::size_t half_;
  std::unique_ptr<TurnsOfPasses> turns_of_passes_;
  Complex turns_;   // exp(-2 pi i k / size), k below size / 2
  Complex values_;  // [half_][kLanes]: neighbours of a signal as one number; then their transform
  Complex spare_;
};

}  // namespace akida::data
