// akida-data import images SRC... - still images of one size.
#include <memory>
#include <string>
#include <vector>

#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "common/shared_options.h"
#include "data/image_files.h"

namespace akida::data_tool {
namespace {

struct ImagesOptions {
  ImportOptions common;
  std::vector<std::string> paths;
  data::ImageFilesOptions images;
  bool grey = false;
  bool rgb = false;
};

}  // namespace

cli::Command import_images_verb() {
  const auto options = std::make_shared<ImagesOptions>();
  return {
      .name = "images",
      .purpose = "Import PNG, JPEG and PNM images of one size.",
      .examples =
          "akida-data import images --label 3 cat*.jpg -o cats.aks\n"
          "akida-data import images --class-from-folder photos -o photos.aks\n",
      .add_options =
          [options](CLI::App& app) {
            cli::add_inputs(app, options->paths, "SRC");
            auto* grey = app.add_flag("--grey", options->grey, "Make all images grey");
            app.add_flag("--rgb", options->rgb, "Give all images three channels")->excludes(grey);
            auto* folder = app.add_flag("--class-from-folder", options->images.folder_is_class,
                                        "The folder of an image names its class");
            add_label(app, options->images.label);
            app.get_option("--label")->excludes(folder);
            add_import_options(app, options->common);
          },
      .run =
          [options] {
            cli::require_one_standard_input(options->paths);
            options->images.channels = options->grey ? 1 : options->rgb ? 3 : 0;
            options->images.class_names = class_names_of(options->common);
            const auto source = data::open_images(options->paths, options->images);
            return write_stream(options->common, *source);
          }};
}

}  // namespace akida::data_tool
