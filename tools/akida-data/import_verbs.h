// The formats of akida-data import; each function is in a file import_<format>.cpp.
#pragma once

#include "common/command.h"

namespace akida::data_tool {

[[nodiscard]] cli::Command import_idx_verb();       // in import_arrays.cpp
[[nodiscard]] cli::Command import_npy_verb();       // in import_arrays.cpp
[[nodiscard]] cli::Command import_images_verb();    // PNG, JPEG, PNM
[[nodiscard]] cli::Command import_utkface_verb();   // in import_images.cpp
[[nodiscard]] cli::Command import_cifar10_verb();   // in import_cifar.cpp
[[nodiscard]] cli::Command import_cifar100_verb();  // in import_cifar.cpp
[[nodiscard]] cli::Command import_imagenet_verb();  // TFRecord
[[nodiscard]] cli::Command import_clouds_verb();    // .npz
[[nodiscard]] cli::Command import_meshes_verb();    // OFF, OBJ, PLY
[[nodiscard]] cli::Command import_modelnet_verb();  // in import_meshes.cpp
[[nodiscard]] cli::Command import_events_verb();    // recordings of event cameras
[[nodiscard]] cli::Command import_voc_verb();       // PASCAL VOC, XML and images
[[nodiscard]] cli::Command import_widerface_verb();
[[nodiscard]] cli::Command import_kws_verb();  // recordings of words

}  // namespace akida::data_tool
