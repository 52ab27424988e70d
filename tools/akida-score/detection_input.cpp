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

void add_truth(Truth& truth, const std::string& id, std::vector<metrics::TrueBox> boxes) {
  if (!truth.by_id.emplace(id, std::move(boxes)).second) {
    fail(ErrorKind::kInvalid, "two images have id '{}'", id);
  }
}

Truth truth_of_folder(const std::string& folder, data::BoxForm form, ClassTable& classes) {
  Truth truth{.by_id = {}, .has_names = true};
  for (const std::string& path : text_files(folder)) {
    std::vector<metrics::TrueBox> boxes;
    for (const data::NamedBox& box : data::read_true_boxes(io::open_source(path), form)) {
      const std::int32_t number = in_context(path, [&] { return classes.find(box.class_name); });
      boxes.push_back({box.box, number, box.difficult});
    }
    add_truth(truth, id_of(path), std::move(boxes));
  }
  return truth;
}

// The classes of a stream as numbers of the table; empty where they stay as they are.
std::vector<std::int32_t> numbers_of(const std::vector<std::string>& names, const std::string& file,
                                     ClassTable& classes) {
  if (!names.empty() && !classes.is_complete()) classes = ClassTable(names, file);
  std::vector<std::int32_t> numbers;
  for (const std::string& name : names) {
    numbers.push_back(in_context(file, [&] { return classes.find(name); }));
  }
  return numbers;
}

Truth truth_of_stream(std::unique_ptr<io::ByteSource> source, ClassTable& classes) {
  io::StreamReader reader(*source);
  const io::StreamHeader& header = reader.header();
  if (header.labels != io::LabelKind::kBoxes) {
    fail(ErrorKind::kInvalid, "{}: its labels are no boxes", source->name());
  }
  const auto numbers = numbers_of(header.class_names, source->name(), classes);
  Truth truth{.by_id = {}, .has_names = !numbers.empty()};
  for (io::Batch batch; reader.next(batch);) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      std::vector<metrics::TrueBox> boxes;
      for (const io::Box& box : batch.boxes[i].boxes) {
        const bool named = box.class_index >= 0 && !numbers.empty();
        boxes.push_back(
            {{box.x1, box.y1, box.x2, box.y2},
             named ? numbers.at(static_cast<std::size_t>(box.class_index)) : box.class_index,
             box.difficult});
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
  if (found != names_.end()) return static_cast<std::int32_t>(found - names_.begin());
  if (is_complete()) {
    fail(ErrorKind::kInvalid, "class '{}' is none of the {} of {}", name, names_.size(), file_);
  }
  if (names_.size() == io::kMaxClasses) {
    fail(ErrorKind::kInvalid, "more than {} classes, the limit", io::kMaxClasses);
  }
  names_.push_back(name);
  return static_cast<std::int32_t>(names_.size() - 1);
}

std::int32_t ClassTable::check(std::int32_t number, const std::string& name) {
  if (number < 0) return number;
  const auto place = static_cast<std::size_t>(number);
  if (place >= names_.size()) {
    if (is_complete()) {
      fail(ErrorKind::kInvalid, "class {} is none of the {} of {}", number, names_.size(), file_);
    }
    if (name.empty()) return number;
    names_.resize(place + 1);
  }
  if (name.empty() || names_[place] == name) return number;
  if (!names_[place].empty()) {
    fail(ErrorKind::kInvalid, "class {} is '{}', {} '{}'", number, name,
         is_complete() ? "in " + file_ : "before", names_[place]);
  }
  names_[place] = name;
  return number;
}

bool is_folder(const std::string& path) {
  std::error_code unknown;  // who opens it says what is wrong
  return path != "-" && fs::is_directory(path, unknown);
}

Truth read_truth(const std::string& path, data::BoxForm form, ClassTable& classes) {
  if (is_folder(path)) return truth_of_folder(path, form, classes);
  auto source = data::open_uncompressed(path);
  const auto magic = io::stream_magic();
  if (std::ranges::equal(source->peek(magic.size()), magic)) {
    return truth_of_stream(std::move(source), classes);
  }
  Truth truth;
  for_json_lines(std::move(source), [&](const data::DetectionLine& line) {
    if (!line.truth) fail(ErrorKind::kFormat, "key 'label' is missing");
    for (const metrics::TrueBox& box : *line.truth) (void)classes.check(box.class_index, "");
    add_truth(truth, line.id, *line.truth);
  });
  return truth;
}

void read_detections(const std::string& path, data::BoxForm form, bool by_name, ClassTable& classes,
                     const OnImage& on_image) {
  const bool numbers_mean_nothing = by_name && !classes.is_complete();
  if (is_folder(path)) {
    if (!by_name && !classes.is_complete()) {
      fail(ErrorKind::kInvalid,
           "{}: its classes are names, those of the truth numbers; --class-names FILE gives names",
           path);
    }
    for (const std::string& file : text_files(path)) {
      std::vector<metrics::Detection> detections;
      for (const data::NamedBox& box : data::read_detections(io::open_source(file), form)) {
        const std::int32_t number = in_context(file, [&] { return classes.find(box.class_name); });
        detections.push_back({box.box, box.score, number});
      }
      on_image(id_of(file), detections, nullptr);
    }
    return;
  }
  for_json_lines(data::open_uncompressed(path), [&](data::DetectionLine line) {
    for (std::size_t i = 0; i < line.detections.size(); ++i) {
      std::int32_t& number = line.detections[i].class_index;
      const std::string& name = line.names[i];
      if (numbers_mean_nothing && name.empty()) {
        fail(ErrorKind::kInvalid,
             "class {} has no name, as those of the truth have; "
             "--class-names FILE gives them all",
             number);
      }
      number = by_name && !name.empty() ? classes.find(name) : classes.check(number, name);
    }
    if (line.truth) {
      for (const metrics::TrueBox& box : *line.truth) (void)classes.check(box.class_index, "");
    }
    on_image(line.id, line.detections, line.truth ? &*line.truth : nullptr);
  });
}

}  // namespace akida::score
