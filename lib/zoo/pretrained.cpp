#include "zoo/pretrained.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/nearest.h"

namespace akida::zoo {
namespace {

const std::vector<std::string> kImagenetteClasses = {
    "tench",       "English springer", "cassette player", "chain saw", "church",
    "French horn", "garbage truck",    "gas pump",        "golf ball", "parachute"};

const std::vector<std::string> kKeywords = {
    "silence", "bed",   "bird",   "cat",   "dog",    "down",   "eight", "five",  "four",
    "go",      "happy", "house",  "learn", "left",   "marvin", "nine",  "no",    "off",
    "on",      "one",   "right",  "seven", "sheila", "six",    "stop",  "three", "tree",
    "two",     "up",    "visual", "wow",   "yes",    "zero"};

const std::vector<std::string> kModelnetClasses = {
    "airplane",   "bathtub",    "bed",         "bench",    "bookshelf", "bottle", "bowl",
    "car",        "chair",      "cone",        "cup",      "curtain",   "desk",   "door",
    "dresser",    "flower_pot", "glass_box",   "guitar",   "keyboard",  "lamp",   "laptop",
    "mantel",     "monitor",    "night_stand", "person",   "piano",     "plant",  "radio",
    "range_hood", "sink",       "sofa",        "stairs",   "stool",     "table",  "tent",
    "toilet",     "tv_stand",   "vase",        "wardrobe", "xbox"};

// What the three widths of a MobileNet differ in.
struct Width {
  double alpha;
  const char* text;      // of the argument
  const char* suffix;    // of the file
  const char* imagenet;  // accuracies
  const char* imagenette;
  const char* imagenet_sha256;
};

constexpr std::array<Width, 3> kWidths = {
    {{1.0, "1.0", "", "69.53 %", "94.34 %",
      "d9eabb514a7db6d823ab108b0fbc64fe2872ad1113bd6c04c9a3329b6a41e135"},
     {0.5, "0.5", "_alpha_50", "59.76 %", "92.05 %", ""},
     {0.25, "0.25", "_alpha_25", "45.12 %", "86.83 %", ""}}};

// The published file "FOLDER/STEM.h5", and the model file "STEM.fbz" that stands for it.
void name_files(PretrainedModel& model, const std::string& folder, const std::string& stem) {
  model.source = folder + '/' + stem + ".h5";
  model.file = stem + ".fbz";
}

PretrainedModel mobilenet_imagenet(const Width& width) {
  PretrainedModel model{.name = "mobilenet_imagenet",
                        .alpha = width.alpha,
                        .architecture = "mobilenet_imagenet",
                        .arguments = {{"alpha", width.text}},
                        .data = "ImageNet (ILSVRC 2012)",
                        .bits = "8/4/4",
                        .accuracy = width.imagenet,
                        .source_sha256 = width.imagenet_sha256,
                        .scaling_a = 128,
                        .scaling_b = 128};
  name_files(model, "mobilenet", fmt::format("mobilenet_imagenet_224{}_iq8_wq4_aq4", width.suffix));
  return model;
}

PretrainedModel mobilenet_imagenette(const Width& width) {
  PretrainedModel model{.name = "mobilenet_imagenette",
                        .alpha = width.alpha,
                        .architecture = "mobilenet_imagenet",
                        .arguments = {{"alpha", width.text}, {"classes", "10"}},
                        .data = "Imagenette",
                        .bits = "8/4/4",
                        .accuracy = width.imagenette,
                        .scaling_a = 128,
                        .scaling_b = 128,
                        .class_names = kImagenetteClasses};
  name_files(model, "mobilenet",
             fmt::format("mobilenet_imagenette_224{}_iq8_wq4_aq4", width.suffix));
  return model;
}

PretrainedModel cats_vs_dogs() {
  PretrainedModel model{.name = "mobilenet_cats_vs_dogs",
                        .architecture = "mobilenet_imagenet",
                        .arguments = {{"classes", "1"}, {"input_shape", "160,160,3"}},
                        .data = "Cats vs. Dogs",
                        .bits = "8/4/4",
                        .accuracy = "98.11 %",
                        .scaling_a = 127.5,
                        .scaling_b = 127.5};
  name_files(model, "mobilenet", "mobilenet_cats_vs_dogs_iq8_wq4_aq4");
  return model;
}

PretrainedModel faces(const char* task, const char* data, const char* accuracy) {
  PretrainedModel model{.name = fmt::format("mobilenet_face{}", task),
                        .status = PretrainedStatus::kUnobtainable,
                        .architecture = "mobilenet_imagenet",
                        .arguments = {{"alpha", "0.5"}, {"input_shape", "112,96,3"}},
                        .data = data,
                        .bits = "8/4/4",
                        .accuracy = accuracy,
                        .scaling_a = 128,
                        .scaling_b = 128,
                        .note =
                            "the layers behind the MobileNet body were never published, and "
                            "CASIA-WebFace is no longer distributed"};
  name_files(model, "mobilenet", fmt::format("mobilenet_face{}_iq8_wq4_aq4", task));
  return model;
}

PretrainedModel mobilenet_edge() {
  PretrainedModel model{.name = "mobilenet_edge_imagenet",
                        .architecture = "mobilenet_edge_imagenet",
                        .data = "ImageNet (ILSVRC 2012)",
                        .bits = "8/4/4",
                        .accuracy = "51.83 %",
                        .scaling_a = 128,
                        .scaling_b = 128,
                        .note = "the base model is mobilenet_imagenet of alpha 0.5"};
  name_files(model, "mobilenet_edge", "mobilenet_imagenet_224_alpha_50_edge_iq8_wq4_aq4");
  return model;
}

PretrainedModel kws() {
  PretrainedModel model{.name = "ds_cnn_kws",
                        .architecture = "ds_cnn_kws",
                        .data = "Speech Commands",
                        .bits = "8/4/4",
                        .accuracy = "91.33 %",
                        .scaling_a = 255,
                        .class_names = kKeywords,
                        .note = "the last activation has 1 bit"};
  name_files(model, "ds_cnn", "ds_cnn_kws_iq8_wq4_aq4_laq1");
  return model;
}

PretrainedModel vgg_imagenet() {
  PretrainedModel model{
      .name = "vgg_imagenet",
      .architecture = "vgg_imagenet",
      .data = "ImageNet (ILSVRC 2012)",
      .bits = "8/4/4",
      .accuracy = "51.09 %",
      .source_sha256 = "4f67883ef8b149454acd1525c77021f9d032579b0653ada4732a0d21185013ae",
      .scaling_a = 128,
      .scaling_b = 128};
  name_files(model, "vgg", "vgg11_imagenet_224_iq8_wq4_aq4");
  return model;
}

PretrainedModel vgg_medical(const char* task, const char* data, const char* accuracy,
                            const char* sha256) {
  PretrainedModel model{.name = fmt::format("vgg_{}", task),
                        .status = PretrainedStatus::kUnobtainable,
                        .architecture = "vgg_imagenet",
                        .data = data,
                        .bits = "8/4/4",
                        .accuracy = accuracy,
                        .source_sha256 = sha256,
                        .scaling_a = 255,
                        .note = "the layers behind the VGG body were never published"};
  name_files(model, "vgg", fmt::format("vgg11_{}_iq8_wq4_aq4", task));
  return model;
}

PretrainedModel yolo(const char* task, const char* data, const char* accuracy,
                     std::vector<std::string> class_names, std::vector<float> anchors) {
  PretrainedModel model{
      .name = fmt::format("yolo_{}", task),
      .architecture = "yolo_base",
      .arguments = {{"alpha", "0.5"}, {"classes", std::to_string(class_names.size())}},
      .data = data,
      .bits = "8/4/4",
      .accuracy = accuracy,
      .scaling_a = 127.5,
      .scaling_b = 127.5,
      .class_names = std::move(class_names),
      .anchors = std::move(anchors)};
  name_files(model, "yolo", fmt::format("yolo_{}_iq8_wq4_aq4", task));
  return model;
}

PretrainedModel cwru() {
  PretrainedModel model{.name = "convtiny_cwru",
                        .architecture = "convtiny_cwru",
                        .data = "CWRU bearings",
                        .bits = "8/2/4",
                        .accuracy = "98.9 %",
                        .scaling_a = 1,
                        .scaling_b = 127};
  name_files(model, "convtiny", "convtiny_cwru_iq8_wq2_aq4");
  return model;
}

PretrainedModel pointnet() {
  PretrainedModel model{
      .name = "pointnet_plus_modelnet40",
      .architecture = "pointnet_plus_modelnet40",
      .data = "ModelNet40",
      .bits = "8/4/4",
      .accuracy = "84.76 %",
      .source_sha256 = "9a49fcdf4742f0bfefb6e16c006d66d4064d9fc0ee30abc1bbd2341f5c5f8fec",
      .scaling_a = 127,
      .scaling_b = 127,
      .class_names = kModelnetClasses};
  name_files(model, "pointnet_plus", "pointnet_plus_modelnet40_iq8_wq4_aq4");
  return model;
}

PretrainedModel gxnor() {
  PretrainedModel model{
      .name = "gxnor_mnist",
      .status = PretrainedStatus::kShipped,
      .architecture = "gxnor_mnist",
      .data = "MNIST",
      .bits = "2/2/1",
      .accuracy = "99.24 %",
      .sha256 = "7c74e76b314587cd0cc530b2ab84ef0b1ab387fdffc01176e1ce0ce5707cb130",
      .scaling_a = 255,
      .class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}};
  name_files(model, "gxnor", "gxnor_mnist_iq2_wq2_aq1");
  return model;
}

std::vector<PretrainedModel> make_models() {
  // Anchors as printed in the detection tutorial.
  const std::vector<float> voc_anchors = {0.6218F, 1.12847F, 1.16672F, 2.22586F, 2.38162F,
                                          3.0701F, 2.75441F, 4.99773F, 5.23861F, 5.46247F};
  std::vector<PretrainedModel> models;
  for (const Width& width : kWidths) models.push_back(mobilenet_imagenet(width));
  for (const Width& width : kWidths) models.push_back(mobilenet_imagenette(width));
  models.push_back(cats_vs_dogs());
  models.push_back(faces("identification", "CASIA-WebFace", "69.17 %"));
  models.push_back(faces("verification", "CASIA-WebFace, tested on LFW", "97.27 %"));
  models.push_back(mobilenet_edge());
  models.push_back(kws());
  models.push_back(vgg_imagenet());
  models.push_back(vgg_medical("melanoma", "SIIM-ISIC Melanoma", "98.31 %",
                               "b5788f56280149c5414ef8221c6632681fbfad715cf1a3cc25c079773d7dc779"));
  models.push_back(vgg_medical("odir5k", "ODIR-5K", "90.53 %", ""));
  models.push_back(yolo("widerface", "WIDER FACE", "mAP 71.44 %", {"face"}, {}));
  models.push_back(yolo("voc", "PASCAL VOC", "mAP 29.39 %", {"car", "person"}, voc_anchors));
  models.push_back(cwru());
  models.push_back(pointnet());
  models.push_back(gxnor());
  return models;
}

// "akida-build zoo mobilenet_imagenet --alpha 0.5"
std::string zoo_command(const PretrainedModel& model) {
  std::string command = "akida-build zoo " + model.architecture;
  for (const auto& [name, value] : model.arguments) {
    std::string option = " --" + name + ' ' + value;
    std::ranges::replace(option, '_', '-');
    command += option;
  }
  return command;
}

// Classes of a classifier; of a detector the values of a cell.
std::int64_t outputs_of(const snn::Model& model) { return model.output_shape().channels; }
std::int64_t outputs_of(const cnn::Network& network) { return network.output_shape().back(); }

bool is_scaled(const cnn::Network& network) {
  const bool rescales = std::ranges::any_of(network.layers(), [](const cnn::Layer& layer) {
    return layer.type() == cnn::LayerType::kRescaling;
  });
  return rescales || network.info.scaling_a != 1 || network.info.scaling_b != 0;
}

}  // namespace

