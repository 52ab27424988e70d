#include "lower/boundary_formula.h"

namespace akida::lower {

BoundaryFormula::BoundaryFormula(const InputScale& input, const FilterTerms& filter,
                                 std::int64_t cells, double threshold, double step) {
  // sum(c * x) = (P * unit - shift * sum(c)) / divisor turns y > t into, for gamma > 0,
  //   P > (weight_scale * divisor * (sigma / gamma * (t - beta) + mean - bias) + shift * sum(c))
  //       / unit.
  // For gamma < 0 it reads "P <", which is "-P > -(...)": with the signs flipped, the same
  // expression over -gamma.
  const Quad sigma = square_root(Quad{filter.variance} + filter.epsilon);
  const Quad gamma = filter.gamma;
  const Quad scale = Quad{filter.weight_scale} * input.divisor * cells;
  const Quad shift = Quad{input.shift} * filter.code_sum * cells;
  first_ = scale * (sigma * (Quad{threshold} - filter.beta) +
                    gamma * (Quad{filter.mean} - Quad{filter.bias})) +
           gamma * shift;
  length_ = scale * sigma * step;
  divisor_ = (gamma < 0 ? -gamma : gamma) * input.unit;
}

}  // namespace akida::lower
