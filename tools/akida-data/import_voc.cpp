// akida-data import voc ANNOTATIONS IMAGES - images with the true boxes of PASCAL VOC.
#include <memory>
#include <string>

#include "akida-data/box_options.h"
#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "data/boxes/voc_annotations.h"

namespace akida::data_tool {
namespace {

struct ImportVocOptions {
  ImportOptions common;
  BoxOptions boxes;
  data::VocOptions voc;
  std::string difficult = "skip";
};

int run_voc(const ImportVocOptions& options) {
  data::VocOptions voc = options.voc;
  voc.keep_difficult = options.difficult == "keep";
  data::BoxImageOptions samples = sample_options(options.boxes);
  samples.class_names = options.common.class_names.empty()
                            ? data::voc_classes(voc)
                            : distinct_class_names_of(options.common);
  return write_stream(options.common, *data::open_voc(voc, std::move(samples)));
}

}  // namespace

cli::Command import_voc_verb() {
  const auto options = std::make_shared<ImportVocOptions>();
  return {.name = "voc",
          .purpose = "Import images with the boxes of PASCAL VOC annotations (XML).",
          .examples =
              "akida-data import voc Annotations JPEGImages --size 224,224 -o cells.aks\n"
              "akida-data import voc Annotations JPEGImages --size 224,224 \\\n"
              "  --list ImageSets/Main/val.txt --class-names wanted.txt -o val.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                line.add_option("ANNOTATIONS", options->voc.annotations,
                                "Folder or archive of XML files")
                    .required();
                line.add_option("IMAGES", options->voc.images, "Folder or archive of their images")
                    .required();
                line.add_option("--list", options->voc.list,
                                "File with the names of the annotations to take, one a line")
                    .type_name("FILE");
                line.add_option("--difficult", options->difficult,
                                "What happens to objects marked as difficult: skip or keep")
                    .one_of({"skip", "keep"})
                    .show_default()
                    .type_name("NAME");
                add_box_options(line, options->boxes);
                add_import_options(line, options->common);
              },
          .run = [options] { return run_voc(*options); }};
}

}  // namespace akida::data_tool
