#include "data/sounds/power_spectra.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "data/vector_clones.h"

namespace akida::data {
namespace {

constexpr std::size_t kLanes = PowerSpectra::kLanes;

// The arrays of one pass of a transform; none overlaps another.
struct Pass {
  const double* __restrict in_real;
  const double* __restrict in_imag;
  double* __restrict out_real;
  double* __restrict out_imag;
};

// exp(-2 pi i j p / length) for j = 1, 2, 3, of each p below length / 4.
struct Turns {
  double real[3];
  double imag[3];
};

// Of four quarters of `in`, `run` numbers each, four runs of `out`, turned by 0, w, w^2 and w^3.
inline void combine_runs(const Pass& pass, std::size_t in, std::size_t quarter, std::size_t out,
                         std::size_t run, const Turns& w) {
  const double* __restrict in_real = pass.in_real + in;
  const double* __restrict in_imag = pass.in_imag + in;
  double* __restrict out_real = pass.out_real + out;
  double* __restrict out_imag = pass.out_imag + out;
#pragma GCC ivdep  // the arrays do not overlap
  for (std::size_t i = 0; i < run; ++i) {
    const double a_real = in_real[i];
    const double a_imag = in_imag[i];
    const double b_real = in_real[i + quarter];
    const double b_imag = in_imag[i + quarter];
    const double c_real = in_real[i + 2 * quarter];
    const double c_imag = in_imag[i + 2 * quarter];
    const double d_real = in_real[i + 3 * quarter];
    const double d_imag = in_imag[i + 3 * quarter];
    // a - ib - c + id, a - b + c - d and a + ib - c - id, to be turned.
    const double minus_real = (a_real - c_real) + (b_imag - d_imag);
    const double minus_imag = (a_imag - c_imag) - (b_real - d_real);
    const double middle_real = (a_real + c_real) - (b_real + d_real);
    const double middle_imag = (a_imag + c_imag) - (b_imag + d_imag);
    const double plus_real = (a_real - c_real) - (b_imag - d_imag);
    const double plus_imag = (a_imag - c_imag) + (b_real - d_real);
    out_real[i] = (a_real + c_real) + (b_real + d_real);
    out_imag[i] = (a_imag + c_imag) + (b_imag + d_imag);
    out_real[i + run] = minus_real * w.real[0] - minus_imag * w.imag[0];
    out_imag[i + run] = minus_real * w.imag[0] + minus_imag * w.real[0];
    out_real[i + 2 * run] = middle_real * w.real[1] - middle_imag * w.imag[1];
    out_imag[i + 2 * run] = middle_real * w.imag[1] + middle_imag * w.real[1];
    out_real[i + 3 * run] = plus_real * w.real[2] - plus_imag * w.imag[2];
    out_imag[i + 3 * run] = plus_real * w.imag[2] + plus_imag * w.real[2];
  }
}

// A pass of Stockham's transform, radix 4, from transforms of `length` to those of a quarter of it,
// of `run` numbers that are treated alike.
AKIDA_VECTOR_CLONES
void combine_quarters(const Pass& pass, std::size_t length, std::size_t run, const Turns* turns) {
  const std::size_t quarter = length / 4 * run;
  if (run == kLanes) {  // a number that the compiler knows: the first pass has the most runs
    for (std::size_t p = 0; p < length / 4; ++p) {
      combine_runs(pass, p * kLanes, quarter, 4 * p * kLanes, kLanes, turns[p]);
    }
    return;
  }
  for (std::size_t p = 0; p < length / 4; ++p) {
    combine_runs(pass, p * run, quarter, 4 * p * run, run, turns[p]);
  }
}

// The last pass, radix 2, for sizes that are no power of 4.
AKIDA_VECTOR_CLONES
void combine_halves(const double* __restrict in, double* __restrict out, std::size_t run) {
  for (std::size_t i = 0; i < run; ++i) {
    out[i] = in[i] + in[i + run];
    out[i + run] = in[i] - in[i + run];
  }
}

}  // namespace

struct PowerSpectra::TurnsOfPasses {
  std::vector<std::vector<Turns>> passes;
};

PowerSpectra::PowerSpectra(std::size_t size)
    : half_(size / 2), turns_of_passes_(std::make_unique<TurnsOfPasses>()) {
  for (std::size_t length = half_; length >= 4; length /= 4) {
    std::vector<Turns>& turns = turns_of_passes_->passes.emplace_back(length / 4);
    for (std::size_t p = 0; p < turns.size(); ++p) {
      for (std::size_t j = 0; j < 3; ++j) {
        const double share = static_cast<double>((j + 1) * p) / static_cast<double>(length);
        turns[p].real[j] = std::cos(2 * std::numbers::pi * share);
        turns[p].imag[j] = -std::sin(2 * std::numbers::pi * share);
      }
    }
  }
  for (std::size_t k = 0; k < half_; ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size);
    turns_.real.push_back(std::cos(angle));
    turns_.imag.push_back(-std::sin(angle));
  }
  for (auto* values : {&values_.real, &values_.imag, &spare_.real, &spare_.imag}) {
    values->resize(half_ * kLanes);
  }
}

