// akida-data import widerface FILE IMAGES - images with the faces of WIDER FACE.
#include <memory>
#include <string>

#include "akida-data/box_options.h"
#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "data/boxes/widerface_annotations.h"

namespace akida::data_tool {
namespace {

constexpr double kDocumentedShare = 1.0 / 60;  // of the image that a face must cover

struct ImportWiderFaceOptions {
  ImportOptions common;
  BoxOptions boxes{.min_area = kDocumentedShare};
  std::string annotations;
  std::string images;
};

}  // namespace

cli::Command import_widerface_verb() {
  const auto options = std::make_shared<ImportWiderFaceOptions>();
  return {
      .name = "widerface",
      .purpose = "Import images with the faces of a WIDER FACE annotation file.",
      .examples =
          "akida-data import widerface wider_face_val_bbx_gt.txt WIDER_val/images \\\n"
          "  --size 224,224 -o faces.aks\n",
      .add_options =
          [options](cli::CommandLine& line) {
            line.add_option("ANNOTATIONS", options->annotations,
                            "Text file of annotations; '-' is standard input")
                .required();
            line.add_option("IMAGES", options->images, "Folder or archive that its paths begin in")
                .required();
            add_box_options(line, options->boxes);
            add_import_options(line, options->common);
          },
      .run =
          [options] {
            data::BoxImageOptions samples = sample_options(options->boxes);
            samples.class_names = class_names_of(options->common);
            if (samples.class_names.empty()) samples.class_names = {"face"};
            return write_stream(
                options->common,
                *data::open_widerface(options->annotations, options->images, std::move(samples)));
          }};
}

}  // namespace akida::data_tool
