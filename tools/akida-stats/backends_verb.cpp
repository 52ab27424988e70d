// backends: what computes on this machine.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "akida-stats/stats_verbs.h"
#include "base/cpu.h"
#include "base/parallel.h"
#include "common/report.h"
#include "common/shared_options.h"
#include "common/text_table.h"

namespace akida::stats {
namespace {

// One function of the kernels' lists; "conv_tile_avx2" is the variant avx2 of conv_tile.
struct KernelVariant {
  std::string_view function;
  std::uint32_t need = 0;

  [[nodiscard]] std::string_view kernel() const { return function.substr(0, function.rfind('_')); }
  [[nodiscard]] std::string_view variant() const {
    return function.substr(function.rfind('_') + 1);
  }
};

// Every kernel's variants, slowest first. Lists with macros of their own take the same entry.
const std::vector<KernelVariant> kKernels = {
#define AKIDA_KERNEL(fn, need, ...) {#fn, need},
#define AKIDA_PACK_BITS AKIDA_KERNEL
#define AKIDA_BIT_PLANES AKIDA_KERNEL
#define AKIDA_DEPTHWISE_U8 AKIDA_KERNEL
#define AKIDA_DEPTHWISE_I32 AKIDA_KERNEL
#define AKIDA_REPAIR_EXCEPTIONS AKIDA_KERNEL
#define AKIDA_FC_DENSE AKIDA_KERNEL
#define AKIDA_FC_NIBBLES AKIDA_KERNEL
#define AKIDA_FC_NIBBLE_EVENTS AKIDA_KERNEL
#include "kernels/bit_planes.inc"
#include "kernels/conv_tile.inc"
#include "kernels/depthwise.inc"
#include "kernels/event_add.inc"
#include "kernels/event_conv.inc"
#include "kernels/event_stream.inc"
#include "kernels/fully_connected.inc"
#include "kernels/levels.inc"
#undef AKIDA_KERNEL
};

// The variants of a kernel, and the one that runs with the CPU features of now.
struct Kernel {
  std::string name;
  std::vector<std::string> variants;
  std::string chosen;
};

std::vector<Kernel> kernels() {
  std::vector<Kernel> all;
  for (const KernelVariant& entry : kKernels) {
    if (all.empty() || all.back().name != entry.kernel()) {
      all.push_back({.name = std::string(entry.kernel()), .variants = {}, .chosen = {}});
    }
    all.back().variants.emplace_back(entry.variant());
    if (cpu_has(entry.need)) all.back().chosen = entry.variant();
  }
  return all;
}

void print_text() {
  std::string text = fmt::format("Backend type: Software - {}\n", cli::version());
  text += fmt::format("CPU features: {}\n", cpu_feature_names(cpu_detected()));
  text += fmt::format("CPU features in use: {}\n", cpu_feature_names(cpu_features()));
  text += fmt::format("Processors: {}\nHardware: none\n\n", default_jobs());
  cli::TextTable table("Kernels", {"Kernel", "Variants", "In use"});
  for (const Kernel& kernel : kernels()) {
    std::string variants;
    for (const std::string& variant : kernel.variants) {
      variants += (variants.empty() ? "" : " ") + variant;
    }
    table.add_row({kernel.name, variants, kernel.chosen});
  }
  cli::print(text + table.text());
}

void print_json() {
  nlohmann::ordered_json report = cli::make_report("backends");
  report["backend"] = {{"type", "Software"}, {"version", cli::version()}};
  report["cpu_features"] = cpu_feature_names(cpu_detected());
  report["cpu_features_in_use"] = cpu_feature_names(cpu_features());
  report["processors"] = default_jobs();
  report["hardware"] = nlohmann::ordered_json::array();
  report["kernels"] = nlohmann::ordered_json::array();
  for (const Kernel& kernel : kernels()) {
    report["kernels"].push_back(
        {{"name", kernel.name}, {"variants", kernel.variants}, {"in_use", kernel.chosen}});
  }
  cli::print_report(report);
}

}  // namespace

cli::Command backends_command() {
  auto json = std::make_shared<bool>(false);
  return {.name = "backends",
          .purpose = "Print what computes on this machine: CPU features and kernels.",
          .examples = "akida-stats backends\nakida-stats backends --cpu-mask avx2\n",
          .add_options =
              [json](cli::CommandLine& line) {
                cli::add_json(line, *json);
                cli::add_cpu_mask(line);
              },
          .run =
              [json] {
                if (*json) {
                  print_json();
                } else {
                  print_text();
                }
                return cli::kOk;
              },
          .verbs = {}};
}

}  // namespace akida::stats
