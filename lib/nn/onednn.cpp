#include "nn/onednn.h"

#include <algorithm>
#include <array>
#include <oneapi/dnnl/dnnl.hpp>
#include <tuple>
#include <unordered_map>

namespace akida::nn {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

// Scratch memory is the caller's, so that threads can share a primitive.
dnnl::primitive_attr caller_scratch() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

memory::desc describe(memory::dims dims, Tag tag) {
  return {std::move(dims), memory::data_type::f32, tag};
}

// oneDNN takes memory that it only reads as not const, too.
memory wrap(const memory::desc& description, const void* data) {
  return {description, cpu(), const_cast<void*>(data)};
}

// A primitive with the layouts that it has chosen.
struct Primitive {
  dnnl::primitive primitive;
  memory::desc scratchpad;
  memory::desc weights;  // or their gradient

  template <typename Description>
  Primitive(const dnnl::primitive& made, const Description& description,
            const memory::desc& weights_layout)
      : primitive(made), scratchpad(description.scratchpad_desc()), weights(weights_layout) {}
  Primitive() = default;

  void run(Arguments arguments, Scratch& scratch) const {
    arguments[DNNL_ARG_SCRATCHPAD] =
        wrap(scratchpad, grown(scratch.primitive, scratchpad.get_size()));
    thread_local dnnl::stream stream(cpu());
    primitive.execute(stream, arguments);
    stream.wait();
  }
};

// Copies between two layouts; does nothing between equal ones.
class Reorder {
 public:
  Reorder() = default;
  Reorder(const memory::desc& from, const memory::desc& to) : from_(from), to_(to) {
    if (from == to) return;
    const dnnl::reorder::primitive_desc chosen(cpu(), from, cpu(), to, caller_scratch());
    primitive_ = Primitive(dnnl::reorder(chosen), chosen, to);
  }

  [[nodiscard]] bool is_needed() const { return from_ != to_; }
  [[nodiscard]] std::size_t source_bytes() const { return from_.get_size(); }
  [[nodiscard]] std::size_t target_bytes() const { return to_.get_size(); }

  void run(const void* from, void* to, Scratch& scratch) const {
    primitive_.run({{DNNL_ARG_FROM, wrap(from_, from)}, {DNNL_ARG_TO, wrap(to_, to)}}, scratch);
  }

 private:
  memory::desc from_, to_;
  Primitive primitive_;
};

// A kernel in the layout that a primitive wants.
class PackedKernel {
 public:
  PackedKernel() = default;
  PackedKernel(const memory::desc& plain, const memory::desc& wanted) : reorder_(plain, wanted) {}

  void load(const float* kernel, Scratch& scratch) {
    data_ = kernel;
    if (!reorder_.is_needed()) return;
    data_ = grown(packed_, reorder_.target_bytes());
    reorder_.run(kernel, packed_.data(), scratch);
  }

  [[nodiscard]] const void* data() const { return data_; }

 private:
  Reorder reorder_;
  kernels::AlignedVector<std::byte> packed_;
  const void* data_ = nullptr;
};

struct Windows {
  memory::dims size, strides, before, after;

  explicit Windows(const WindowGeometry& g)
      : size{g.window.height, g.window.width},
        strides{g.strides.height, g.strides.width},
        before{g.before.height, g.before.width} {
    const cnn::Extent behind = padding_after(g);
    after = {behind.height, behind.width};
  }
};

memory::desc describe_maps(std::int64_t samples, const cnn::Dims& map) {
  return describe({samples, map[2], map[0], map[1]}, Tag::nhwc);
}

// What a weighted sum reads and writes. `weights` is the layout of the caller's kernel, `packed`
// leaves the choice to oneDNN; `bias` is empty where there is none.
struct Operands {
  memory::desc source, weights, packed, bias, target;

  Operands(WeightedSumKind kind, const WindowGeometry& g, bool has_bias) {
    const std::int64_t inputs = g.input[2], outputs = g.output[2];
    memory::dims dims = {outputs, inputs, g.window.height, g.window.width};
    Tag tag = Tag::hwio;
    source = describe_maps(g.samples, g.input);
    target = describe_maps(g.samples, g.output);
    if (kind == WeightedSumKind::kDepthwise) {
      dims = {outputs, 1, 1, g.window.height, g.window.width};
      tag = Tag::hwigo;
    } else if (kind == WeightedSumKind::kDense) {
      source = describe({g.samples, inputs}, Tag::nc);
      target = describe({g.samples, outputs}, Tag::nc);
      dims = {outputs, inputs};
      tag = Tag::io;
    }
    weights = describe(dims, tag);
    packed = describe(dims, Tag::any);
    if (has_bias) bias = describe({outputs}, Tag::x);
  }
};

// The descriptions of primitives, whose constructors changed from oneDNN 2 to 3. `arguments` are
// those of the operation itself.
template <typename Operation, typename... Arguments>
typename Operation::primitive_desc describe_forward(const Arguments&... arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu(), arguments..., caller_scratch()};
#else
  return {typename Operation::desc(arguments...), caller_scratch(), cpu()};
#endif
}

