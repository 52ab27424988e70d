#include "data/boxes/voc_annotations.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <pugixml.hpp>
#include <set>

#include "base/error.h"
#include "base/utf8.h"
#include "data/boxes/box_text.h"
#include "data/lines.h"
#include "data/words.h"
#include "io/stream.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

constexpr double kMaxSide = 1 << 20;
constexpr std::array kImageSuffixes = {".jpg", ".jpeg", ".png", ".ppm", ".pgm", ".JPG", ".PNG"};

std::string text_of(const pugi::xml_node& node) {
  std::string text = node.text().as_string();
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  text.erase(text.begin(), std::ranges::find_if_not(text, is_blank));
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  return text;
}

// As int(round(float(text))) in Python.
std::int32_t side_of(const pugi::xml_node& node) {
  const std::string text = text_of(node);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(std::abs(value) < kMaxSide)) {
    fail(ErrorKind::kFormat, "offset {}: {} '{}' is no number below {}", node.offset_debug(),
         node.name(), text, kMaxSide);
  }
  return static_cast<std::int32_t>(std::nearbyint(value));
}

void add_object(const pugi::xml_node& node, std::vector<VocObject>& objects) {
  const pugi::xml_node box = node.child("bndbox");
  const std::string name = text_of(node.child("name"));
  for (const char* key : {"xmin", "ymin", "xmax", "ymax"}) {
    if (!box.child(key)) return;
  }
  if (name.empty()) return;
  if (objects.size() == io::kMaxBoxes) {
    fail(ErrorKind::kFormat, "offset {}: more than {} objects, the limit", node.offset_debug(),
         io::kMaxBoxes);
  }
  const std::string difficult = text_of(node.child("difficult"));
  objects.push_back({.name = printable(name),
                     .x1 = side_of(box.child("xmin")),
                     .y1 = side_of(box.child("ymin")),
                     .x2 = side_of(box.child("xmax")),
                     .y2 = side_of(box.child("ymax")),
                     .difficult = !difficult.empty() && difficult != "0"});
  const VocObject& object = objects.back();
  if (object.x1 > object.x2 || object.y1 > object.y2) {
    fail(ErrorKind::kFormat, "offset {}: box ({}, {}), ({}, {}) has its second corner first",
         box.offset_debug(), object.x1, object.y1, object.x2, object.y2);
  }
}

VocAnnotation read_annotation(const std::string& path) {
  const auto source = io::open_source(path);
  const std::vector<std::byte> bytes = io::read_all(*source, kMaxAnnotationBytes);
  return in_context(path, [&] { return parse_voc(bytes); });
}

std::vector<std::string> names_of(const VocOptions& options) {
  std::vector<std::string> names;
  if (options.list.empty()) {
    for (const std::string& path : files_in(options.annotations, ".xml")) {
      names.push_back(fs::path(path).stem().string());
    }
  } else {
    LineReader lines(io::open_source(options.list));
    for (std::string_view line; lines.next(line);) {
      const std::vector<std::string_view> words = words_of(line);
      if (words.empty()) continue;
      if (words[0].find('/') != std::string_view::npos) {
        lines.refuse(fmt::format("'{}' is no name of an annotation", words[0]));
      }
      names.emplace_back(words[0]);
    }
  }
  if (names.empty()) {
    fail(ErrorKind::kInvalid, "{}: no annotations found",
         options.list.empty() ? options.annotations : options.list);
  }
  return names;
}

std::string annotation_path(const VocOptions& options, const std::string& name) {
  return (fs::path(options.annotations) / (name + ".xml")).string();
}

std::string image_path(const VocOptions& options, const VocAnnotation& annotation,
                       const std::string& name) {
  const fs::path folder(options.images);
  std::error_code unknown;
  if (!annotation.filename.empty()) {
    const fs::path named = folder / annotation.filename;
    if (fs::is_regular_file(named, unknown)) return named.string();
  }
  for (const char* suffix : kImageSuffixes) {
    const fs::path path = folder / (name + suffix);
    if (fs::is_regular_file(path, unknown)) return path.string();
  }
  fail(ErrorKind::kInvalid, "{}: no image '{}' in {}", annotation_path(options, name),
       annotation.filename.empty() ? name : annotation.filename, options.images);
}

// Hands out one annotation after another.
class VocReader {
 public:
  VocReader(const VocOptions& options, const BoxImageOptions& samples)
      : options_(options),
        classes_(samples.class_names),
        keep_empty_(samples.keep_empty),
        names_(names_of(options)) {}

  [[nodiscard]] double share() const {
    return static_cast<double>(at_) / static_cast<double>(names_.size());
  }

  std::optional<AnnotatedImage> next() {
    if (at_ == names_.size()) return {};
    const std::string& name = names_[at_++];
    const VocAnnotation annotation = read_annotation(annotation_path(options_, name));
    AnnotatedImage image{.id = printable(name)};
    for (const VocObject& object : annotation.objects) add(object, image);
    // Whoever leaves out images without boxes need not have them.
    if (!image.boxes.empty() || keep_empty_) image.path = image_path(options_, annotation, name);
    return image;
  }

 private:
  void add(const VocObject& object, AnnotatedImage& image) const {
    const auto found = std::ranges::find(classes_, object.name);
    if (found == classes_.end()) {
      ++image.unwanted;
      return;
    }
    if (object.difficult && !options_.keep_difficult) {
      ++image.difficult;
      return;
    }
    image.boxes.push_back({static_cast<float>(object.x1), static_cast<float>(object.y1),
                           static_cast<float>(object.x2), static_cast<float>(object.y2),
                           static_cast<std::int32_t>(found - classes_.begin()), object.difficult});
  }

  VocOptions options_;
  std::vector<std::string> classes_;
  bool keep_empty_;
  std::vector<std::string> names_;
  std::size_t at_ = 0;
};

}  // namespace

VocAnnotation parse_voc(std::span<const std::byte> xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(xml.data(), xml.size());
  if (!result) {
    fail(ErrorKind::kFormat, "offset {}: XML: {}", result.offset, result.description());
  }
  const pugi::xml_node root = document.child("annotation");
  if (!root) fail(ErrorKind::kFormat, "offset 0: XML without <annotation>");
  VocAnnotation annotation{.filename =
                               fs::path(text_of(root.child("filename"))).filename().string()};
  for (const pugi::xml_node& object : root.children("object")) {
    add_object(object, annotation.objects);
  }
  return annotation;
}

std::vector<std::string> voc_classes(const VocOptions& options) {
  std::set<std::string> classes;
  for (const std::string& name : names_of(options)) {
    for (const VocObject& object : read_annotation(annotation_path(options, name)).objects) {
      if (!object.difficult || options.keep_difficult) classes.insert(object.name);
    }
  }
  return {classes.begin(), classes.end()};
}

std::unique_ptr<SampleSource> open_voc(const VocOptions& options, BoxImageOptions samples) {
  const auto reader = std::make_shared<VocReader>(options, samples);
  return open_box_images({.name = options.annotations,
                          .next = [reader] { return reader->next(); },
                          .share = [reader] { return reader->share(); }},
                         std::move(samples));
}

}  // namespace akida::data
