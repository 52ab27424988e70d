#include "kernels/choose.h"

#include "base/cpu.h"

namespace akida::kernels {
namespace {

// Shares of non-zero inputs at which events and the dense form of a layer cost the same.
constexpr double kConvVnni = 0.28;
constexpr double kConvVnniBeyondL1 = 0.25;
constexpr double kConvAvx2 = 0.35;
constexpr double kConvAmx = 0.08;
constexpr double kBitConv = 0.13;
constexpr double kBitFullyConnected = 0.30;
constexpr double kNibbleEvents = 0.45;

constexpr std::int64_t kEventRowBytes = 64;          // weights of one event and 64 neurons
constexpr std::int64_t kL1Bytes = 48 * 1024;         // rows beyond it come from L2
constexpr std::int64_t kNibbleWeights = 512 * 1024;  // fewer int8 weights stay in L2
constexpr std::int32_t kMaxNibble = 7;

double conv_crossover(const LayerTraits& layer) {
  if (cpu_has(kCpuAmxInt8) && !layer.fully_connected) return kConvAmx;
  if (!cpu_has(kCpuAvx512 | kCpuAvx512Vnni)) return kConvAvx2;
  return layer.window * kEventRowBytes > kL1Bytes ? kConvVnniBeyondL1 : kConvVnni;
}

}  // namespace

FamilyPlan plan_families(const LayerTraits& layer) {
  if (layer.max_value == 1 && layer.max_weight == 1) {
    return {KernelFamily::kBitPlanes, KernelFamily::kEventAdds,
            layer.fully_connected ? kBitFullyConnected : kBitConv};
  }
  if (layer.fully_connected && layer.max_weight <= kMaxNibble &&
      layer.window * layer.neurons > kNibbleWeights) {
    return {KernelFamily::kNibbles, KernelFamily::kNibbleEvents, kNibbleEvents};
  }
  const KernelFamily sparse = layer.max_value == 1 && layer.max_weight <= 127
                                  ? KernelFamily::kEventAdds
                                  : KernelFamily::kEvents;
  return {KernelFamily::kDense, sparse, conv_crossover(layer)};
}

}  // namespace akida::kernels
