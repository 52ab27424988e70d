// The verbs of akida-data; each function is in the file of its name.
#pragma once

#include "common/command.h"

namespace akida::data_tool {

[[nodiscard]] cli::Command import_verb();          // other formats -> stream
[[nodiscard]] cli::Command events_verb();          // recordings -> filtered, cut into samples
[[nodiscard]] cli::Command show_verb();            // stream -> text or JSON
[[nodiscard]] cli::Command head_verb();            // the first samples
[[nodiscard]] cli::Command slice_verb();           // samples A to B
[[nodiscard]] cli::Command merge_verb();           // one stream after the other
[[nodiscard]] cli::Command shuffle_verb();         // random order
[[nodiscard]] cli::Command split_verb();           // one stream -> several
[[nodiscard]] cli::Command to_npy_verb();          // stream -> arrays
[[nodiscard]] cli::Command to_csv_verb();          // events -> text
[[nodiscard]] cli::Command imagenet_label_verb();  // index of a class -> its words
[[nodiscard]] cli::Command to_npz_verb();          // point clouds -> arrays in one file
[[nodiscard]] cli::Command group_points_verb();    // point clouds -> input of a network
[[nodiscard]] cli::Command info_verb();            // what a file is
[[nodiscard]] cli::Command list_verb();            // what can be imported

[[nodiscard]] cli::Command scale_verb();      // real values -> bytes
[[nodiscard]] cli::Command resize_verb();     // images of another size
[[nodiscard]] cli::Command features_verb();   // one sound -> features
[[nodiscard]] cli::Command which_set_verb();  // file names -> training, validation, testing

}  // namespace akida::data_tool
