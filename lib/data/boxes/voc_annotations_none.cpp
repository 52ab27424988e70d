// Without pugixml.
#include "base/error.h"
#include "data/boxes/voc_annotations.h"

namespace akida::data {
namespace {

[[noreturn]] void refuse() {
  fail(ErrorKind::kUnsupported, "this program cannot read PASCAL VOC annotations");
}

}  // namespace

VocAnnotation parse_voc(std::span<const std::byte>) { refuse(); }

std::vector<std::string> voc_classes(const VocOptions&) { refuse(); }

std::unique_ptr<SampleSource> open_voc(const VocOptions&, BoxImageOptions) { refuse(); }

}  // namespace akida::data