template <typename Operation, typename Forward, typename... Arguments>
typename Operation::primitive_desc describe_backward(const Forward& forward,
                                                     const Arguments&... arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu(), arguments..., forward, caller_scratch()};
#else
  return {typename Operation::desc(arguments...), caller_scratch(), cpu(), forward};
#endif
}

// The direct algorithm: Winograd's rounds differently from size to size.
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

struct Convolution {
  using Forward = dnnl::convolution_forward;
  using BackwardData = dnnl::convolution_backward_data;
  using BackwardWeights = dnnl::convolution_backward_weights;

  Operands o;
  Windows w;

  [[nodiscard]] auto forward(dnnl::prop_kind kind) const {
    return describe_forward<Forward>(kind, kDirect, o.source, o.packed, o.bias, o.target, w.strides,
                                     w.before, w.after);
  }
  [[nodiscard]] auto input_gradient(const Forward::primitive_desc& forward) const {
    return describe_backward<BackwardData>(forward, kDirect, o.source, o.packed, o.target,
                                           w.strides, w.before, w.after);
  }
  [[nodiscard]] auto weight_gradients(const Forward::primitive_desc& forward) const {
    return describe_backward<BackwardWeights>(forward, kDirect, o.source, o.packed, o.bias,
                                              o.target, w.strides, w.before, w.after);
  }
};

struct InnerProduct {
  using Forward = dnnl::inner_product_forward;
  using BackwardData = dnnl::inner_product_backward_data;
  using BackwardWeights = dnnl::inner_product_backward_weights;

  Operands o;

  [[nodiscard]] auto forward(dnnl::prop_kind kind) const {
    return describe_forward<Forward>(kind, o.source, o.packed, o.bias, o.target);
  }
  [[nodiscard]] auto input_gradient(const Forward::primitive_desc& forward) const {
    return describe_backward<BackwardData>(forward, o.source, o.packed, o.target);
  }
  [[nodiscard]] auto weight_gradients(const Forward::primitive_desc& forward) const {
    return describe_backward<BackwardWeights>(forward, o.source, o.packed, o.bias, o.target);
  }
};

}  // namespace

cnn::Extent padding_after(const WindowGeometry& g) {
  const auto after = [](std::int32_t input, std::int32_t output, std::int32_t window,
                        std::int32_t stride, std::int32_t before) {
    return std::max((output - 1) * stride + window - input - before, 0);
  };
  return {after(g.input[0], g.output[0], g.window.height, g.strides.height, g.before.height),
          after(g.input[1], g.output[1], g.window.width, g.strides.width, g.before.width)};
}

struct WeightedSum::State {
  Operands operands;
  bool has_bias;
  Primitive forward, input_gradient, weight_gradients;
  PackedKernel forward_kernel, gradient_kernel;
  Reorder unpack;  // the kernel's gradient
  bool has_input_gradient = false;

  template <typename Operation>
  void make(const Operation& operation, bool gradients, bool with_input_gradient) {
    const auto forward_pd =
        operation.forward(gradients || with_input_gradient ? dnnl::prop_kind::forward_training
                                                           : dnnl::prop_kind::forward_inference);
    forward = {typename Operation::Forward(forward_pd), forward_pd, forward_pd.weights_desc()};
    forward_kernel = PackedKernel(operands.weights, forward.weights);
    if (with_input_gradient) {
      const auto pd = operation.input_gradient(forward_pd);
      input_gradient = {typename Operation::BackwardData(pd), pd, pd.weights_desc()};
      gradient_kernel = PackedKernel(operands.weights, input_gradient.weights);
      has_input_gradient = true;
    }
    if (gradients) {
      const auto pd = operation.weight_gradients(forward_pd);
      weight_gradients = {typename Operation::BackwardWeights(pd), pd, pd.diff_weights_desc()};
      unpack = Reorder(weight_gradients.weights, operands.weights);
    }
  }
};

WeightedSum::WeightedSum(WeightedSumKind kind, const WindowGeometry& geometry, bool has_bias,
                         bool gradients, bool input_gradient)
    : state_(std::make_unique<State>(State{Operands(kind, geometry, has_bias), has_bias})) {
  if (kind == WeightedSumKind::kDense) {
    state_->make(InnerProduct{state_->operands}, gradients, input_gradient);
  } else {
    state_->make(Convolution{state_->operands, Windows(geometry)}, gradients, input_gradient);
  }
}

WeightedSum::~WeightedSum() = default;
WeightedSum::WeightedSum(WeightedSum&&) noexcept = default;
WeightedSum& WeightedSum::operator=(WeightedSum&&) noexcept = default;

void WeightedSum::load(const float* kernel, Scratch& scratch) {
  state_->forward_kernel.load(kernel, scratch);
  if (state_->has_input_gradient) state_->gradient_kernel.load(kernel, scratch);
}

