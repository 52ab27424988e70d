#include "akida-stats/network_summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "akida-stats/model_report.h"
#include "cnn/layer_quantizers.h"
#include "cnn/operations.h"
#include "common/report.h"
#include "common/text_table.h"

namespace akida::stats {
namespace {

using nlohmann::ordered_json;

// 4242240 as "4,242,240".
std::string grouped(std::int64_t count) {
  std::string digits = std::to_string(count);
  for (std::ptrdiff_t at = std::ssize(digits) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

// "(None, 25, 5, 32)": None is the number of samples. Keras prints a list for input layers.
std::string shape_text(const cnn::Layer& layer) {
  const std::string shape = fmt::format("(None, {})", fmt::join(layer.output_shape, ", "));
  return layer.type() == cnn::LayerType::kInput ? '[' + shape + ']' : shape;
}

// Bits of a weight that is not quantized.
constexpr std::int64_t kFloatBits = 32;

// Bits of each kernel of a layer; of a quantized activation those of its levels.
std::vector<std::int64_t> bits_of(const cnn::Layer& layer) {
  std::vector<std::int64_t> bits;
  cnn::visit_quantizers(layer.parameters, [&](const cnn::KernelNames&, const auto& quantizer) {
    bits.push_back(quantizer ? quantizer->bits : kFloatBits);
  });
  if (const auto activation = cnn::activation_quantizer(layer)) bits.push_back(activation->bits);
  return bits;
}

// Bytes of a layer's kernels, each of whole bytes.
std::int64_t kernel_bytes(const cnn::Layer& layer) {
  std::int64_t bytes = 0;
  cnn::visit_quantizers(
      layer.parameters, [&](const cnn::KernelNames& names, const auto& quantizer) {
        const auto kernel =
            std::ranges::find(layer.variables, std::string(names.kernel), &cnn::Variable::name);
        bytes += (kernel->value.size() * (quantizer ? quantizer->bits : kFloatBits) + 7) / 8;
      });
  return bytes;
}

bool is_quantized(const cnn::Network& network) {
  return std::ranges::any_of(network.layers(),
                             [](const cnn::Layer& layer) { return cnn::is_quantized(layer); });
}

bool is_branched(const cnn::Network& network) {
  for (std::size_t i = 1; i < network.layers().size(); ++i) {
    const std::vector<std::uint32_t>& inbounds = network.layer(i).inbounds;
    if (inbounds.size() != 1 || inbounds[0] != i - 1) return true;
  }
  return false;
}

std::string connections_text(const cnn::Network& network, const cnn::Layer& layer) {
  std::vector<std::string> names;
  for (std::uint32_t inbound : layer.inbounds) names.push_back(network.layer(inbound).name);
  return fmt::format("{}", fmt::join(names, ", "));
}

// The rule below the table's last row closes the table, as Keras has it.
std::string layers_text(const cnn::Network& network) {
  const bool quantized = is_quantized(network);
  const bool branched = is_branched(network);
  std::vector<std::string> header = {"Layer (type)", "Output Shape", "Param #"};
  if (quantized) header.emplace_back("Bits");
  if (branched) header.emplace_back("Connected to");
  cli::TextTable table("", std::move(header));
  for (const cnn::Layer& layer : network.layers()) {
    std::vector<std::string> row = {title_of(layer), shape_text(layer),
                                    fmt::to_string(cnn::parameter_count(layer))};
    if (quantized) row.push_back(fmt::format("{}", fmt::join(bits_of(layer), ", ")));
    if (branched) row.push_back(connections_text(network, layer));
    table.add_row(std::move(row));
  }
  std::string text = table.text();
  const std::size_t width = text.find('\n');
  text.replace(text.size() - width - 1, width, width, '=');
  return text;
}

std::int64_t total_macs(const cnn::Network& network) {
  std::int64_t macs = 0;
  for (const cnn::Layer& layer : network.layers()) macs += cnn::multiply_accumulates(layer);
  return macs;
}

std::int64_t total_kernel_bytes(const cnn::Network& network) {
  std::int64_t bytes = 0;
  for (const cnn::Layer& layer : network.layers()) bytes += kernel_bytes(layer);
  return bytes;
}

ordered_json layer_json(const cnn::Network& network, const cnn::Layer& layer) {
  return {{"name", layer.name},
          {"type", cnn::name_of(layer.type())},
          {"inbound_layers", inbounds_json(network, layer)},
          {"output_shape", layer.output_shape},
          {"parameters", cnn::parameter_count(layer)},
          {"trainable_parameters", cnn::trainable_count(layer)},
          {"multiply_accumulates", cnn::multiply_accumulates(layer)},
          {"bits", bits_of(layer)},
          {"kernel_bytes", kernel_bytes(layer)}};
}

}  // namespace

std::string network_summary_text(const cnn::Network& network) {
  const cnn::ParameterCounts counts = cnn::count_parameters(network);
  std::string text = fmt::format("Model: \"{}\"\n{}", network.info.name, layers_text(network));
  text += fmt::format("Total params: {}\n", grouped(counts.total));
  text += fmt::format("Trainable params: {}\n", grouped(counts.trainable));
  text += fmt::format("Non-trainable params: {}\n", grouped(counts.total - counts.trainable));
  text += fmt::format("BN-folded params: {}\n", grouped(counts.folded));
  text += fmt::format("Multiply-accumulates: {}\n", grouped(total_macs(network)));
  if (is_quantized(network)) {
    text += fmt::format("Kernels: {} bytes\n", grouped(total_kernel_bytes(network)));
  }
  return text;
}

ordered_json network_summary_json(const cnn::Network& network) {
  const cnn::ParameterCounts counts = cnn::count_parameters(network);
  ordered_json report = cli::make_report("summary");
  report["model_kind"] = "cnn";
  report["name"] = network.info.name;
  report["producer"] = network.info.producer;
  report["input_shape"] = network.input_shape();
  report["input_scaling"] = {network.info.scaling_a, network.info.scaling_b};
  report["layers"] = ordered_json::array();
  for (const cnn::Layer& layer : network.layers()) {
    report["layers"].push_back(layer_json(network, layer));
  }
  report["parameters"] = {{"total", counts.total},
                          {"trainable", counts.trainable},
                          {"non_trainable", counts.total - counts.trainable},
                          {"bn_folded", counts.folded}};
  report["multiply_accumulates"] = total_macs(network);
  report["quantized"] = is_quantized(network);
  report["kernel_bytes"] = total_kernel_bytes(network);
  report["history"] = history_json(network.info.history);
  return report;
}

}  // namespace akida::stats
