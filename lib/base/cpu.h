// CPU features that kernels need, and the mask that restricts them.
//
// A kernel variant lists the features it needs; it may be chosen when `cpu_has(need)`. Results
// never depend on the choice: the mask exists for tests and for measuring.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace akida {

// Bits of a feature set.
enum CpuFeature : std::uint32_t {
  kCpuAvx2 = 1U << 0,        // AVX2, FMA, BMI1, BMI2, POPCNT
  kCpuAvx512 = 1U << 1,      // AVX-512 F, DQ, CD, BW, VL
  kCpuAvx512Vnni = 1U << 2,  // vpdpbusd on zmm
  kCpuAvx512Vbmi = 1U << 3,  // VBMI and VBMI2 (byte compress)
  kCpuVpopcnt = 1U << 4,     // VPOPCNTDQ and BITALG
  kCpuAmxInt8 = 1U << 5,     // AMX tiles with int8, and the kernel's permission to use them
};

// The feature groups of `--cpu-mask`: each includes the ones before it.
// "none", "avx2", "avx512", "vnni", "amx", "all". Throws kUsage for another name.
[[nodiscard]] std::uint32_t parse_cpu_mask(std::string_view name);

// Features of this machine (and of the operating system), detected once.
[[nodiscard]] std::uint32_t cpu_detected();

// Restricts cpu_features() to `mask`; call it before planning models. Process-wide.
void set_cpu_mask(std::uint32_t mask);

// Detected features that the mask lets through.
[[nodiscard]] std::uint32_t cpu_features();

// True when every feature in `need` is detected and not masked.
[[nodiscard]] inline bool cpu_has(std::uint32_t need) { return (cpu_features() & need) == need; }

// True where 512-bit operations take two passes, which halves the rate of VNNI, but not that of
// loads and of kernels that wait for them (Zen 4). Not restricted by the mask.
[[nodiscard]] bool cpu_halves_512_bits();

// "avx2 avx512 vnni vbmi vpopcnt amx-int8", the names of the bits in `features`; "none" if empty.
[[nodiscard]] std::string cpu_feature_names(std::uint32_t features);

}  // namespace akida