void WeightedSum::forward(const float* input, const float* bias, float* output,
                          Scratch& scratch) const {
  Arguments arguments = {
      {DNNL_ARG_SRC, wrap(state_->operands.source, input)},
      {DNNL_ARG_WEIGHTS, wrap(state_->forward.weights, state_->forward_kernel.data())},
      {DNNL_ARG_DST, wrap(state_->operands.target, output)}};
  if (state_->has_bias) arguments[DNNL_ARG_BIAS] = wrap(state_->operands.bias, bias);
  state_->forward.run(std::move(arguments), scratch);
}

void WeightedSum::input_gradient(const float* output_gradient, float* input_gradient,
                                 Scratch& scratch) const {
  state_->input_gradient.run(
      {{DNNL_ARG_DIFF_DST, wrap(state_->operands.target, output_gradient)},
       {DNNL_ARG_WEIGHTS, wrap(state_->input_gradient.weights, state_->gradient_kernel.data())},
       {DNNL_ARG_DIFF_SRC, wrap(state_->operands.source, input_gradient)}},
      scratch);
}

void WeightedSum::weight_gradients(const float* input, const float* output_gradient,
                                   float* kernel_gradient, float* bias_gradient,
                                   Scratch& scratch) const {
  const Reorder& unpack = state_->unpack;
  void* gradient = kernel_gradient;
  if (unpack.is_needed()) gradient = grown(scratch.weights, unpack.source_bytes());
  Arguments arguments = {{DNNL_ARG_SRC, wrap(state_->operands.source, input)},
                         {DNNL_ARG_DIFF_DST, wrap(state_->operands.target, output_gradient)},
                         {DNNL_ARG_DIFF_WEIGHTS, wrap(state_->weight_gradients.weights, gradient)}};
  if (state_->has_bias) arguments[DNNL_ARG_DIFF_BIAS] = wrap(state_->operands.bias, bias_gradient);
  state_->weight_gradients.run(std::move(arguments), scratch);
  if (unpack.is_needed()) unpack.run(gradient, kernel_gradient, scratch);
}

struct WindowPool::State {
  memory::desc source, target, notes;
  Primitive forward, input_gradient;
};

WindowPool::WindowPool(WindowPoolKind kind, const WindowGeometry& geometry, bool gradients)
    : state_(std::make_unique<State>()) {
  const auto algorithm = kind == WindowPoolKind::kMax
                             ? dnnl::algorithm::pooling_max
                             : dnnl::algorithm::pooling_avg_exclude_padding;
  const Windows w(geometry);
  state_->source = describe_maps(geometry.samples, geometry.input);
  state_->target = describe_maps(geometry.samples, geometry.output);
  using Forward = dnnl::pooling_forward;
  using Backward = dnnl::pooling_backward;
#if DNNL_VERSION_MAJOR >= 3
  const std::array places = {w.strides, w.size, memory::dims{0, 0}, w.before,
                             w.after};  // dilation 0
#else
  const std::array places = {w.strides, w.size, w.before, w.after};
#endif
  std::apply(
      [&](const auto&... place) {
        const auto forward_pd = describe_forward<Forward>(
            gradients ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference,
            algorithm, state_->source, state_->target, place...);
        state_->forward = {Forward(forward_pd), forward_pd, {}};
        if (!gradients) return;
        state_->notes = forward_pd.workspace_desc();
        const auto backward_pd = describe_backward<Backward>(forward_pd, algorithm, state_->source,
                                                             state_->target, place...);
        state_->input_gradient = {Backward(backward_pd), backward_pd, {}};
      },
      places);
}

WindowPool::~WindowPool() = default;
WindowPool::WindowPool(WindowPool&&) noexcept = default;
WindowPool& WindowPool::operator=(WindowPool&&) noexcept = default;

std::size_t WindowPool::note_bytes() const { return state_->notes.get_size(); }

void WindowPool::forward(const float* input, float* output, std::byte* notes,
                         Scratch& scratch) const {
  Arguments arguments = {{DNNL_ARG_SRC, wrap(state_->source, input)},
                         {DNNL_ARG_DST, wrap(state_->target, output)}};
  if (note_bytes() > 0) arguments[DNNL_ARG_WORKSPACE] = wrap(state_->notes, notes);
  state_->forward.run(std::move(arguments), scratch);
}

void WindowPool::input_gradient(const float* output_gradient, const std::byte* notes,
                                float* input_gradient, Scratch& scratch) const {
  Arguments arguments = {{DNNL_ARG_DIFF_DST, wrap(state_->target, output_gradient)},
                         {DNNL_ARG_DIFF_SRC, wrap(state_->source, input_gradient)}};
  if (note_bytes() > 0) arguments[DNNL_ARG_WORKSPACE] = wrap(state_->notes, notes);
  state_->input_gradient.run(std::move(arguments), scratch);
}

}  // namespace akida::nn
