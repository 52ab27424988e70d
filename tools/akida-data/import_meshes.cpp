// akida-data import meshes|modelnet - point clouds drawn from the surfaces of meshes.
#include <memory>
#include <string>
#include <vector>

#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "common/shared_options.h"
#include "data/clouds/mesh_clouds.h"

namespace akida::data_tool {
namespace {

constexpr int kMaxPoints = 65536;  // the height of a sample

struct MeshesOptions {
  ImportOptions common;
  std::vector<std::string> paths;
  data::CloudOptions clouds;
  std::optional<std::int32_t> label;
  bool folder_is_class = false;
};

struct ModelnetOptions {
  ImportOptions common;
  std::string tree;
  std::string set;
  data::CloudOptions clouds;
};

void add_cloud_options(cli::CommandLine& line, data::CloudOptions& clouds) {
  line.add_option("-n,--points", clouds.points, "Points of a cloud")
      .range(1, kMaxPoints)
      .type_name("N")
      .show_default();
  line.add_flag("--center", clouds.center, "Subtract the mean of the points before scaling");
  cli::add_seed(line, clouds.seed);
  cli::add_jobs(line, clouds.jobs);
}

}  // namespace

cli::Command import_meshes_verb() {
  const auto options = std::make_shared<MeshesOptions>();
  return {.name = "meshes",
          .purpose = "Import point clouds from OFF, OBJ and PLY meshes.",
          .examples = "akida-data import meshes --class-from-folder furniture -o clouds.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_inputs(line, options->paths, "SRC");
                add_cloud_options(line, options->clouds);
                cli::Option folder = line.add_flag("--class-from-folder", options->folder_is_class,
                                                   "The folder of a mesh names its class");
                add_label(line, options->label);
                line.option("--label").excludes(folder);
                add_import_options(line, options->common);
              },
          .run =
              [options] {
                cli::require_one_standard_input(options->paths);
                options->clouds.class_names = distinct_class_names_of(options->common);
                const auto source = data::open_meshes(options->paths, options->label,
                                                      options->folder_is_class, options->clouds);
                return write_stream(options->common, *source);
              }};
}

cli::Command import_modelnet_verb() {
  const auto options = std::make_shared<ModelnetOptions>();
  return {.name = "modelnet",
          .purpose = "Import one set of a tree of meshes like ModelNet40, a folder or an archive.",
          .examples = "akida-data import modelnet ModelNet40.zip --set train -o train.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                line.add_option("TREE", options->tree, "Folder, zip or tar of <class>/<set>/<mesh>")
                    .required();
                line.add_option("-s,--set", options->set, "Which set: train or test")
                    .required()
                    .type_name("SET");
                add_cloud_options(line, options->clouds);
                add_import_options(line, options->common);
              },
          .run =
              [options] {
                options->clouds.class_names = distinct_class_names_of(options->common);
                const auto source =
                    data::open_modelnet(options->tree, options->set, options->clouds);
                return write_stream(options->common, *source);
              }};
}

}  // namespace akida::data_tool