PowerSpectra::~PowerSpectra() = default;

// Of values_ in place.
void PowerSpectra::transform() {
  std::size_t length = half_;  // of the transforms that remain
  std::size_t run = kLanes;    // numbers that are treated alike
  for (const std::vector<Turns>& turns : turns_of_passes_->passes) {
    combine_quarters(
        {values_.real.data(), values_.imag.data(), spare_.real.data(), spare_.imag.data()}, length,
        run, turns.data());
    std::swap(values_, spare_);
    length /= 4;
    run *= 4;
  }
  if (length == 2) {
    combine_halves(values_.real.data(), spare_.real.data(), run);
    combine_halves(values_.imag.data(), spare_.imag.data(), run);
    std::swap(values_, spare_);
  }
}

namespace {

// Even values into `even`, odd ones into `odd`.
AKIDA_VECTOR_CLONES
void weight_pairs(const std::array<const float*, kLanes>& signals, const double* __restrict window,
                  std::size_t pairs, double* __restrict even, double* __restrict odd) {
  const std::array<const float*, kLanes> from = signals;
  for (std::size_t i = 0; i < pairs; ++i) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      even[i * kLanes + lane] = window[2 * i] * from[lane][2 * i];
      odd[i * kLanes + lane] = window[2 * i + 1] * from[lane][2 * i + 1];
    }
  }
}

// |X[k]|^2 of kLanes signals from the transform of their pairs at k and at half - k: the even
// values have the part of it that is symmetric in k, the odd ones the rest, turned by k steps.
AKIDA_VECTOR_CLONES
void power_of_pairs(const double* __restrict real, const double* __restrict imag, std::size_t half,
                    const double* __restrict turn_real, const double* __restrict turn_imag,
                    double* __restrict power, std::size_t end) {
  for (std::size_t k = 1; k < end; ++k) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const std::size_t here = k * kLanes + lane;
      const std::size_t there = (half - k) * kLanes + lane;
      const double even_real = real[here] + real[there];
      const double even_imag = imag[here] - imag[there];
      const double odd_real = imag[here] + imag[there];
      const double odd_imag = real[there] - real[here];
      const double x_real = even_real + odd_real * turn_real[k] - odd_imag * turn_imag[k];
      const double x_imag = even_imag + odd_real * turn_imag[k] + odd_imag * turn_real[k];
      power[here] = 0.25 * (x_real * x_real + x_imag * x_imag);
    }
  }
}

}  // namespace

void PowerSpectra::compute(const std::array<const float*, kLanes>& signals,
                           std::span<const double> window, std::span<double> power) {
  const std::size_t pairs = window.size() / 2;
  weight_pairs(signals, window.data(), pairs, values_.real.data(), values_.imag.data());
  const auto behind = static_cast<std::ptrdiff_t>(pairs * kLanes);
  std::fill(values_.real.begin() + behind, values_.real.end(), 0.0);
  std::fill(values_.imag.begin() + behind, values_.imag.end(), 0.0);
  if (window.size() % 2 != 0) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      values_.real[pairs * kLanes + lane] = window[2 * pairs] * signals[lane][2 * pairs];
    }
  }
  transform();
  const std::size_t frequencies = power.size() / kLanes;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const double sum = values_.real[lane] + values_.imag[lane];
    const double difference = values_.real[lane] - values_.imag[lane];
    power[lane] = sum * sum;
    if (frequencies > half_) power[half_ * kLanes + lane] = difference * difference;
  }
  power_of_pairs(values_.real.data(), values_.imag.data(), half_, turns_.real.data(),
                 turns_.imag.data(), power.data(), std::min(frequencies, half_));
}

}  // namespace akida::data
