#include "metrics/neuron_class.h"

#include "base/error.h"

namespace akida::metrics {

std::int32_t neurons_per_class(std::int32_t neurons, std::int32_t num_classes,
                               std::string_view layer) {
  if (num_classes == 0) return 1;
  if (num_classes < 1 || neurons % num_classes != 0) {
    fail(ErrorKind::kUsage, "{} classes do not divide the {} neurons of layer '{}'", num_classes,
         neurons, layer);
  }
  return neurons / num_classes;
}

}  // namespace akida::metrics
