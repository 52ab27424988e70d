// akida-score yolo - boxes from the output maps of a detector.
#include <memory>
#include <utility>

#include "akida-score/box_images.h"
#include "akida-score/prediction_input.h"
#include "akida-score/score_verbs.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "common/class_names.h"
#include "common/number_list.h"
#include "common/report.h"
#include "common/sample_json.h"
#include "common/shared_options.h"
#include "data/gzip.h"
#include "data/lines.h"
#include "metrics/yolo_decoding.h"

namespace akida::score {
namespace {

using Json = nlohmann::ordered_json;

struct YoloOptions {
  std::string input = "-";
  std::string output = "-";
  std::string truth;
  std::string model;
  std::string anchors;
  std::string size;
  std::string class_names;
  metrics::YoloThresholds thresholds;
  std::size_t max_boxes = 0;  // 0: all
  bool original = false;
  std::string draw;
  std::string images;
  std::string draw_format = "png";
  std::optional<bool> progress;
};

// What is known about the detector.
struct Detector {
  std::vector<float> anchors;
  double width = 0;  // of its input, in pixels
  double height = 0;
  std::vector<std::string> class_names;
  std::string named_by;  // the file with these names
};

Shape input_of(const snn::Model& model) { return model.input_shape(); }
Shape input_of(const cnn::Network& network) {
  const cnn::Dims& dims = network.input_shape();
  if (dims.size() != 3) {
    fail(ErrorKind::kInvalid, "the model takes vectors of {} values, no images", dims.back());
  }
  return {.width = dims[1], .height = dims[0], .channels = dims[2]};
}

void read_model(const std::string& path, Detector& detector) {
  const auto model = codec::load_any_model(path);
  std::visit(
      [&](const auto& network) {
        const Shape shape = in_context(path, [&] { return input_of(network); });
        detector.width = shape.width;
        detector.height = shape.height;
        detector.anchors = network.info.anchors;
        detector.class_names = network.info.class_names;
        detector.named_by = path;
      },
      model);
}

// What the command line says of the detector, read before anything is opened.
struct Given {
  std::vector<float> anchors;
  std::vector<std::int32_t> sides;
};

Given given_by(const YoloOptions& options) {
  Given given;
  if (!options.anchors.empty()) given.anchors = cli::parse_anchors("--anchors", options.anchors);
  if (!options.size.empty()) given.sides = cli::parse_sides("--size", options.size);
  return given;
}

Detector detector_of(const YoloOptions& options) {
  const Given given = given_by(options);
  Detector detector;
  if (!options.model.empty()) read_model(options.model, detector);
  if (!given.anchors.empty()) detector.anchors = given.anchors;
  if (!given.sides.empty()) {
    detector.width = given.sides[0];
    detector.height = given.sides[1];
  }
  if (!options.class_names.empty()) {
    detector.class_names = data::read_class_names(data::open_uncompressed(options.class_names));
    detector.named_by = options.class_names;
  }
  if (detector.anchors.empty()) {
    fail(ErrorKind::kInvalid, "{}: the model has no anchors; --anchors gives them", options.model);
  }
  return detector;
}

class YoloDecoding {
 public:
  explicit YoloDecoding(const YoloOptions& options)
      : options_(options),
        detector_(detector_of(options)),
        input_(options.input, options.truth, options.progress),
        sink_(io::open_sink(options.output)) {
    const Shape& shape = input_.header().shape;
    map_ = {.rows = shape.height, .columns = shape.width, .anchors = detector_.anchors};
    map_.classes = in_context(
        input_.name(), [&] { return metrics::yolo_classes(shape.channels, detector_.anchors); });
    name_classes();
    if (options.original && input_.header().labels != io::LabelKind::kBoxes) {
      fail(ErrorKind::kInvalid,
           "{}: --original needs boxes as labels, which hold the sizes of the images",
           input_.name());
    }
    if (!options.draw.empty()) images_.emplace(options.images, options.draw, options.draw_format);
  }

  void run() {
    for (io::Batch batch; input_.next(batch);) {
      std::string text;
      for (std::size_t i = 0; i < batch.size; ++i) {
        std::vector<metrics::Detection> detections = decode(batch, i);
        if (images_) images_->draw(batch.ids[i], detections);
        text += cli::json_text(line_of(batch, i, detections)) + '\n';
      }
      sink_->write(text);
    }
    sink_->close();
  }

 private:
  // The names of the detector, else of the labels, which must be as many as the map has classes.
  void name_classes() {
    const std::vector<std::string> names = input_.class_names();
    if (detector_.class_names.empty()) {
      detector_.class_names = names;
      detector_.named_by = input_.labels_name();
    }
    cli::require_same_names(detector_.class_names, detector_.named_by, names, input_.labels_name());
    const std::size_t count = detector_.class_names.size();
    if (count == 0 || count == static_cast<std::size_t>(map_.classes)) return;
    fail(ErrorKind::kInvalid, "{}: {} channels and {} anchors mean {} classes, {} has {} names",
         input_.name(), input_.header().shape.channels, detector_.anchors.size() / 2, map_.classes,
         detector_.named_by, count);
  }

  [[nodiscard]] std::vector<metrics::Detection> decode(const io::Batch& batch, std::size_t index) {
    const std::vector<double> doubles = input_.values_of(batch, index);
    const std::vector<float> values(doubles.begin(), doubles.end());
    std::vector<metrics::Detection> detections =
        metrics::decode_yolo(map_, values, options_.thresholds);
    if (options_.max_boxes > 0) metrics::keep_best(detections, options_.max_boxes);
    return detections;
  }

