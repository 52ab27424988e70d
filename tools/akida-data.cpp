// akida-data - make, look at and rearrange sample streams.
//
// Reads files of other formats and streams, writes streams; see man/akida-data.1.scd.
// The formats are in lib/data and lib/io, every verb is in a file of its own in akida-data/.
#include "akida-data/verbs.h"
#include "common/command.h"

int main(int argc, char** argv) {
  using namespace akida;
  return cli::tool_main(
      {.name = "akida-data",
       .purpose = "Make, look at and rearrange sample streams (.aks).",
       .verbs = {data_tool::import_verb(), data_tool::events_verb(), data_tool::show_verb(),
                 data_tool::head_verb(), data_tool::slice_verb(), data_tool::merge_verb(),
                 data_tool::shuffle_verb(), data_tool::split_verb(), data_tool::to_npy_verb(),
                 data_tool::to_npz_verb(), data_tool::to_csv_verb(), data_tool::group_points_verb(),
                 data_tool::imagenet_label_verb(), data_tool::info_verb(), data_tool::list_verb(),
                 data_tool::scale_verb(), data_tool::resize_verb(), data_tool::features_verb(),
                 data_tool::which_set_verb()}},
      argc, argv);
}
