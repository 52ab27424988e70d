// akida-data import images|utkface SRC... - still images.
#include <memory>
#include <string>
#include <vector>

#include "akida-data/image_options.h"
#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "common/shared_options.h"
#include "data/images/image_files.h"

namespace akida::data_tool {
namespace {

struct ImagesOptions {
  ImportOptions common;
  std::vector<std::string> paths;
  PreparationOptions preparation;
  data::ImageFilesOptions images;
};

// What both verbs take, the labels aside.
void add_image_options(cli::CommandLine& line, ImagesOptions& options) {
  cli::add_inputs(line, options.paths, "SRC");
  add_preparation(line, options.preparation);
  line.add_flag("--upright", options.images.upright,
                "Turn photographs as their EXIF orientation says");
  add_drop_remainder(line, options.images.batch);
  cli::add_jobs(line, options.images.jobs);
}

int run(ImagesOptions& options) {
  cli::require_one_standard_input(options.paths);
  options.images.preparation = preparation_of(options.preparation);
  const auto source = data::open_images(options.paths, options.images);
  return write_stream(options.common, *source);
}

}  // namespace

cli::Command import_images_verb() {
  const auto options = std::make_shared<ImagesOptions>();
  return {
      .name = "images",
      .purpose = "Import PNG, JPEG and PNM images from files, folders and archives.",
      .examples =
          "akida-data import images --label 3 cat*.jpg -o cats.aks\n"
          "akida-data import images --class-from-folder --size 160 --fit crop photos -o p.aks\n",
      .add_options =
          [options](cli::CommandLine& line) {
            add_image_options(line, *options);
            cli::Option folder =
                line.add_flag("--class-from-folder", options->images.folder_is_class,
                              "The folder of an image names its class");
            add_label(line, options->images.label);
            line.option("--label").excludes(folder);
            add_import_options(line, options->common);
          },
      .run =
          [options] {
            options->images.class_names = options->images.folder_is_class
                                              ? distinct_class_names_of(options->common)
                                              : class_names_of(options->common);
            return run(*options);
          }};
}

cli::Command import_utkface_verb() {
  const auto options = std::make_shared<ImagesOptions>();
  return {.name = "utkface",
          .purpose = "Import images whose names begin with an age, which is their target.",
          .examples = "akida-data import utkface --size 32 UTKFace -o faces.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                add_image_options(line, *options);
                add_stream_output(line, options->common.output);
                cli::add_progress(line, options->common.progress);
              },
          .run =
              [options] {
                options->images.name_is_age = true;
                return run(*options);
              }};
}

}  // namespace akida::data_tool
