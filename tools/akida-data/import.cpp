// akida-data import FORMAT SRC... - streams from files of other formats.
#include "akida-data/import_verbs.h"
#include "akida-data/verbs.h"

namespace akida::data_tool {

cli::Command import_verb() {
  return {.name = "import",
          .purpose = "Make a stream from files of another format.",
          .verbs = {
              import_idx_verb(),
              import_npy_verb(),
              import_clouds_verb(),
              import_images_verb(),
              import_utkface_verb(),
              import_cifar10_verb(),
              import_cifar100_verb(),
              import_imagenet_verb(),
              import_meshes_verb(),
              import_modelnet_verb(),
              import_events_verb(),
              import_voc_verb(),
              import_widerface_verb(),
              import_kws_verb(),
          }};
}

}  // namespace akida::data_tool
