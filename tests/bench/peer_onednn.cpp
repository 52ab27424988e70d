#include <algorithm>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "base/random.h"
#include "bench_layer.h"
#include "peer.h"

namespace akida::bench {
namespace {

using dnnl::memory;

struct Descriptions {
  memory::desc source, weights, bias, target;
  memory::dims strides, pad_before, pad_after;
};

Descriptions describe(const PeerShape& shape) {
  const int out = (shape.size + shape.stride - 1) / shape.stride;
  const int pad = std::max((out - 1) * shape.stride + shape.kernel - shape.size, 0);
  memory::dims weights = {shape.neurons, shape.channels, shape.kernel, shape.kernel};
  if (shape.depthwise) weights = {shape.channels, 1, 1, shape.kernel, shape.kernel};
  using Type = memory::data_type;
  using Tag = memory::format_tag;
  return {
      .source = {{1, shape.channels, shape.size, shape.size}, Type::u8, Tag::nhwc},
      .weights = {weights, Type::s8, Tag::any},
      .bias = {{shape.neurons}, Type::s32, Tag::x},
      .target = {{1, shape.neurons, out, out}, Type::u8, Tag::nhwc},
      .strides = {shape.stride, shape.stride},
      .pad_before = {pad / 2, pad / 2},
      .pad_after = {pad - pad / 2, pad - pad / 2},
  };
}

dnnl::primitive_attr scale_and_relu() {
  dnnl::primitive_attr attributes;
  attributes.set_output_scales(0, {0.01F});
  dnnl::post_ops relu;
  relu.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
  attributes.set_post_ops(relu);
  return attributes;
}

}  // namespace

struct PeerState {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::primitive primitive;
  std::unordered_map<int, memory> arguments;
  std::string name;
};

namespace {

void run_peer(PeerState& state) {
  state.primitive.execute(state.stream, state.arguments);
  state.stream.wait();
}

// Weights of -7..7; times do not depend on them.
void fill_weights(const memory& weights) {
  auto* codes = static_cast<std::int8_t*>(weights.get_data_handle());
  const auto values = random_weights(weights.get_desc().get_size(), 7);
  std::copy(values.begin(), values.end(), codes);
}

}  // namespace

PeerConvolution::PeerConvolution(const PeerShape& shape, double zeros, int max_input)
    : state_(std::make_unique<PeerState>()) {
  const Descriptions d = describe(shape);
  const dnnl::convolution_forward::desc operation(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, d.source, d.weights,
      d.bias, d.target, d.strides, d.pad_before, d.pad_after);
  const dnnl::convolution_forward::primitive_desc chosen(operation, scale_and_relu(),
                                                         state_->engine);
  state_->name = std::string("onednn ") + chosen.impl_info_str();
  state_->primitive = dnnl::convolution_forward(chosen);
  const memory source(chosen.src_desc(), state_->engine);
  const memory weights(chosen.weights_desc(), state_->engine);
  const memory bias(chosen.bias_desc(), state_->engine);
  const memory target(chosen.dst_desc(), state_->engine);
  Random random(1);
  auto* levels = static_cast<std::uint8_t*>(source.get_data_handle());
  for (std::size_t i = 0; i < source.get_desc().get_size(); ++i) {
    const auto level = 1 + random.below(static_cast<std::uint32_t>(max_input));
    levels[i] = static_cast<std::uint8_t>(random.uniform() < zeros ? 0 : level);
  }
  fill_weights(weights);
  std::fill_n(static_cast<std::int32_t*>(bias.get_data_handle()), shape.neurons, 0);
  state_->arguments = {{DNNL_ARG_SRC, source},
                       {DNNL_ARG_WEIGHTS, weights},
                       {DNNL_ARG_BIAS, bias},
                       {DNNL_ARG_DST, target}};
}

PeerConvolution::~PeerConvolution() = default;
PeerConvolution::PeerConvolution(PeerConvolution&&) noexcept = default;
PeerConvolution& PeerConvolution::operator=(PeerConvolution&&) noexcept = default;

void PeerConvolution::run() { run_peer(*state_); }

const std::string& PeerConvolution::name() const { return state_->name; }

PeerFullyConnected::PeerFullyConnected(int inputs, int neurons)
    : state_(std::make_unique<PeerState>()) {
  using Type = memory::data_type;
  using Tag = memory::format_tag;
  const dnnl::inner_product_forward::desc operation(
      dnnl::prop_kind::forward_inference, memory::desc({1, inputs}, Type::u8, Tag::any),
      memory::desc({neurons, inputs}, Type::s8, Tag::any),
      memory::desc({1, neurons}, Type::s32, Tag::any));
  const dnnl::inner_product_forward::primitive_desc chosen(operation, state_->engine);
  state_->name = std::string("onednn ") + chosen.impl_info_str();
  state_->primitive = dnnl::inner_product_forward(chosen);
  const memory source(chosen.src_desc(), state_->engine);
  const memory weights(chosen.weights_desc(), state_->engine);
  const memory target(chosen.dst_desc(), state_->engine);
  std::fill_n(static_cast<std::uint8_t*>(source.get_data_handle()), source.get_desc().get_size(),
              std::uint8_t{1});
  fill_weights(weights);
  state_->arguments = {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, target}};
}

PeerFullyConnected::~PeerFullyConnected() = default;
PeerFullyConnected::PeerFullyConnected(PeerFullyConnected&&) noexcept = default;
PeerFullyConnected& PeerFullyConnected::operator=(PeerFullyConnected&&) noexcept = default;

void PeerFullyConnected::run() { run_peer(*state_); }

const std::string& PeerFullyConnected::name() const { return state_->name; }

}  // namespace akida::bench
