#include "nn/execution_plan.h"

#include <algorithm>

#include "cnn/shapes.h"

namespace akida::nn {
namespace {

bool has_trainable(const cnn::Layer& layer) {
  return std::ranges::any_of(layer.variables, [](const cnn::Variable& v) { return v.trainable; });
}

// By layer: whether the gradient of its output is of use, because it or a layer before it is
// trained.
std::vector<bool> wanted_gradients(const cnn::Network& network, const PlanOptions& options) {
  std::vector<bool> wanted(network.layers().size(), false);
  if (!options.training) return wanted;
  for (std::size_t i = options.first_trained; i < wanted.size(); ++i) {
    const cnn::Layer& layer = network.layer(i);
    wanted[i] = has_trainable(layer) ||
                std::ranges::any_of(layer.inbounds, [&](std::uint32_t in) { return wanted[in]; });
  }
  return wanted;
}

// By layer: whether the last layer depends on it.
std::vector<bool> contributing(const cnn::Network& network) {
  std::vector<bool> contributes(network.layers().size(), false);
  contributes.back() = true;
  for (std::size_t i = contributes.size(); i-- > 0;) {
    if (!contributes[i]) continue;
    for (const std::uint32_t inbound : network.layer(i).inbounds) contributes[inbound] = true;
  }
  return contributes;
}

// Whether each gradient of an input overwrites or adds: steps run backwards, and that of the
// network's output is there from the beginning.
void order_gradients(ExecutionPlan& plan, const std::vector<bool>& wanted) {
  std::vector<bool> written(plan.sizes.size(), false), wanted_value(plan.sizes.size(), false);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i]) wanted_value[plan.value_of[i]] = true;
  }
  written[plan.value_of.back()] = true;
  for (auto step = plan.steps.rbegin(); step != plan.steps.rend(); ++step) {
    for (const std::size_t input : step->inputs) {
      InputGradient gradient = InputGradient::kNone;
      if (step->has_backward && wanted_value[input]) {
        gradient = written[input] ? InputGradient::kAdd : InputGradient::kWrite;
        written[input] = true;
      }
      step->input_gradients.push_back(gradient);
    }
  }
}

}  // namespace

ExecutionPlan make_plan(const cnn::Network& network, const PlanOptions& options) {
  const std::vector<bool> wanted = wanted_gradients(network, options);
  const std::vector<bool> contributes = contributing(network);
  ExecutionPlan plan;
  const auto add_value = [&](const cnn::Layer& layer) {
    plan.value_of.push_back(plan.sizes.size());
    plan.sizes.push_back(static_cast<std::size_t>(cnn::element_count(layer.output_shape)));
  };
  add_value(network.layer(0));
  for (std::size_t i = 1; i < network.layers().size(); ++i) {
    const cnn::Layer& layer = network.layer(i);
    const bool trained = options.training && i >= options.first_trained;
    const bool input_gradient =
        std::ranges::any_of(layer.inbounds, [&](std::uint32_t in) { return wanted[in]; });
    auto operation = make_operation({network, i, options.cut, trained, input_gradient});
    if (operation == nullptr) {
      plan.value_of.push_back(plan.value_of[layer.inbounds.front()]);
      continue;
    }
    Step step{.layer = i, .operation = std::move(operation)};
    for (const std::uint32_t inbound : layer.inbounds) {
      step.inputs.push_back(plan.value_of[inbound]);
    }
    add_value(layer);
    step.output = plan.value_of.back();
    step.contributes = contributes[i];
    step.has_backward = wanted[i] && contributes[i];
    plan.steps.push_back(std::move(step));
  }
  order_gradients(plan, wanted);
  return plan;
}

std::vector<BufferLife> ExecutionPlan::value_lives() const {
  std::vector<BufferLife> lives(sizes.size());
  lives[0].size = sizes[0];
  for (std::size_t i = 0; i < steps.size(); ++i) {
    lives[steps[i].output] = {i + 1, i + 1, sizes[steps[i].output]};
    for (const std::size_t input : steps[i].inputs) lives[input].last = i + 1;
  }
  return lives;
}

std::vector<BufferLife> ExecutionPlan::gradient_lives() const {
  std::vector<BufferLife> lives(sizes.size());
  for (std::size_t time = 1; time <= steps.size(); ++time) {
    const Step& step = steps[steps.size() - time];
    if (!step.has_backward) continue;
    lives[step.output].last = time;  // it was first needed by a later step, or is the output's
    lives[step.output].size = sizes[step.output];
    for (std::size_t k = 0; k < step.inputs.size(); ++k) {
      if (step.input_gradients[k] == InputGradient::kWrite) lives[step.inputs[k]].first = time;
    }
  }
  return lives;
}

}  // namespace akida::nn