const std::vector<PretrainedModel>& pretrained_models() {
  static const std::vector<PretrainedModel> models = make_models();
  return models;
}

const PretrainedModel& find_pretrained(std::string_view name, std::optional<double> alpha) {
  std::vector<std::string> names;
  std::vector<std::string> alphas;  // of the entries called `name`
  for (const PretrainedModel& model : pretrained_models()) {
    if (names.empty() || names.back() != model.name) names.push_back(model.name);
    if (model.name != name) continue;
    if (model.alpha ? alpha.value_or(1.0) == *model.alpha : !alpha) return model;
    if (model.alpha) alphas.push_back(fmt::format("{}", *model.alpha));
  }
  if (std::ranges::find(names, name) == names.end()) {
    fail(ErrorKind::kUsage, "unknown pretrained model '{}'{}; known: {}", name,
         nearest_hint(name, names), fmt::join(names, ", "));
  }
  if (alphas.empty()) fail(ErrorKind::kUsage, "{} takes no alpha", name);
  fail(ErrorKind::kUsage, "{}: alpha {} is not one of {}", name, *alpha, fmt::join(alphas, ", "));
}

const char* name_of(PretrainedStatus status) {
  switch (status) {
    case PretrainedStatus::kShipped:
      return "shipped";
    case PretrainedStatus::kTrainable:
      return "trainable";
    case PretrainedStatus::kUnobtainable:
      return "unobtainable";
  }
  return "";
}

std::string advice(const PretrainedModel& model) {
  if (model.status == PretrainedStatus::kUnobtainable) return model.note;
  return fmt::format("to train it, start from '{}' with {}{}", zoo_command(model), model.data,
                     model.note.empty() ? "" : "; " + model.note);
}

void complete_info(const PretrainedModel& entry, codec::AnyModel& model) {
  std::visit(
      [&](auto& kind) {
        ModelInfo& info = kind.info;
        if (info.class_names.empty() && std::ssize(entry.class_names) == outputs_of(kind)) {
          info.class_names = entry.class_names;
        }
        if (info.anchors.empty()) info.anchors = entry.anchors;
      },
      model);
  auto* network = std::get_if<cnn::Network>(&model);
  if (network == nullptr || is_scaled(*network)) return;
  network->info.scaling_a = entry.scaling_a;
  network->info.scaling_b = entry.scaling_b;
}

}  // namespace akida::zoo
