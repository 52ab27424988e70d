#include "base/cpu.h"

#include <array>
#include <atomic>

#include "base/error.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace akida {
namespace {

struct FeatureName {
  std::uint32_t bit;
  const char* name;
};
constexpr std::array<FeatureName, 6> kFeatureNames = {{{kCpuAvx2, "avx2"},
                                                       {kCpuAvx512, "avx512"},
                                                       {kCpuAvx512Vnni, "vnni"},
                                                       {kCpuAvx512Vbmi, "vbmi"},
                                                       {kCpuVpopcnt, "vpopcnt"},
                                                       {kCpuAmxInt8, "amx-int8"}}};

struct MaskName {
  const char* name;
  std::uint32_t mask;
};
constexpr std::uint32_t kUpToVnni =
    kCpuAvx2 | kCpuAvx512 | kCpuAvx512Vnni | kCpuAvx512Vbmi | kCpuVpopcnt;
constexpr std::array<MaskName, 6> kMaskNames = {{{"none", 0},
                                                 {"avx2", kCpuAvx2},
                                                 {"avx512", kCpuAvx2 | kCpuAvx512},
                                                 {"vnni", kUpToVnni},
                                                 {"amx", kUpToVnni | kCpuAmxInt8},
                                                 {"all", ~0U}}};

#if defined(__x86_64__) && defined(__linux__)
// Linux grants AMX tile state only on request (arch_prctl(2), ARCH_REQ_XCOMP_PERM).
bool amx_granted() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  constexpr unsigned kTileBit = 1U << 24, kInt8Bit = 1U << 25;
  if ((edx & kTileBit) == 0 || (edx & kInt8Bit) == 0) return false;
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

std::uint32_t detect() {
  std::uint32_t found = 0;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("popcnt")) {
    found |= kCpuAvx2;
  }
  if ((found & kCpuAvx2) && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    found |= kCpuAvx512;
  }
  if (found & kCpuAvx512) {
    if (__builtin_cpu_supports("avx512vnni")) found |= kCpuAvx512Vnni;
    if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2")) {
      found |= kCpuAvx512Vbmi;
    }
    if (__builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512bitalg")) {
      found |= kCpuVpopcnt;
    }
    if (amx_granted()) found |= kCpuAmxInt8;
  }
  return found;
}
// AMD's family 19h is Zen 3, without AVX-512, and Zen 4 (Processor Programming Reference, CPUID
// Fn0000_0001_EAX).
bool is_zen4() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (!__builtin_cpu_is("amd") || __get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return false;
  const unsigned family = (eax >> 8 & 0xF) + (eax >> 20 & 0xFF);
  return family == 0x19 && (cpu_detected() & kCpuAvx512) != 0;
}
#else
std::uint32_t detect() { return 0; }
bool is_zen4() { return false; }
#endif

std::atomic<std::uint32_t>& mask() {
  static std::atomic<std::uint32_t> instance{~0U};
  return instance;
}

}  // namespace

std::uint32_t parse_cpu_mask(std::string_view name) {
  for (const MaskName& entry : kMaskNames) {
    if (name == entry.name) return entry.mask;
  }
  fail(ErrorKind::kUsage, "cpu mask '{}' is none of none, avx2, avx512, vnni, amx, all", name);
}

std::uint32_t cpu_detected() {
  static const std::uint32_t detected = detect();
  return detected;
}

bool cpu_halves_512_bits() {
  static const bool halves = is_zen4();
  return halves;
}

void set_cpu_mask(std::uint32_t new_mask) { mask() = new_mask; }

std::uint32_t cpu_features() { return cpu_detected() & mask(); }

std::string cpu_feature_names(std::uint32_t features) {
  std::string names;
  for (const FeatureName& feature : kFeatureNames) {
    if ((features & feature.bit) == 0) continue;
    if (!names.empty()) names += ' ';
    names += feature.name;
  }
  return names.empty() ? "none" : names;
}

}  // namespace akida
