#include "kernels/choose.h"

#include "base/cpu.h"

namespace akida::kernels {
namespace {

// Shares of non-zero inputs at which events and the dense form of a layer cost the same, measured
// with tests/bench on a Sapphire Rapids core (bit planes of convolutions: on Zen 5). Rows of
// weights that leave the L1 cache cost events a little more, layers with many neurons a little
// less.
struct Crossovers {
  double conv;             // kEvents against conv_tile
  double conv_adds;        // kEventAdds against conv_tile
  double conv_bits;        // kEventAdds against kBitPlanes
  double fully_connected;  // kEvents and kEventAdds against fc_dense
  double nibbles;          // kNibbleEvents against kNibbles
  double fc_bits;          // kEventAdds against kBitPlanes
};
// Without a dot product, dense kernels are slow; for one sample, fc_dense reads as many weight rows
// as events do.
constexpr Crossovers kPlain = {0.50, 0.50, 0.25, 1.00, 0.85, 0.45};
constexpr Crossovers kVnni = {0.25, 0.28, 0.13, 0.65, 0.65, 0.23};
// Dense convolutions run at half the rate where VNNI takes two passes, events hardly slower
// (measured on Zen 4).
constexpr Crossovers kVnniInHalves = {0.42, 0.45, 0.13, 0.65, 0.65, 0.23};
// Tile multiplications are five times faster, and serve convolutions only.
constexpr Crossovers kAmx = {0.03, 0.03, 0.13, 0.65, 0.65, 0.23};

constexpr std::int64_t kNibbleWeights = 512 * 1024;  // fewer int8 weights stay in the L2 cache
constexpr std::int32_t kMaxNibble = 7;
constexpr std::int32_t kMaxAdd = 127;  // -128 leaves no room for an 8-bit sum

const Crossovers& crossovers() {
  if (!cpu_has(kCpuAvx512 | kCpuAvx512Vnni)) return kPlain;
  if (cpu_has(kCpuAmxInt8)) return kAmx;
  return cpu_halves_512_bits() ? kVnniInHalves : kVnni;
}

}  // namespace

FamilyPlan plan_families(const LayerTraits& layer) {
  const Crossovers& limits = crossovers();
  const bool fc = layer.fully_connected;
  if (layer.max_value == 1 && layer.max_weight == 1) {
    return {KernelFamily::kBitPlanes, KernelFamily::kEventAdds,
            fc ? limits.fc_bits : limits.conv_bits};
  }
  if (fc && layer.max_weight <= kMaxNibble && layer.window * layer.neurons > kNibbleWeights) {
    return {KernelFamily::kNibbles, KernelFamily::kNibbleEvents, limits.nibbles};
  }
  if (layer.max_value == 1 && layer.max_weight <= kMaxAdd) {
    return {KernelFamily::kDense, KernelFamily::kEventAdds,
            fc ? limits.fully_connected : limits.conv_adds};
  }
  return {KernelFamily::kDense, KernelFamily::kEvents, fc ? limits.fully_connected : limits.conv};
}

}  // namespace akida::kernels
