#include <array>

#include "base/error.h"
#include "data/images/imagenet.h"

namespace akida::data {
namespace {

constexpr std::array<std::string_view, kImagenetClasses> kLabels = {
#include "data/images/imagenet_labels.inc"
};

}  // namespace

std::string_view imagenet_label(std::int64_t index) {
  if (index < 0 || index >= kImagenetClasses) {
    fail(ErrorKind::kInvalid, "class {} is outside 0..{}", index, kImagenetClasses - 1);
  }
  return kLabels[static_cast<std::size_t>(index)];
}

}  // namespace akida::data
