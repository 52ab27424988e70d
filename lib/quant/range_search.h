// The limit of a weight quantizer with the least squared error.
//
// For weights w and a step s = 1 / sf, the codes of least error are c = clip(round(w / s)), and of
// given codes the best step is S_wc / S_cc with error S_ww - S_wc^2 / S_cc, where S_wc = sum(w c),
// and so on. As s shrinks, a code only changes where |w| / s passes k + 1/2, so the minimum over
// all steps is the least of these closed forms over finitely many code vectors: it is exact, and
// no grid is involved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akida::quant {

// `count` limits (1, or one per filter; element i belongs to limit i % count, as in
// cnn/quantizer.h) with the least sum of (w - c / sf)^2 at `bits` in 2..8. A limit may exceed the
// largest weight. Of weights that are all zero it is kmax, so that sf is 1. Filters are searched
// on up to `jobs` threads (0: one per processor); results do not depend on it.
[[nodiscard]] std::vector<float> least_error_limits(std::int32_t bits,
                                                    std::span<const float> weights,
                                                    std::size_t count, int jobs = 1);

}  // namespace akida::quant
