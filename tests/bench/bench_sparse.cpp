#include "bench_sparse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/random.h"
#include "bench_dense.h"
#include "bench_layer.h"
#include "kernels/event_conv.h"
#include "kernels/event_stream.h"
#include "kernels/separable.h"
#include "peer.h"
#include "plain_rows.h"

namespace akida::bench {
namespace {

using kernels::AlignedVector;

constexpr int kMaxInput = 15;
constexpr int kMaxWeight = 7;

// One convolution with stride 1 run by events.
class EventLayer {
 public:
  EventLayer(const PeerShape& shape, double zeros)
      : shape_(shape), input_(shape, zeros, kMaxInput) {
    const int k = shape.kernel;
    const int fan_in = k * k * shape.channels;
    weights_ = kernels::pack_event_weights(
        test::PlainRows(
            random_weights(static_cast<std::size_t>(shape.neurons * fan_in), kMaxWeight),
            shape.neurons),
        {shape.neurons, k, k, shape.channels});
    plan_ = random_levels(shape.neurons, std::int64_t{fan_in} * kMaxWeight * kMaxInput);
    lines_ = k == 1 ? 1 : input_.size_out;
    const int pixels = k == 1 ? input_.size_out * input_.size_out : input_.size_out;
    const int columns = pixels + k - 1;
    const auto block_bytes = static_cast<std::size_t>(fan_in * 64);
    windows_ = {pixels,
                k,
                1,
                block_bytes,
                (shape.neurons + 63) / 64,
                kernels::event_pair_limit(kMaxInput, kMaxWeight)};
    rows_ = {input_.cells.data(),
             static_cast<std::size_t>(input_.width * shape.channels),
             columns,
             k,
             shape.channels,
             k};
    const std::size_t capacity = kernels::event_capacity(columns, k, shape.channels);
    values_.resize(capacity);
    offsets_.resize(capacity);
    pairs_.resize(capacity / 2);
    starts_.resize(static_cast<std::size_t>(columns) + 1);
    stride_ = windows_.blocks * 64;
    potentials_.resize(static_cast<std::size_t>(pixels * stride_));
    output_.resize(static_cast<std::size_t>(lines_ * pixels * shape.neurons));
  }

  void run() {
    const kernels::EventStream stream = {values_.data(), offsets_.data(), starts_.data(),
                                         pairs_.data()};
    for (int line = 0; line < lines_; ++line) {
      kernels::EventRows rows = rows_;
      rows.input += static_cast<std::size_t>(line) * rows_.row_stride;
      build_(rows, pull_.group, stream);
      pull_.fn(stream, windows_, weights_.data(), potentials_.data(), stride_);
      levels_(plan_.table(), potentials_.data(), stride_, windows_.pixels,
              output_.data() + std::ptrdiff_t{line} * windows_.pixels * shape_.neurons,
              shape_.neurons);
    }
  }