  // `labels`: with boxes in pixels of the network's input, which are scaled to those of the image.
  [[nodiscard]] Json line_of(io::Batch& batch, std::size_t index,
                             const std::vector<metrics::Detection>& detections) const {
    double width = detector_.width, height = detector_.height;
    if (options_.original) scale_to_original(batch.boxes[index], width, height);
    Json line = {{"id", batch.ids[index]}, {"size", {width, height}}, {"boxes", Json::array()}};
    for (const metrics::Detection& detection : detections) {
      const metrics::Box& box = detection.box;
      Json entry;
      for (const double side : {box.x1 * width, box.y1 * height, box.x2 * width, box.y2 * height}) {
        entry["box"].push_back(cli::float_json(static_cast<float>(side)));
      }
      entry["class"] = detection.class_index;
      const auto class_index = static_cast<std::size_t>(detection.class_index);
      if (class_index < detector_.class_names.size()) {
        entry["name"] = detector_.class_names[class_index];
      }
      entry["score"] = cli::float_json(static_cast<float>(detection.score));
      line["boxes"].push_back(std::move(entry));
    }
    if (input_.header().labels == io::LabelKind::kBoxes) {
      line["label"] = cli::label_json(input_.header(), batch, index);
    }
    return line;
  }

  // Changes the boxes and the size from those of the input to those of the image.
  void scale_to_original(io::BoxLabel& label, double& width, double& height) const {
    if (label.original_width == 0 || label.original_height == 0) {
      fail(ErrorKind::kInvalid, "{}: --original: the size of an image is not known", input_.name());
    }
    const auto across = static_cast<float>(label.original_width / width);
    const auto down = static_cast<float>(label.original_height / height);
    for (io::Box& box : label.boxes) {
      box.x1 *= across;
      box.x2 *= across;
      box.y1 *= down;
      box.y2 *= down;
    }
    width = label.original_width;
    height = label.original_height;
  }

  const YoloOptions& options_;
  Detector detector_;
  PredictionInput input_;
  std::unique_ptr<io::ByteSink> sink_;
  metrics::YoloMap map_;
  std::optional<BoxImages> images_;
};

void check(const YoloOptions& options) {
  (void)given_by(options);
  cli::require_one_standard_input(
      {options.input, options.truth, options.model, options.class_names, options.images});
  if (options.model.empty() && (options.anchors.empty() || options.size.empty())) {
    fail(ErrorKind::kUsage, "--model, or both --anchors and --size, must be given");
  }
  if (options.draw.empty() != options.images.empty()) {
    fail(ErrorKind::kUsage, "--draw and --images belong together");
  }
  cli::require_separate_outputs({options.output}, {options.input, options.truth, options.model,
                                                   options.class_names, options.images});
}

void add_yolo_options(cli::CommandLine& line, YoloOptions& options) {
  line.add_option("--model", options.model,
                  "Model whose anchors, input size and class names to use")
      .type_name("MODEL");
  line.add_option("--anchors", options.anchors, "Anchors in grid cells").type_name("W,H,W,H...");
  line.add_option("--size", options.size, "Width and height of the network's input")
      .type_name("W,H");
  line.add_option("--class-names", options.class_names,
                  "File with the name of one class per line, from class 0")
      .type_name("FILE");
  line.add_option("--obj-threshold", options.thresholds.objectness, "Scores above it are boxes")
      .range(0.0, 1.0)
      .show_default()
      .type_name("X");
  line.add_option("--nms-threshold", options.thresholds.overlap,
                  "Drop boxes that overlap a better one of their class by this IoU or more")
      .range(0.0, 1.0)
      .show_default()
      .type_name("X");
  line.add_option("--max-boxes", options.max_boxes,
                  "Keep the N best boxes of an image; default: all")
      .range(std::size_t{1}, std::size_t{65536})
      .type_name("N");
  line.add_flag("--original", options.original,
                "Give boxes in pixels of the images before they were resized");
}

}  // namespace

cli::Command yolo_verb() {
  const auto options = std::make_shared<YoloOptions>();
  return {.name = "yolo",
          .purpose = "Decode the output maps of a YOLO detector to boxes.",
          .examples =
              "akida-run evaluate model.fbz test.aks | akida-score yolo --model model.fbz - "
              "-o boxes.jsonl\n"
              "akida-score yolo --model model.fbz maps.aks --draw drawn --images test.aks "
              "-o boxes.jsonl\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input, "OUTPUTS")
                    .description("Results of akida-run, '-' for standard input");
                add_yolo_options(line, *options);
                line.add_option("--truth", options->truth,
                                "Stream of the same samples whose boxes to pass on")
                    .type_name("FILE");
                cli::Option draw = line.add_option("--draw", options->draw,
                                                   "Folder for the images with their boxes drawn")
                                       .type_name("FOLDER");
                line.add_option("--images", options->images, "Stream of the images to draw into")
                    .type_name("FILE");
                line.add_option("--draw-format", options->draw_format, "png or ppm")
                    .one_of({"png", "ppm"})
                    .needs(draw)
                    .show_default()
                    .type_name("NAME");
                cli::add_output(line, options->output)
                    .description("File for one JSON object per image, '-' for standard output");
                cli::add_progress(line, options->progress);
              },
          .run =
              [options] {
                check(*options);
                YoloDecoding(*options).run();
                return cli::kOk;
              },
          .verbs = {}};
}

}  // namespace akida::score
