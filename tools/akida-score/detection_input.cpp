#include "akida-score/detection_input.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "data/gzip.h"
#include "data/lines.h"
#include "data/prediction_json.h"
#include "data/prediction_source.h"
#include "io/stream.h"

namespace akida::score {
namespace {

namespace fs = std::filesystem;

std::string id_of(const std::string& path) { return fs::path(path).stem().string(); }

std::vector<std::string> text_files(const std::string& folder) {
  std::vector<std::string> files = data::files_in(folder, ".txt");
  if (files.empty()) fail(ErrorKind::kInvalid, "{}: no files that end in .txt", folder);
  return files;
}

void add_truth(TruthById& truth, const std::string& id, std::vector<metrics::TrueBox> boxes) {
  if (!truth.emplace(id, std::move(boxes)).second) {
    fail(ErrorKind::kInvalid, "two images have id '{}'", id);
  }
}

TruthById truth_of_folder(const std::string& folder, data::BoxForm form, ClassTable& classes) {
  TruthById truth;
  for (const std::string& path : text_files(folder)) {
    std::vector<metrics::TrueBox> boxes;
    for (const data::NamedBox& box : data::read_true_boxes(io::open_source(path), form)) {
      boxes.push_back({box.box, classes.find(box.class_name), box.difficult});
    }
    add_truth(truth, id_of(path), std::move(boxes));
  }
  return truth;
}

TruthById truth_of_stream(std::unique_ptr<io::ByteSource> source, ClassTable& classes) {
  io::StreamReader reader(*source);
  const io::StreamHeader& header = reader.header();
  if (header.labels != io::LabelKind::kBoxes) {
    fail(ErrorKind::kInvalid, "{}: its labels are no boxes", source->name());
  }
  for (std::size_t i = 0; i < header.class_names.size(); ++i) {
    (void)classes.find(static_cast<std::int32_t>(i), header.class_names[i]);
  }
  TruthById truth;
  for (io::Batch batch; reader.next(batch);) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      std::vector<metrics::TrueBox> boxes;
      for (const io::Box& box : batch.boxes[i].boxes) {
        boxes.push_back({{box.x1, box.y1, box.x2, box.y2}, box.class_index, box.difficult});
      }
      io::with_name_of(*source, [&] { add_truth(truth, batch.ids[i], std::move(boxes)); });
    }
  }
  return truth;
}

// Calls on_line for every line.
template <typename OnLine>
void for_json_lines(std::unique_ptr<io::ByteSource> source, const OnLine& on_line) {
  data::LineReader lines(std::move(source), data::kMaxPredictionLine);
  for (std::string_view line; lines.next(line);) {
    in_context(fmt::format("{}: line {}", lines.name(), lines.number()),
               [&] { on_line(data::parse_detection_json(line)); });
  }
}

}  // namespace

std::int32_t ClassTable::find(const std::string& name) {
  const auto found = std::ranges::find(names_, name);
  if (found == names_.end()) {
    if (names_.size() == io::kMaxClasses) {
      fail(ErrorKind::kInvalid, "more than {} classes, the limit", io::kMaxClasses);
    }
    names_.push_back(name);
    return static_cast<std::int32_t>(names_.size() - 1);
  }
  return static_cast<std::int32_t>(found - names_.begin());
}

std::int32_t ClassTable::find(std::int32_t index, const std::string& name) {
  if (index < 0 || name.empty()) return index;
  const auto place = static_cast<std::size_t>(index);
  if (place >= names_.size()) names_.resize(place + 1);
  if (names_[place].empty() && std::ranges::find(names_, name) == names_.end()) {
    names_[place] = name;
  }
  return names_[place] == name ? index : find(name);
}

bool is_folder(const std::string& path) {
  std::error_code unknown;  // who opens it says what is wrong
  return path != "-" && fs::is_directory(path, unknown);
}

TruthById read_truth(const std::string& path, data::BoxForm form, ClassTable& classes) {
  if (is_folder(path)) return truth_of_folder(path, form, classes);
  auto source = data::open_uncompressed(path);
  const auto magic = io::stream_magic();
  if (std::ranges::equal(source->peek(magic.size()), magic)) {
    return truth_of_stream(std::move(source), classes);
  }
  TruthById truth;
  for_json_lines(std::move(source), [&](const data::DetectionLine& line) {
    if (!line.truth) fail(ErrorKind::kFormat, "key 'label' is missing");
    add_truth(truth, line.id, *line.truth);
  });
  return truth;
}

void read_detections(const std::string& path, data::BoxForm form, bool names_decide,
                     ClassTable& classes, const OnImage& on_image) {
  if (is_folder(path)) {
    for (const std::string& file : text_files(path)) {
      std::vector<metrics::Detection> detections;
      for (const data::NamedBox& box : data::read_detections(io::open_source(file), form)) {
        detections.push_back({box.box, box.score, classes.find(box.class_name)});
      }
      on_image(id_of(file), detections, nullptr);
    }
    return;
  }
  for_json_lines(data::open_uncompressed(path), [&](data::DetectionLine line) {
    for (std::size_t i = 0; i < line.detections.size(); ++i) {
      std::int32_t& class_index = line.detections[i].class_index;
      if (names_decide && line.names[i].empty()) {
        fail(ErrorKind::kInvalid,
             "class {} has no name, as those of the truth have; "
             "--class-names FILE gives them all",
             class_index);
      }
      class_index =
          names_decide ? classes.find(line.names[i]) : classes.find(class_index, line.names[i]);
    }
    on_image(line.id, line.detections, line.truth ? &*line.truth : nullptr);
  });
}

}  // namespace akida::score