 private:
  PeerShape shape_;
  PaddedInput input_;
  kernels::EventStreamFn* build_ = kernels::event_stream();
  kernels::EventConv pull_ = kernels::event_conv(kernels::event_pair_limit(kMaxInput, kMaxWeight));
  kernels::LevelsFn* levels_ = kernels::levels_kernel();
  kernels::LevelsPlan plan_;
  kernels::EventWindows windows_{};
  kernels::EventRows rows_{};
  AlignedVector<std::int8_t> weights_;
  AlignedVector<std::uint8_t> values_;
  AlignedVector<std::uint32_t> offsets_, starts_, pairs_;
  AlignedVector<std::int32_t> potentials_;
  AlignedVector<std::uint8_t> output_;
  int lines_ = 0, stride_ = 0;
};

void add_event_rows(Report& report, const PeerShape& shape) {
  for (const int zeros : {0, 50, 80, 90, 95, 99}) {
    const std::string name = fmt::format("events {0}x{0}x{1}->{2} {3}x{3} {4}%", shape.size,
                                         shape.channels, shape.neurons, shape.kernel, zeros);
    if (!report.wants(name)) continue;
    auto peer = std::make_shared<PeerConvolution>(shape, zeros / 100.0, kMaxInput);
    auto ours = std::make_shared<EventLayer>(shape, zeros / 100.0);
    const double macs =
        std::pow(shape.size, 2) * std::pow(shape.kernel, 2) * shape.neurons * shape.channels;
    report.add(name, macs,
               {{peer->name(), [peer] { peer->run(); }},
                dense_candidate(shape, zeros / 100.0, kMaxInput),
                {"akida events + levels", [ours] { ours->run(); }}});
  }
}

// Depthwise kernels like trained ones: normal, with a scale per channel, quantized to 4 bits with
// one scale for all, clipped at half the largest magnitude.
std::vector<std::int8_t> realistic_depthwise(int channels, int taps) {
  Random random(5);
  std::vector<double> values(static_cast<std::size_t>(channels * taps));
  double largest = 0;
  for (int c = 0; c < channels; ++c) {
    const double scale = std::exp(0.5 * random.normal());
    for (int t = 0; t < taps; ++t) {
      double& value = values[static_cast<std::size_t>(t * channels + c)];
      value = scale * random.normal();
      largest = std::max(largest, std::abs(value));
    }
  }
  std::vector<std::int8_t> weights;
  for (const double value : values) {
    const double code = std::nearbyint(value / (0.5 * largest) * kMaxWeight);
    weights.push_back(static_cast<std::int8_t>(std::clamp<double>(code, -kMaxWeight, kMaxWeight)));
  }
  return weights;
}

// Depthwise and pointwise stage with nothing rounded in between.
class SeparableLayer {
 public:
  SeparableLayer(const PeerShape& depthwise, int neurons, double zeros)
      : neurons_(neurons),
        input_(depthwise, zeros, kMaxInput),
        shape_{.channels = depthwise.channels,
               .neurons = neurons,
               .kernel_width = depthwise.kernel,
               .kernel_height = depthwise.kernel,
               .stride_x = depthwise.stride,
               .stride_y = depthwise.stride,
               .output_width = input_.size_out,
               .row_stride = std::ptrdiff_t{input_.width} * depthwise.channels,
               .max_value = kMaxInput},
        kernel_(
            shape_, realistic_depthwise(depthwise.channels, depthwise.kernel * depthwise.kernel),
            random_weights(static_cast<std::size_t>(neurons * depthwise.channels), kMaxWeight)) {
    workspace_.resize(kernel_.levels_workspace_bytes());
    output_.resize(static_cast<std::size_t>(input_.size_out * input_.size_out * neurons));
    const std::int64_t taps = depthwise.kernel * depthwise.kernel;
    plan_ = random_levels(neurons, taps * kMaxInput * kMaxWeight * kMaxWeight * depthwise.channels);
  }

  void run() {
    nonzero_ = kernel_.run_levels(
        input_.cells.data(), input_.size_out, levels_, plan_.table(),
        {output_.data(), neurons_, std::ptrdiff_t{neurons_} * input_.size_out}, workspace_.data());
  }

 private:
  int neurons_;
  PaddedInput input_;
  kernels::SeparableShape shape_;
  kernels::SeparableKernel kernel_;
  kernels::LevelsFn* levels_ = kernels::levels_kernel();
  kernels::LevelsPlan plan_;
  AlignedVector<std::byte> workspace_;
  AlignedVector<std::uint8_t> output_;
  std::size_t nonzero_ = 0;
};

void add_separable_row(Report& report, int size, int channels, int neurons, int stride) {
  const std::string name =
      fmt::format("separable {0}x{0}x{1}->{2} 3x3/{3}", size, channels, neurons, stride);
  if (!report.wants(name)) return;
  const PeerShape depthwise = {.channels = channels,
                               .neurons = channels,
                               .size = size,
                               .kernel = 3,
                               .stride = stride,
                               .depthwise = true};
  const int out = (size + stride - 1) / stride;
  const PeerShape pointwise = {.channels = channels, .neurons = neurons, .size = out};
  auto peer1 = std::make_shared<PeerConvolution>(depthwise);
  auto peer2 = std::make_shared<PeerConvolution>(pointwise);
  auto ours = std::make_shared<SeparableLayer>(depthwise, neurons, 0.5);
  report.add(name, std::pow(out, 2) * channels * (9.0 + neurons),
             {{"onednn depthwise, pointwise",
               [peer1, peer2] {
                 peer1->run();
                 peer2->run();
               }},
              {"akida separable, exact + levels", [ours] { ours->run(); }}});
}

}  // namespace

void add_sparse_rows(Report& report) {
  add_event_rows(report, {.channels = 64, .neurons = 64, .size = 56, .kernel = 3});
  add_event_rows(report, {.channels = 128, .neurons = 128, .size = 28, .kernel = 3});
  add_event_rows(report, {.channels = 256, .neurons = 256, .size = 14, .kernel = 3});
  add_event_rows(report, {.channels = 512, .neurons = 512, .size = 14, .kernel = 1});
  add_separable_row(report, 56, 128, 128, 1);
  add_separable_row(report, 14, 512, 512, 1);
  add_separable_row(report, 112, 32, 64, 1);
  add_separable_row(report, 28, 256, 512, 2);
  add_separable_row(report, 7, 1024, 1024, 1);
}

}  // namespace akida::bench
