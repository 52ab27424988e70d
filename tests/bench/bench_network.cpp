#include "bench_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/random.h"
#include "engine/engine.h"
#include "peer.h"

namespace akida::bench {
namespace {

constexpr double kZeros = 0.54;  // share of silent outputs that thresholds are set for
constexpr std::int32_t kBits = 4;

// Rounded normal weights of 4 bits; kernels of a depthwise stage (one neuron) differ in spread.
void set_weights(Dense& weights, Random& random) {
  const auto values = weights.data<std::int8_t>();
  const bool depthwise = weights.dims().back() == 1;
  const auto channels = static_cast<std::size_t>(weights.dims()[2]);
  std::vector<double> spread(channels, 1.8);
  if (depthwise) {
    for (double& value : spread) value = 1.8 * std::exp(0.5 * random.normal());
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double scale = depthwise ? spread[i % channels] : spread[0];
    values[i] = static_cast<std::int8_t>(std::clamp(std::round(random.normal() * scale), -7., 7.));
  }
}

io::Batch random_sample(const Shape& shape, std::int32_t high, double zeros) {
  Random random(7);
  io::Batch batch;
  batch.size = 1;
  batch.dense = Dense(DType::kU8, {1, shape.height, shape.width, shape.channels});
  for (std::uint8_t& value : batch.dense.data<std::uint8_t>()) {
    const auto level = 1 + random.below(static_cast<std::uint32_t>(high));
    value = static_cast<std::uint8_t>(random.uniform() < zeros ? 0 : level);
  }
  return batch;
}

// Sets every neuron's threshold where a share `zeros` of its potentials on `batch` lies below, and
// its step so that the highest levels occur.
void set_thresholds(snn::Model& model, const io::Batch& batch, double zeros) {
  const std::size_t last = model.layers().size() - 1;
  snn::Layer layer = model.layer(last);
  snn::activation_of(layer)->enabled = false;
  model.replace(last, layer);
  const Dense potentials = engine::Engine(model, {.jobs = 1}).forward(batch);
  const auto values = potentials.data<std::int32_t>();
  const auto neurons = static_cast<std::size_t>(snn::num_neurons(layer));
  std::vector<std::int32_t> own;
  for (std::size_t n = 0; n < neurons; ++n) {
    own.clear();
    for (std::size_t i = n; i < values.size(); i += neurons) own.push_back(values[i]);
    std::sort(own.begin(), own.end());
    const auto at = static_cast<std::size_t>(zeros * static_cast<double>(own.size()));
    layer.variables.threshold_fire[n] = own[std::min(at, own.size() - 1)];
    layer.variables.threshold_fire_step[n] =
        std::max(0.3F, static_cast<float>(own.back() - layer.variables.threshold_fire[n]) / 16.1F);
  }
  snn::activation_of(layer)->enabled = true;
  model.replace(last, layer);
}

void add_layer(snn::Model& model, snn::Parameters parameters, const io::Batch& batch,
               double zeros) {
  Random random(11, static_cast<std::uint32_t>(model.layers().size()));
  model.add({.parameters = std::move(parameters)});
  snn::Variables& variables = model.variables(model.layers().size() - 1);
  set_weights(variables.weights, random);
  if (!variables.weights_pw.empty()) set_weights(variables.weights_pw, random);
  set_thresholds(model, batch, zeros);
}

struct Network {
  std::string name;
  snn::Model model;
  io::Batch batch;
  std::vector<PeerShape> peers;
};

snn::Convolution same3x3(std::int32_t stride) {
  return {.kernel_width = 3, .kernel_height = 3, .stride_x = stride, .stride_y = stride};
}

constexpr snn::Activation kActivation{.threshold_fire_bits = kBits};

// Four 3x3 convolutions on 56x56x64.
Network convolution_chain(double zeros) {
  const Shape shape{.width = 56, .height = 56, .channels = 64};
  Network network{.name = fmt::format("chain 4 x 56x56x64 3x3 {:.0f}%", zeros * 100)};
  network.batch = random_sample(shape, 15, zeros);
  network.model.add({.parameters = snn::InputData{.input = shape, .input_bits = kBits}});
  for (int i = 0; i < 4; ++i) {
    add_layer(network.model,
              snn::Convolutional{.num_neurons = 64,
                                 .weights_bits = kBits,
                                 .convolution = same3x3(1),
                                 .activation = kActivation},
              network.batch, zeros);
    network.peers.push_back({64, 64, 56, 3});
  }
  return network;
}

// MobileNetV1 1.0/224 without its classifier: an 8-bit image, 13 separable blocks.
Network mobilenet() {
  const Shape shape{.width = 224, .height = 224, .channels = 3};
  Network network{.name = "mobilenet 224"};
  network.batch = random_sample(shape, 255, 0);
  snn::InputConvolutional first{.input = shape,
                                .num_neurons = 32,
                                .weights_bits = kBits,
                                .convolution = same3x3(2),
                                .activation = kActivation};
  add_layer(network.model, first, network.batch, kZeros);
  network.peers.push_back({3, 32, 224, 3, 2});
  struct Block {
    int neurons, stride;
  };
  const Block blocks[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                          {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
  for (const Block& block : blocks) {
    const Shape input = network.model.output_shape();
    add_layer(network.model,
              snn::SeparableConvolutional{.num_neurons = block.neurons,
                                          .weights_bits = kBits,
                                          .convolution = same3x3(block.stride),
                                          .activation = kActivation},
              network.batch, kZeros);
    const int size = network.model.output_shape().width;
    network.peers.push_back(
        {input.channels, input.channels, input.width, 3, block.stride, /*depthwise=*/true});
    network.peers.push_back({input.channels, block.neurons, size, 1});
  }
  return network;
}

double macs_of(const PeerShape& shape) {
  const int out = (shape.size + shape.stride - 1) / shape.stride;
  return double{1} * out * out * shape.neurons * shape.kernel * shape.kernel *
         (shape.depthwise ? 1 : shape.channels);
}

void add_network(Report& report, const Network& network) {
  auto engine = std::make_shared<engine::Engine>(network.model, engine::EngineOptions{.jobs = 1});
  auto peers = std::make_shared<std::vector<PeerConvolution>>();
  double macs = 0;
  for (const PeerShape& shape : network.peers) {
    peers->emplace_back(shape, kZeros, shape.channels == 3 ? 255 : 15);
    macs += macs_of(shape);
  }
  const auto batch = std::make_shared<io::Batch>(network.batch);
  report.add(network.name, macs,
             {{"onednn primitives in turn",
               [peers] {
                 for (PeerConvolution& peer : *peers) peer.run();
               }},
              {"akida engine", [engine, batch] { static_cast<void>(engine->forward(*batch)); }}});
}

}  // namespace

void add_network_rows(Report& report) {
  if (report.wants("chain")) {
    for (double zeros : {0.54, 0.7, 0.8, 0.9, 0.95}) add_network(report, convolution_chain(zeros));
  }
  if (report.wants("mobilenet")) add_network(report, mobilenet());
}

}  // namespace akida::bench
