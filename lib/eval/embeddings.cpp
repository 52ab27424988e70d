#include "eval/embeddings.h"

#include <cmath>

namespace akida::eval {

double likeness(std::span<const float> a, std::span<const float> b, Likeness how) {
  double product = 0, a_squared = 0, b_squared = 0, distance = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i], y = b[i];
    product += x * y;
    a_squared += x * x;
    b_squared += y * y;
    distance += (x - y) * (x - y);
  }
  if (how == Likeness::kEuclidean) return -std::sqrt(distance);
  const double norms = std::sqrt(a_squared) * std::sqrt(b_squared);
  return norms > 0 ? product / norms : 0;
}

}  // namespace akida::eval
