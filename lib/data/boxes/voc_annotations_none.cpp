// Without pugixml.
#include "base/error.h"
#include "data/boxes/voc_annotations.h"

namespace akida::data {

VocAnnotation parse_voc(std::span<const std::byte>) {
  fail(ErrorKind::kUnsupported, "this program cannot read PASCAL VOC annotations");
}

}  // namespace akida::data
