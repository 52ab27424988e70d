// akida-data import clouds CACHE.npz - point clouds that were drawn before.
#include <memory>
#include <string>

#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "data/clouds/cloud_cache.h"

namespace akida::data_tool {
namespace {

struct CloudsOptions {
  ImportOptions common;
  std::string cache;
  std::string set;
};

}  // namespace

cli::Command import_clouds_verb() {
  const auto options = std::make_shared<CloudsOptions>();
  return {.name = "clouds",
          .purpose = "Import one set of the point clouds that an .npz file keeps.",
          .examples = "akida-data import clouds ModelNet40_2048pts.npz --set train -o train.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                line.add_option("CACHE", options->cache,
                                "The .npz file: <set>_points, <set>_labels and class_map")
                    .required();
                line.add_option("-s,--set", options->set, "Which set: train or test")
                    .required()
                    .type_name("SET");
                add_import_options(line, options->common);
              },
          .run =
              [options] {
                const auto source = data::open_cloud_cache(options->cache, options->set,
                                                           class_names_of(options->common));
                return write_stream(options->common, *source);
              }};
}

}  // namespace akida::data_tool
